"""Tell where networks are from an index alone."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

COLUMNS = ["network_id", "exchange_id", "status", "peering_lan_id"]


def upgrade() -> None:
    op.create_index("ix_exchange_port_places", "exchange_port", COLUMNS, unique=False)


def downgrade() -> None:
    op.drop_index("ix_exchange_port_places", table_name="exchange_port")
