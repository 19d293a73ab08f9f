"""End leaked tokens."""

import sqlalchemy as sa
from alembic import op

from portal.db.types import Timestamp

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("api_key_token", sa.Column("leaked_at", Timestamp(), nullable=True))


def downgrade() -> None:
    op.drop_column("api_key_token", "leaked_at")
