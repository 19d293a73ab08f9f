"""Say who keeps a record."""

import sqlalchemy as sa
from alembic import op

from portal.db.types import Timestamp, text_type

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

OBJECTS = ("organization", "campus", "facility", "network", "exchange", "carrier")
CHILDREN = {  # each after its parent, whose authority it shares
    "peering_lan": "exchange",
    "prefix": "peering_lan",
    "exchange_port": "network",
    "network_facility": "network",
    "exchange_facility": "exchange",
    "carrier_facility": "carrier",
    "contact": "network",
}
FIRST_LOCAL_ID = 1_000_000_000


def upgrade() -> None:
    for table in (*OBJECTS, *CHILDREN):
        op.add_column(table, sa.Column("source", text_type(), nullable=False, server_default="here"))
        op.add_column(table, sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    for table in OBJECTS:
        op.add_column(table, sa.Column("confirmed_at", Timestamp(), nullable=True))
        op.execute(f"UPDATE {table} SET source = 'import' WHERE id < {FIRST_LOCAL_ID}")  # noqa: S608 - names of ours
    for table, parent in CHILDREN.items():
        op.execute(
            f"UPDATE {table} SET source = 'import' WHERE {parent}_id IN (SELECT id FROM {parent} WHERE source = 'import')"  # noqa: S608
        )


def downgrade() -> None:
    for table in (*OBJECTS, *CHILDREN):
        op.drop_column(table, "source")
        op.drop_column(table, "version")
    for table in OBJECTS:
        op.drop_column(table, "confirmed_at")
