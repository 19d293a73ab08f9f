"""Rotate a key's tokens with overlap."""

import sqlalchemy as sa
from alembic import op

from portal.db.types import Timestamp

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("api_key_token", sa.Column("retires_after", sa.Integer(), nullable=True))
    op.add_column("api_key_token", sa.Column("last_used_at", Timestamp(), nullable=True))


def downgrade() -> None:
    op.drop_column("api_key_token", "last_used_at")
    op.drop_column("api_key_token", "retires_after")
