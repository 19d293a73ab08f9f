"""Network (PeeringDB: net)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, FromClause, Index, String, and_, case, literal_column, text, true, type_coerce
from sqlalchemy.orm import Mapped, mapped_column

from portal.access.permissions import Permission
from portal.access.visibility import Visibility
from portal.db.base import Base
from portal.registry.choices import GeographicScope, NetworkType, Policy, PolicyContracts, PolicyLocations, Ratio, Traffic
from portal.registry.description import RecordType, count_of, many, named, newest_of, one
from portal.registry.editable import Editable, as_sets, asn, choice, flag, notes, number, reference, several, url
from portal.registry.organizations import ORGANIZATION
from portal.registry.ownership import owned, private
from portal.registry.records import LIVE, PENDING, Named, unique_while_live


class Network(Named, Base):
    """`asn_reserved`: an ASN is reserved once its network is approved, and stays so when it is deleted.

    `info_prefixes4/6`: maximum prefixes to configure; None is unstated.
    """

    __tablename__ = "network"
    __table_args__ = (
        unique_while_live("network", "name"),
        Index("ix_network_asn_reserved", "asn", unique=True, sqlite_where=text("asn_reserved"), postgresql_where=text("asn_reserved")),
    )

    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    asn: Mapped[int] = mapped_column(BigInteger)
    asn_reserved: Mapped[bool] = mapped_column(default=True, server_default=true())
    looking_glass: Mapped[str] = mapped_column(default="")
    route_server: Mapped[str] = mapped_column(default="")
    irr_as_set: Mapped[str] = mapped_column(default="")
    info_type: Mapped[str] = mapped_column(default="")
    info_types: Mapped[list[Any]] = mapped_column(default=list)
    info_prefixes4: Mapped[int | None]
    info_prefixes6: Mapped[int | None]
    info_traffic: Mapped[str] = mapped_column(default="")
    info_ratio: Mapped[str] = mapped_column(default="")
    info_scope: Mapped[str] = mapped_column(default="")
    info_unicast: Mapped[bool] = mapped_column(default=True)
    info_multicast: Mapped[bool] = mapped_column(default=False)
    info_ipv6: Mapped[bool] = mapped_column(default=False)
    info_never_via_route_servers: Mapped[bool] = mapped_column(default=False)
    policy_url: Mapped[str] = mapped_column(default="")
    policy_general: Mapped[str] = mapped_column(default="")
    policy_locations: Mapped[str] = mapped_column(default="")
    policy_ratio: Mapped[bool] = mapped_column(default=False)
    policy_contracts: Mapped[str] = mapped_column(default="")
    notes_private: Mapped[str] = mapped_column(default="")
    allow_ixp_update: Mapped[bool] = mapped_column(default=False)
    ixp_update_exclude: Mapped[list[Any]] = mapped_column(default=list)
    status_dashboard: Mapped[str] = mapped_column(default="")
    rir_status: Mapped[str] = mapped_column(default="")
    rir_status_updated: Mapped[datetime | None]
    ix_count: Mapped[int] = mapped_column(default=0)
    fac_count: Mapped[int] = mapped_column(default=0)
    netixlan_updated: Mapped[datetime | None]
    netfac_updated: Mapped[datetime | None]
    poc_updated: Mapped[datetime | None]

    @classmethod
    def derived(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        reserved = {LIVE: True, PENDING: False}.get(values.get("status", ""))  # a deleted network's stays as it is
        return super().derived(values) | ({} if reserved is None else {"asn_reserved": reserved})


def notes_private(visibility: Visibility, rows: FromClause) -> ColumnElement[bool]:
    """Private notes are for the own organization."""
    return private(visibility, Permission.NETWORKS_READ_PRIVATE, owned(NETWORK, rows), rows.c.id)


STATED_TYPES: list[ColumnElement[str]] = [
    literal_column(f"'{kind.value}'") for kind in NetworkType if kind is not NetworkType.NOT_DISCLOSED
]


def types_or_type(rows: FromClause) -> ColumnElement[Any]:
    """The types; where there are none the older single type, if it is one."""
    types = type_coerce(rows.c.info_types, String())
    alone = and_(types == literal_column("'[]'"), rows.c.info_type.in_(STATED_TYPES))
    in_a_list = literal_column("""'["'""", String()) + rows.c.info_type + literal_column("""'"]'""", String())
    return type_coerce(case((alone, in_a_list), else_=types), rows.c.info_types.type)


LOOKING_GLASS_SCHEMES = ("http", "https", "telnet", "ssh")
MAX_PREFIXES4, MAX_PREFIXES6 = 1_200_000, 180_000
EDITABLE: dict[str, Editable] = {
    "organization_id": reference(),
    "asn": asn(),
    **named(),
    "looking_glass": url(*LOOKING_GLASS_SCHEMES),
    "route_server": url(*LOOKING_GLASS_SCHEMES),
    "irr_as_set": as_sets(),
    "info_types": several(NetworkType),
    "info_prefixes4": number(0, MAX_PREFIXES4, nullable=True),
    "info_prefixes6": number(0, MAX_PREFIXES6, nullable=True),
    "info_traffic": choice(Traffic),
    "info_ratio": choice(Ratio),
    "info_scope": choice(GeographicScope),
    "info_unicast": flag(),
    "info_multicast": flag(),
    "info_ipv6": flag(),
    "info_never_via_route_servers": flag(),
    "policy_url": url(),
    "policy_general": choice(Policy),
    "policy_locations": choice(PolicyLocations),
    "policy_ratio": flag(),
    "policy_contracts": choice(PolicyContracts),
    "notes_private": notes(),
    "status_dashboard": url(),
}

NETWORK = RecordType(
    tag="net",
    model=Network,
    resource="networks",
    reads=frozenset({Permission.NETWORKS_READ}),
    owner="organization_id",
    typical_rows=35_000,
    parents={"organization_id": ORGANIZATION},
    relations={
        "organization": one("org", "organization_id"),
        "contacts": many("poc", "network_id"),
        "ports": many("netixlan", "network_id"),
        "facilities": many("netfac", "network_id"),
    },
    gates={"notes_private": notes_private},
    choices={
        "info_type": NetworkType,
        "info_types": NetworkType,
        "info_traffic": Traffic,
        "info_ratio": Ratio,
        "info_scope": GeographicScope,
        "policy_general": Policy,
        "policy_locations": PolicyLocations,
        "policy_contracts": PolicyContracts,
    },
    shown_as={"info_types": types_or_type},
    sorted_by=("name_fold", "asn", "ix_count", "fac_count"),
    counters={
        "ix_count": count_of("netixlan", "network_id", "exchange_id"),
        "netixlan_updated": newest_of("netixlan", "network_id"),
        "fac_count": count_of("netfac", "network_id", "facility_id"),
        "netfac_updated": newest_of("netfac", "network_id"),
        "poc_updated": newest_of("poc", "network_id"),
    },
    needs_approval=True,
    editable=EDITABLE,
)
