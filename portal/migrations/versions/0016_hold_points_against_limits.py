"""Hold the points that keys spend against their limits a minute."""

import sqlalchemy as sa
from alembic import op

from portal.db.types import Timestamp, text_type

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_key_minute",
        sa.Column("api_key_id", text_type(), sa.ForeignKey("api_key.id"), primary_key=True),
        sa.Column("minute", Timestamp(), primary_key=True, index=True),
        sa.Column("points", sa.BigInteger(), nullable=False),
    )
    op.add_column("api_key_day", sa.Column("peak", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("api_key_day", "peak")
    op.drop_table("api_key_minute")
