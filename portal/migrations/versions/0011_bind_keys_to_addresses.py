"""Bind keys to addresses, and to points a minute."""

import sqlalchemy as sa
from alembic import op

from portal.db.types import Json

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("api_key") as key:
        key.add_column(sa.Column("addresses", Json(), nullable=False, server_default="[]"))
        key.add_column(sa.Column("points", sa.Integer(), nullable=True))
    with op.batch_alter_table("api_key") as key:
        key.alter_column("addresses", server_default=None)


def downgrade() -> None:
    op.drop_column("api_key", "points")
    op.drop_column("api_key", "addresses")
