"""Find pending records."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = (
    "organization",
    "campus",
    "facility",
    "network",
    "exchange",
    "peering_lan",
    "prefix",
    "carrier",
    "exchange_port",
    "network_facility",
    "exchange_facility",
    "carrier_facility",
    "contact",
)


def upgrade() -> None:
    pending = sa.text("status = 'pending'")
    for table in TABLES:
        op.create_index(f"ix_{table}_pending", table, ["status"], unique=False, sqlite_where=pending, postgresql_where=pending)


def downgrade() -> None:
    for table in TABLES:
        op.drop_index(f"ix_{table}_pending", table_name=table)
