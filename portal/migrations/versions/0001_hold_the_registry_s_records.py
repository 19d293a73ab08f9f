"""Hold the registry's records."""

import sqlalchemy as sa
from alembic import op

from portal.db.types import Json, Timestamp, text_type

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organization",
        sa.Column("keys_frozen", sa.Boolean(), nullable=False),
        sa.Column("address1", text_type(), nullable=False),
        sa.Column("address2", text_type(), nullable=False),
        sa.Column("city", text_type(), nullable=False),
        sa.Column("city_fold", text_type(), nullable=False),
        sa.Column("country", text_type(), nullable=False),
        sa.Column("state", text_type(), nullable=False),
        sa.Column("zipcode", text_type(), nullable=False),
        sa.Column("floor", text_type(), nullable=False),
        sa.Column("suite", text_type(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("name", text_type(), nullable=False),
        sa.Column("aka", text_type(), nullable=False),
        sa.Column("name_long", text_type(), nullable=False),
        sa.Column("name_fold", text_type(), nullable=False),
        sa.Column("aka_fold", text_type(), nullable=False),
        sa.Column("name_long_fold", text_type(), nullable=False),
        sa.Column("website", text_type(), nullable=False),
        sa.Column("social_media", Json(), nullable=False),
        sa.Column("notes", text_type(), nullable=False),
        sa.Column("logo", text_type(), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", text_type(), nullable=False),
        sa.Column("created", Timestamp(), nullable=False),
        sa.Column("updated", Timestamp(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_organization_changed"), "organization", ["changed"], unique=False)
    op.create_index(
        "ix_organization_name_live",
        "organization",
        ["name"],
        unique=True,
        sqlite_where=sa.text("status != 'deleted'"),
        postgresql_where=sa.text("status != 'deleted'"),
    )
    op.create_table(
        "registry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("next_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "campus",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("city", text_type(), nullable=False),
        sa.Column("city_fold", text_type(), nullable=False),
        sa.Column("country", text_type(), nullable=False),
        sa.Column("state", text_type(), nullable=False),
        sa.Column("zipcode", text_type(), nullable=False),
        sa.Column("name", text_type(), nullable=False),
        sa.Column("aka", text_type(), nullable=False),
        sa.Column("name_long", text_type(), nullable=False),
        sa.Column("name_fold", text_type(), nullable=False),
        sa.Column("aka_fold", text_type(), nullable=False),
        sa.Column("name_long_fold", text_type(), nullable=False),
        sa.Column("website", text_type(), nullable=False),
        sa.Column("social_media", Json(), nullable=False),
        sa.Column("notes", text_type(), nullable=False),
        sa.Column("logo", text_type(), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", text_type(), nullable=False),
        sa.Column("created", Timestamp(), nullable=False),
        sa.Column("updated", Timestamp(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_campus_changed"), "campus", ["changed"], unique=False)
    op.create_index(
        "ix_campus_name_live",
        "campus",
        ["name"],
        unique=True,
        sqlite_where=sa.text("status != 'deleted'"),
        postgresql_where=sa.text("status != 'deleted'"),
    )
    op.create_index(op.f("ix_campus_organization_id"), "campus", ["organization_id"], unique=False)
    op.create_table(
        "carrier",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("fac_count", sa.Integer(), nullable=False),
        sa.Column("name", text_type(), nullable=False),
        sa.Column("aka", text_type(), nullable=False),
        sa.Column("name_long", text_type(), nullable=False),
        sa.Column("name_fold", text_type(), nullable=False),
        sa.Column("aka_fold", text_type(), nullable=False),
        sa.Column("name_long_fold", text_type(), nullable=False),
        sa.Column("website", text_type(), nullable=False),
        sa.Column("social_media", Json(), nullable=False),
        sa.Column("notes", text_type(), nullable=False),
        sa.Column("logo", text_type(), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", text_type(), nullable=False),
        sa.Column("created", Timestamp(), nullable=False),
        sa.Column("updated", Timestamp(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_carrier_changed"), "carrier", ["changed"], unique=False)
    op.create_index(
        "ix_carrier_name_live",
        "carrier",
        ["name"],
        unique=True,
        sqlite_where=sa.text("status != 'deleted'"),
        postgresql_where=sa.text("status != 'deleted'"),
    )
    op.create_index(op.f("ix_carrier_organization_id"), "carrier", ["organization_id"], unique=False)
    op.create_table(
        "exchange",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("city", text_type(), nullable=False),
        sa.Column("city_fold", text_type(), nullable=False),
        sa.Column("country", text_type(), nullable=False),
        sa.Column("region_continent", text_type(), nullable=False),
        sa.Column("media", text_type(), nullable=False),
        sa.Column("proto_unicast", sa.Boolean(), nullable=False),
        sa.Column("proto_multicast", sa.Boolean(), nullable=False),
        sa.Column("proto_ipv6", sa.Boolean(), nullable=False),
        sa.Column("url_stats", text_type(), nullable=False),
        sa.Column("tech_email", text_type(), nullable=False),
        sa.Column("tech_phone", text_type(), nullable=False),
        sa.Column("policy_email", text_type(), nullable=False),
        sa.Column("policy_phone", text_type(), nullable=False),
        sa.Column("sales_email", text_type(), nullable=False),
        sa.Column("sales_phone", text_type(), nullable=False),
        sa.Column("service_level", text_type(), nullable=False),
        sa.Column("terms", text_type(), nullable=False),
        sa.Column("status_dashboard", text_type(), nullable=False),
        sa.Column("ixf_net_count", sa.Integer(), nullable=False),
        sa.Column("ixf_last_import", Timestamp(), nullable=True),
        sa.Column("ixf_import_request", Timestamp(), nullable=True),
        sa.Column("ixf_import_request_status", text_type(), nullable=False),
        sa.Column("net_count", sa.Integer(), nullable=False),
        sa.Column("fac_count", sa.Integer(), nullable=False),
        sa.Column("name", text_type(), nullable=False),
        sa.Column("aka", text_type(), nullable=False),
        sa.Column("name_long", text_type(), nullable=False),
        sa.Column("name_fold", text_type(), nullable=False),
        sa.Column("aka_fold", text_type(), nullable=False),
        sa.Column("name_long_fold", text_type(), nullable=False),
        sa.Column("website", text_type(), nullable=False),
        sa.Column("social_media", Json(), nullable=False),
        sa.Column("notes", text_type(), nullable=False),
        sa.Column("logo", text_type(), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", text_type(), nullable=False),
        sa.Column("created", Timestamp(), nullable=False),
        sa.Column("updated", Timestamp(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_exchange_changed"), "exchange", ["changed"], unique=False)
    op.create_index(
        "ix_exchange_name_live",
        "exchange",
        ["name"],
        unique=True,
        sqlite_where=sa.text("status != 'deleted'"),
        postgresql_where=sa.text("status != 'deleted'"),
    )
    op.create_index(op.f("ix_exchange_organization_id"), "exchange", ["organization_id"], unique=False)
    op.create_table(
        "network",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("asn", sa.BigInteger(), nullable=False),
        sa.Column("looking_glass", text_type(), nullable=False),
        sa.Column("route_server", text_type(), nullable=False),
        sa.Column("irr_as_set", text_type(), nullable=False),
        sa.Column("info_type", text_type(), nullable=False),
        sa.Column("info_types", Json(), nullable=False),
        sa.Column("info_prefixes4", sa.Integer(), nullable=True),
        sa.Column("info_prefixes6", sa.Integer(), nullable=True),
        sa.Column("info_traffic", text_type(), nullable=False),
        sa.Column("info_ratio", text_type(), nullable=False),
        sa.Column("info_scope", text_type(), nullable=False),
        sa.Column("info_unicast", sa.Boolean(), nullable=False),
        sa.Column("info_multicast", sa.Boolean(), nullable=False),
        sa.Column("info_ipv6", sa.Boolean(), nullable=False),
        sa.Column("info_never_via_route_servers", sa.Boolean(), nullable=False),
        sa.Column("policy_url", text_type(), nullable=False),
        sa.Column("policy_general", text_type(), nullable=False),
        sa.Column("policy_locations", text_type(), nullable=False),
        sa.Column("policy_ratio", sa.Boolean(), nullable=False),
        sa.Column("policy_contracts", text_type(), nullable=False),
        sa.Column("notes_private", text_type(), nullable=False),
        sa.Column("allow_ixp_update", sa.Boolean(), nullable=False),
        sa.Column("ixp_update_exclude", Json(), nullable=False),
        sa.Column("status_dashboard", text_type(), nullable=False),
        sa.Column("rir_status", text_type(), nullable=False),
        sa.Column("rir_status_updated", Timestamp(), nullable=True),
        sa.Column("ix_count", sa.Integer(), nullable=False),
        sa.Column("fac_count", sa.Integer(), nullable=False),
        sa.Column("netixlan_updated", Timestamp(), nullable=True),
        sa.Column("netfac_updated", Timestamp(), nullable=True),
        sa.Column("poc_updated", Timestamp(), nullable=True),
        sa.Column("name", text_type(), nullable=False),
        sa.Column("aka", text_type(), nullable=False),
        sa.Column("name_long", text_type(), nullable=False),
        sa.Column("name_fold", text_type(), nullable=False),
        sa.Column("aka_fold", text_type(), nullable=False),
        sa.Column("name_long_fold", text_type(), nullable=False),
        sa.Column("website", text_type(), nullable=False),
        sa.Column("social_media", Json(), nullable=False),
        sa.Column("notes", text_type(), nullable=False),
        sa.Column("logo", text_type(), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", text_type(), nullable=False),
        sa.Column("created", Timestamp(), nullable=False),
        sa.Column("updated", Timestamp(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("asn"),
    )
    op.create_index(op.f("ix_network_changed"), "network", ["changed"], unique=False)
    op.create_index(
        "ix_network_name_live",
        "network",
        ["name"],
        unique=True,
        sqlite_where=sa.text("status != 'deleted'"),
        postgresql_where=sa.text("status != 'deleted'"),
    )
    op.create_index(op.f("ix_network_organization_id"), "network", ["organization_id"], unique=False)
    op.create_table(
        "contact",
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("role", text_type(), nullable=False),
        sa.Column("visible", text_type(), nullable=False),
        sa.Column("name", text_type(), nullable=False),
        sa.Column("name_fold", text_type(), nullable=False),
        sa.Column("phone", text_type(), nullable=False),
        sa.Column("email", text_type(), nullable=False),
        sa.Column("url", text_type(), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", text_type(), nullable=False),
        sa.Column("created", Timestamp(), nullable=False),
        sa.Column("updated", Timestamp(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"],
            ["network.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_contact_changed"), "contact", ["changed"], unique=False)
    op.create_index(op.f("ix_contact_network_id"), "contact", ["network_id"], unique=False)
    op.create_table(
        "facility",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("campus_id", sa.Integer(), nullable=True),
        sa.Column("clli", text_type(), nullable=False),
        sa.Column("rencode", text_type(), nullable=False),
        sa.Column("npanxx", text_type(), nullable=False),
        sa.Column("tech_email", text_type(), nullable=False),
        sa.Column("tech_phone", text_type(), nullable=False),
        sa.Column("sales_email", text_type(), nullable=False),
        sa.Column("sales_phone", text_type(), nullable=False),
        sa.Column("property", text_type(), nullable=False),
        sa.Column("diverse_serving_substations", sa.Boolean(), nullable=True),
        sa.Column("available_voltage_services", Json(), nullable=False),
        sa.Column("region_continent", text_type(), nullable=False),
        sa.Column("status_dashboard", text_type(), nullable=False),
        sa.Column("net_count", sa.Integer(), nullable=False),
        sa.Column("ix_count", sa.Integer(), nullable=False),
        sa.Column("carrier_count", sa.Integer(), nullable=False),
        sa.Column("address1", text_type(), nullable=False),
        sa.Column("address2", text_type(), nullable=False),
        sa.Column("city", text_type(), nullable=False),
        sa.Column("city_fold", text_type(), nullable=False),
        sa.Column("country", text_type(), nullable=False),
        sa.Column("state", text_type(), nullable=False),
        sa.Column("zipcode", text_type(), nullable=False),
        sa.Column("floor", text_type(), nullable=False),
        sa.Column("suite", text_type(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("name", text_type(), nullable=False),
        sa.Column("aka", text_type(), nullable=False),
        sa.Column("name_long", text_type(), nullable=False),
        sa.Column("name_fold", text_type(), nullable=False),
        sa.Column("aka_fold", text_type(), nullable=False),
        sa.Column("name_long_fold", text_type(), nullable=False),
        sa.Column("website", text_type(), nullable=False),
        sa.Column("social_media", Json(), nullable=False),
        sa.Column("notes", text_type(), nullable=False),
        sa.Column("logo", text_type(), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", text_type(), nullable=False),
        sa.Column("created", Timestamp(), nullable=False),
        sa.Column("updated", Timestamp(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campus_id"],
            ["campus.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_facility_campus_id"), "facility", ["campus_id"], unique=False)
    op.create_index(op.f("ix_facility_changed"), "facility", ["changed"], unique=False)
    op.create_index(
        "ix_facility_name_live",
        "facility",
        ["name"],
        unique=True,
        sqlite_where=sa.text("status != 'deleted'"),
        postgresql_where=sa.text("status != 'deleted'"),
    )
    op.create_index(op.f("ix_facility_organization_id"), "facility", ["organization_id"], unique=False)
    op.create_table(
        "peering_lan",
        sa.Column("exchange_id", sa.Integer(), nullable=False),
        sa.Column("name", text_type(), nullable=False),
        sa.Column("descr", text_type(), nullable=False),
        sa.Column("mtu", sa.Integer(), nullable=True),
        sa.Column("vlan", sa.Integer(), nullable=True),
        sa.Column("dot1q_support", sa.Boolean(), nullable=False),
        sa.Column("rs_asn", sa.BigInteger(), nullable=True),
        sa.Column("arp_sponge", text_type(), nullable=False),
        sa.Column("ixf_ixp_member_list_url", text_type(), nullable=False),
        sa.Column("ixf_ixp_member_list_url_visible", text_type(), nullable=False),
        sa.Column("ixf_ixp_import_enabled", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", text_type(), nullable=False),
        sa.Column("created", Timestamp(), nullable=False),
        sa.Column("updated", Timestamp(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["exchange_id"],
            ["exchange.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_peering_lan_arp_sponge_live",
        "peering_lan",
        ["arp_sponge"],
        unique=True,
        sqlite_where=sa.text("status != 'deleted' AND arp_sponge != ''"),
        postgresql_where=sa.text("status != 'deleted' AND arp_sponge != ''"),
    )
    op.create_index(op.f("ix_peering_lan_changed"), "peering_lan", ["changed"], unique=False)
    op.create_index(op.f("ix_peering_lan_exchange_id"), "peering_lan", ["exchange_id"], unique=False)
    op.create_table(
        "carrier_facility",
        sa.Column("carrier_id", sa.Integer(), nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", text_type(), nullable=False),
        sa.Column("created", Timestamp(), nullable=False),
        sa.Column("updated", Timestamp(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["carrier_id"],
            ["carrier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["facility.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_carrier_facility_carrier_id"), "carrier_facility", ["carrier_id"], unique=False)
    op.create_index(
        "ix_carrier_facility_carrier_id_facility_id_live",
        "carrier_facility",
        ["carrier_id", "facility_id"],
        unique=True,
        sqlite_where=sa.text("status != 'deleted'"),
        postgresql_where=sa.text("status != 'deleted'"),
    )
    op.create_index(op.f("ix_carrier_facility_changed"), "carrier_facility", ["changed"], unique=False)
    op.create_index(op.f("ix_carrier_facility_facility_id"), "carrier_facility", ["facility_id"], unique=False)
    op.create_table(
        "exchange_facility",
        sa.Column("exchange_id", sa.Integer(), nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", text_type(), nullable=False),
        sa.Column("created", Timestamp(), nullable=False),
        sa.Column("updated", Timestamp(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["exchange_id"],
            ["exchange.id"],
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["facility.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_exchange_facility_changed"), "exchange_facility", ["changed"], unique=False)
    op.create_index(op.f("ix_exchange_facility_exchange_id"), "exchange_facility", ["exchange_id"], unique=False)
    op.create_index(
        "ix_exchange_facility_exchange_id_facility_id_live",
        "exchange_facility",
        ["exchange_id", "facility_id"],
        unique=True,
        sqlite_where=sa.text("status != 'deleted'"),
        postgresql_where=sa.text("status != 'deleted'"),
    )
    op.create_index(op.f("ix_exchange_facility_facility_id"), "exchange_facility", ["facility_id"], unique=False)
    op.create_table(
        "exchange_port",
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("exchange_id", sa.Integer(), nullable=False),
        sa.Column("peering_lan_id", sa.Integer(), nullable=False),
        sa.Column("asn", sa.BigInteger(), nullable=False),
        sa.Column("ipaddr4", text_type(), nullable=True),
        sa.Column("ipaddr6", text_type(), nullable=True),
        sa.Column("ipaddr4_bytes", sa.LargeBinary(), nullable=True),
        sa.Column("ipaddr6_bytes", sa.LargeBinary(), nullable=True),
        sa.Column("speed", sa.Integer(), nullable=False),
        sa.Column("is_rs_peer", sa.Boolean(), nullable=False),
        sa.Column("bfd_support", sa.Boolean(), nullable=False),
        sa.Column("operational", sa.Boolean(), nullable=False),
        sa.Column("notes", text_type(), nullable=False),
        sa.Column("net_side_id", sa.Integer(), nullable=True),
        sa.Column("ix_side_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", text_type(), nullable=False),
        sa.Column("created", Timestamp(), nullable=False),
        sa.Column("updated", Timestamp(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["exchange_id"],
            ["exchange.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ix_side_id"],
            ["facility.id"],
        ),
        sa.ForeignKeyConstraint(
            ["net_side_id"],
            ["facility.id"],
        ),
        sa.ForeignKeyConstraint(
            ["network_id"],
            ["network.id"],
        ),
        sa.ForeignKeyConstraint(
            ["peering_lan_id"],
            ["peering_lan.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_exchange_port_asn"), "exchange_port", ["asn"], unique=False)
    op.create_index(op.f("ix_exchange_port_changed"), "exchange_port", ["changed"], unique=False)
    op.create_index(op.f("ix_exchange_port_exchange_id"), "exchange_port", ["exchange_id"], unique=False)
    op.create_index(op.f("ix_exchange_port_ipaddr4_bytes"), "exchange_port", ["ipaddr4_bytes"], unique=False)
    op.create_index(
        "ix_exchange_port_ipaddr4_live",
        "exchange_port",
        ["ipaddr4"],
        unique=True,
        sqlite_where=sa.text("status != 'deleted'"),
        postgresql_where=sa.text("status != 'deleted'"),
    )
    op.create_index(op.f("ix_exchange_port_ipaddr6_bytes"), "exchange_port", ["ipaddr6_bytes"], unique=False)
    op.create_index(
        "ix_exchange_port_ipaddr6_live",
        "exchange_port",
        ["ipaddr6"],
        unique=True,
        sqlite_where=sa.text("status != 'deleted'"),
        postgresql_where=sa.text("status != 'deleted'"),
    )
    op.create_index(op.f("ix_exchange_port_network_id"), "exchange_port", ["network_id"], unique=False)
    op.create_index(op.f("ix_exchange_port_peering_lan_id"), "exchange_port", ["peering_lan_id"], unique=False)
    op.create_table(
        "network_facility",
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=False),
        sa.Column("local_asn", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", text_type(), nullable=False),
        sa.Column("created", Timestamp(), nullable=False),
        sa.Column("updated", Timestamp(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["facility.id"],
        ),
        sa.ForeignKeyConstraint(
            ["network_id"],
            ["network.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_network_facility_changed"), "network_facility", ["changed"], unique=False)
    op.create_index(op.f("ix_network_facility_facility_id"), "network_facility", ["facility_id"], unique=False)
    op.create_index(op.f("ix_network_facility_network_id"), "network_facility", ["network_id"], unique=False)
    op.create_index(
        "ix_network_facility_network_id_facility_id_live",
        "network_facility",
        ["network_id", "facility_id"],
        unique=True,
        sqlite_where=sa.text("status != 'deleted'"),
        postgresql_where=sa.text("status != 'deleted'"),
    )
    op.create_table(
        "prefix",
        sa.Column("peering_lan_id", sa.Integer(), nullable=False),
        sa.Column("protocol", text_type(), nullable=False),
        sa.Column("prefix", text_type(), nullable=False),
        sa.Column("family", sa.Integer(), nullable=False),
        sa.Column("first", sa.LargeBinary(), nullable=False),
        sa.Column("last", sa.LargeBinary(), nullable=False),
        sa.Column("in_dfz", sa.Boolean(), nullable=False),
        sa.Column("notes", text_type(), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", text_type(), nullable=False),
        sa.Column("created", Timestamp(), nullable=False),
        sa.Column("updated", Timestamp(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["peering_lan_id"],
            ["peering_lan.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_prefix_changed"), "prefix", ["changed"], unique=False)
    op.create_index(op.f("ix_prefix_first"), "prefix", ["first"], unique=False)
    op.create_index(op.f("ix_prefix_peering_lan_id"), "prefix", ["peering_lan_id"], unique=False)
    op.create_index(
        "ix_prefix_prefix_live",
        "prefix",
        ["prefix"],
        unique=True,
        sqlite_where=sa.text("status != 'deleted'"),
        postgresql_where=sa.text("status != 'deleted'"),
    )
    op.execute("INSERT INTO registry (id, version, next_id) VALUES (1, 0, 1000000000)")


def downgrade() -> None:
    op.drop_index(
        "ix_prefix_prefix_live",
        table_name="prefix",
        sqlite_where=sa.text("status != 'deleted'"),
        postgresql_where=sa.text("status != 'deleted'"),
    )
    op.drop_index(op.f("ix_prefix_peering_lan_id"), table_name="prefix")
    op.drop_index(op.f("ix_prefix_first"), table_name="prefix")
    op.drop_index(op.f("ix_prefix_changed"), table_name="prefix")
    op.drop_table("prefix")
    op.drop_index(
        "ix_network_facility_network_id_facility_id_live",
        table_name="network_facility",
        sqlite_where=sa.text("status != 'deleted'"),
        postgresql_where=sa.text("status != 'deleted'"),
    )
    op.drop_index(op.f("ix_network_facility_network_id"), table_name="network_facility")
    op.drop_index(op.f("ix_network_facility_facility_id"), table_name="network_facility")
    op.drop_index(op.f("ix_network_facility_changed"), table_name="network_facility")
    op.drop_table("network_facility")
    op.drop_index(op.f("ix_exchange_port_peering_lan_id"), table_name="exchange_port")
    op.drop_index(op.f("ix_exchange_port_network_id"), table_name="exchange_port")
    op.drop_index(
        "ix_exchange_port_ipaddr6_live",
        table_name="exchange_port",
        sqlite_where=sa.text("status != 'deleted'"),
        postgresql_where=sa.text("status != 'deleted'"),
    )
    op.drop_index(op.f("ix_exchange_port_ipaddr6_bytes"), table_name="exchange_port")
    op.drop_index(
        "ix_exchange_port_ipaddr4_live",
        table_name="exchange_port",
        sqlite_where=sa.text("status != 'deleted'"),
        postgresql_where=sa.text("status != 'deleted'"),
    )
    op.drop_index(op.f("ix_exchange_port_ipaddr4_bytes"), table_name="exchange_port")
    op.drop_index(op.f("ix_exchange_port_exchange_id"), table_name="exchange_port")
    op.drop_index(op.f("ix_exchange_port_changed"), table_name="exchange_port")
    op.drop_index(op.f("ix_exchange_port_asn"), table_name="exchange_port")
    op.drop_table("exchange_port")
    op.drop_index(op.f("ix_exchange_facility_facility_id"), table_name="exchange_facility")
    op.drop_index(
        "ix_exchange_facility_exchange_id_facility_id_live",
        table_name="exchange_facility",
        sqlite_where=sa.text("status != 'deleted'"),
        postgresql_where=sa.text("status != 'deleted'"),
    )
    op.drop_index(op.f("ix_exchange_facility_exchange_id"), table_name="exchange_facility")
    op.drop_index(op.f("ix_exchange_facility_changed"), table_name="exchange_facility")
    op.drop_table("exchange_facility")
    op.drop_index(op.f("ix_carrier_facility_facility_id"), table_name="carrier_facility")
    op.drop_index(op.f("ix_carrier_facility_changed"), table_name="carrier_facility")
    op.drop_index(
        "ix_carrier_facility_carrier_id_facility_id_live",
        table_name="carrier_facility",
        sqlite_where=sa.text("status != 'deleted'"),
        postgresql_where=sa.text("status != 'deleted'"),
    )
    op.drop_index(op.f("ix_carrier_facility_carrier_id"), table_name="carrier_facility")
    op.drop_table("carrier_facility")
    op.drop_index(op.f("ix_peering_lan_exchange_id"), table_name="peering_lan")
    op.drop_index(op.f("ix_peering_lan_changed"), table_name="peering_lan")
    op.drop_index(
        "ix_peering_lan_arp_sponge_live",
        table_name="peering_lan",
        sqlite_where=sa.text("status != 'deleted' AND arp_sponge != ''"),
        postgresql_where=sa.text("status != 'deleted' AND arp_sponge != ''"),
    )
    op.drop_table("peering_lan")
    op.drop_index(op.f("ix_facility_organization_id"), table_name="facility")
    op.drop_index(
        "ix_facility_name_live",
        table_name="facility",
        sqlite_where=sa.text("status != 'deleted'"),
        postgresql_where=sa.text("status != 'deleted'"),
    )
    op.drop_index(op.f("ix_facility_changed"), table_name="facility")
    op.drop_index(op.f("ix_facility_campus_id"), table_name="facility")
    op.drop_table("facility")
    op.drop_index(op.f("ix_contact_network_id"), table_name="contact")
    op.drop_index(op.f("ix_contact_changed"), table_name="contact")
    op.drop_table("contact")
    op.drop_index(op.f("ix_network_organization_id"), table_name="network")
    op.drop_index(
        "ix_network_name_live",
        table_name="network",
        sqlite_where=sa.text("status != 'deleted'"),
        postgresql_where=sa.text("status != 'deleted'"),
    )
    op.drop_index(op.f("ix_network_changed"), table_name="network")
    op.drop_table("network")
    op.drop_index(op.f("ix_exchange_organization_id"), table_name="exchange")
    op.drop_index(
        "ix_exchange_name_live",
        table_name="exchange",
        sqlite_where=sa.text("status != 'deleted'"),
        postgresql_where=sa.text("status != 'deleted'"),
    )
    op.drop_index(op.f("ix_exchange_changed"), table_name="exchange")
    op.drop_table("exchange")
    op.drop_index(op.f("ix_carrier_organization_id"), table_name="carrier")
    op.drop_index(
        "ix_carrier_name_live",
        table_name="carrier",
        sqlite_where=sa.text("status != 'deleted'"),
        postgresql_where=sa.text("status != 'deleted'"),
    )
    op.drop_index(op.f("ix_carrier_changed"), table_name="carrier")
    op.drop_table("carrier")
    op.drop_index(op.f("ix_campus_organization_id"), table_name="campus")
    op.drop_index(
        "ix_campus_name_live",
        table_name="campus",
        sqlite_where=sa.text("status != 'deleted'"),
        postgresql_where=sa.text("status != 'deleted'"),
    )
    op.drop_index(op.f("ix_campus_changed"), table_name="campus")
    op.drop_table("campus")
    op.drop_table("registry")
    op.drop_index(
        "ix_organization_name_live",
        table_name="organization",
        sqlite_where=sa.text("status != 'deleted'"),
        postgresql_where=sa.text("status != 'deleted'"),
    )
    op.drop_index(op.f("ix_organization_changed"), table_name="organization")
    op.drop_table("organization")
