"""Sort records, and page through what changed."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SORTED: dict[str, tuple[tuple[str, ...], ...]] = {
    "organization": (("updated",), ("name_fold",), ("city_fold",), ("country",)),
    "campus": (("updated",), ("name_fold",), ("city_fold",), ("country",)),
    "facility": (("updated",), ("name_fold",), ("city_fold",), ("country",), ("net_count",), ("ix_count",)),
    "network": (("updated",), ("name_fold",), ("ix_count",), ("fac_count",)),
    "exchange": (("updated",), ("name_fold",), ("city_fold",), ("country",), ("net_count",), ("fac_count",)),
    "peering_lan": (("updated",),),
    "prefix": (("updated",),),
    "carrier": (("updated",), ("name_fold",), ("fac_count",)),
    "exchange_port": (
        ("updated",),
        ("asn",),
        ("speed",),
        ("network_id", "speed"),
        ("network_id", "updated"),
        ("exchange_id", "asn"),
        ("exchange_id", "speed"),
        ("exchange_id", "updated"),
        ("peering_lan_id", "asn"),
        ("peering_lan_id", "speed"),
        ("peering_lan_id", "updated"),
    ),
    "network_facility": (("updated",), ("network_id", "updated"), ("facility_id", "updated")),
    "exchange_facility": (("updated",),),
    "carrier_facility": (("updated",),),
    "contact": (("updated",), ("name_fold",)),
}


def upgrade() -> None:
    for table, sorts in SORTED.items():
        op.drop_index(f"ix_{table}_changed", table_name=table)
        for columns in (("changed",), *sorts):
            op.create_index(f"ix_{table}_{'_'.join(columns)}_sorted", table, [*columns, "id"], unique=False)
    op.drop_index("ix_exchange_port_asn", table_name="exchange_port")


def downgrade() -> None:
    op.create_index("ix_exchange_port_asn", "exchange_port", ["asn"], unique=False)
    for table, sorts in SORTED.items():
        for columns in (("changed",), *sorts):
            op.drop_index(f"ix_{table}_{'_'.join(columns)}_sorted", table_name=table)
        op.create_index(f"ix_{table}_changed", table, ["changed"], unique=False)
