"""Tell who meets whom at a peering LAN from an index alone; it serves what looks for a LAN's ports, too."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

COLUMNS = ["peering_lan_id", "status", "operational", "network_id", "speed", "ipaddr4_bytes", "ipaddr6_bytes"]


def upgrade() -> None:
    op.create_index("ix_exchange_port_meetings", "exchange_port", COLUMNS, unique=False)
    op.drop_index("ix_exchange_port_peering_lan_id", table_name="exchange_port")


def downgrade() -> None:
    op.create_index("ix_exchange_port_peering_lan_id", "exchange_port", ["peering_lan_id"], unique=False)
    op.drop_index("ix_exchange_port_meetings", table_name="exchange_port")
