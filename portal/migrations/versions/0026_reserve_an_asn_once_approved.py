"""Reserve an ASN once its network is approved."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

NAMES = {"uq": "uq_%(table_name)s_%(column_0_name)s"}


def upgrade() -> None:
    op.add_column("network", sa.Column("asn_reserved", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.execute("UPDATE network SET asn_reserved = false WHERE status = 'pending'")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("network_asn_key", "network", type_="unique")
    else:
        with op.batch_alter_table("network", naming_convention=NAMES) as network:
            network.drop_constraint("uq_network_asn", type_="unique")
    where = sa.text("asn_reserved")
    op.create_index("ix_network_asn_reserved", "network", ["asn"], unique=True, sqlite_where=where, postgresql_where=where)
    op.create_index("ix_network_asn_sorted", "network", ["asn", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_network_asn_sorted", table_name="network")
    op.drop_index("ix_network_asn_reserved", table_name="network")
    name = "network_asn_key" if op.get_bind().dialect.name == "postgresql" else "uq_network_asn"  # as upgrade() looks for it
    with op.batch_alter_table("network", naming_convention=NAMES) as network:
        network.create_unique_constraint(name, ["asn"])
    op.drop_column("network", "asn_reserved")
