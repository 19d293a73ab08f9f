"""Exchange (PeeringDB: ix), PeeringLan (ixlan) and Prefix (ixpfx)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, FromClause, Index, and_, or_, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.access.permissions import Permission
from portal.access.visibility import Visibility
from portal.db.base import Base
from portal.db.ip_bytes import prefix_bounds
from portal.registry.choices import Audience, Continent, Protocol, ServiceLevel, Terms
from portal.registry.description import RecordType, count_of, many, named, one, zero_is_unset
from portal.registry.editable import (
    asn,
    choice,
    country,
    email,
    flag,
    mac_address,
    notes,
    number,
    one_line,
    one_of,
    phone,
    prefix,
    reference,
    url,
)
from portal.registry.organizations import ORGANIZATION
from portal.registry.ownership import owned, private
from portal.registry.records import Named, Record, unique_while_live


class Exchange(Named, Base):
    """An internet exchange point."""

    __tablename__ = "exchange"

    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    city: Mapped[str] = mapped_column(default="")
    city_fold: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    region_continent: Mapped[str] = mapped_column(default="")
    media: Mapped[str] = mapped_column(default="")
    proto_unicast: Mapped[bool] = mapped_column(default=False)
    proto_multicast: Mapped[bool] = mapped_column(default=False)
    proto_ipv6: Mapped[bool] = mapped_column(default=False)
    url_stats: Mapped[str] = mapped_column(default="")
    tech_email: Mapped[str] = mapped_column(default="")
    tech_phone: Mapped[str] = mapped_column(default="")
    policy_email: Mapped[str] = mapped_column(default="")
    policy_phone: Mapped[str] = mapped_column(default="")
    sales_email: Mapped[str] = mapped_column(default="")
    sales_phone: Mapped[str] = mapped_column(default="")
    service_level: Mapped[str] = mapped_column(default="")
    terms: Mapped[str] = mapped_column(default="")
    status_dashboard: Mapped[str] = mapped_column(default="")
    ixf_net_count: Mapped[int] = mapped_column(default=0)
    ixf_last_import: Mapped[datetime | None]
    ixf_import_request: Mapped[datetime | None]
    ixf_import_request_status: Mapped[str] = mapped_column(default="")
    net_count: Mapped[int] = mapped_column(default=0)
    fac_count: Mapped[int] = mapped_column(default=0)


class PeeringLan(Record, Base):
    """An exchange's peering LAN. `mtu` in bytes; the member-list URL is shown to whom its own visibility allows."""

    __tablename__ = "peering_lan"
    __table_args__ = (
        Index(
            "ix_peering_lan_arp_sponge_live",
            "arp_sponge",
            unique=True,
            sqlite_where=text("status != 'deleted' AND arp_sponge != ''"),
            postgresql_where=text("status != 'deleted' AND arp_sponge != ''"),
        ),
    )

    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id"), index=True)
    name: Mapped[str] = mapped_column(default="")
    descr: Mapped[str] = mapped_column(default="")
    mtu: Mapped[int | None]
    vlan: Mapped[int | None]
    dot1q_support: Mapped[bool] = mapped_column(default=False)
    rs_asn: Mapped[int | None] = mapped_column(BigInteger)
    arp_sponge: Mapped[str] = mapped_column(default="")
    ixf_ixp_member_list_url: Mapped[str] = mapped_column(default="")
    ixf_ixp_member_list_url_visible: Mapped[str] = mapped_column(default="Private")
    ixf_ixp_import_enabled: Mapped[bool] = mapped_column(default=False)


class Prefix(Record, Base):
    """An address block of a peering LAN; `first` and `last` are its bounds as 16 bytes."""

    __tablename__ = "prefix"
    __table_args__ = (unique_while_live("prefix", "prefix"),)

    peering_lan_id: Mapped[int] = mapped_column(ForeignKey("peering_lan.id"), index=True)
    protocol: Mapped[str]
    prefix: Mapped[str]
    family: Mapped[int]
    first: Mapped[bytes] = mapped_column(index=True)
    last: Mapped[bytes]
    in_dfz: Mapped[bool] = mapped_column(default=False)
    notes: Mapped[str] = mapped_column(default="")

    @classmethod
    def derived(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        family, first, last = prefix_bounds(values["prefix"])
        return {"family": family, "first": first, "last": last, "protocol": f"IPv{family}"}


READS = frozenset({Permission.EXCHANGES_READ})
MAX_EXCHANGE_NAME_CHARACTERS = 64
MAX_VLAN = 4094


def member_list(visibility: Visibility, rows: FromClause) -> ColumnElement[bool]:
    """A LAN's member-list address has a visibility of its own, like a contact's."""
    shown = rows.c.ixf_ixp_member_list_url_visible
    own = private(visibility, Permission.EXCHANGES_READ_PRIVATE, owned(PEERING_LAN, rows), rows.c.exchange_id)
    choices = [shown == "Public", and_(shown == "Private", own)]
    if visibility.users_rows:
        choices.append(shown == "Users")
    return or_(*choices)


EXCHANGE = RecordType(
    tag="ix",
    model=Exchange,
    resource="exchanges",
    reads=READS,
    owner="organization_id",
    typical_rows=1_300,
    parents={"organization_id": ORGANIZATION},
    relations={
        "organization": one("org", "organization_id"),
        "peering_lans": many("ixlan", "exchange_id"),
        "ports": many("netixlan", "exchange_id", max_page_rows=5000),
        "facilities": many("ixfac", "exchange_id"),
    },
    choices={"region_continent": Continent, "service_level": ServiceLevel, "terms": Terms},
    sorted_by=("name_fold", "city_fold", "country", "net_count", "fac_count"),
    counters={
        "net_count": count_of("netixlan", "exchange_id", "network_id"),
        "fac_count": count_of("ixfac", "exchange_id", "facility_id"),
    },
    needs_approval=True,
    editable={
        "organization_id": reference(),
        **named(MAX_EXCHANGE_NAME_CHARACTERS),
        "city": one_line(),
        "country": country(),
        "media": one_line(),
        "proto_multicast": flag(),
        "url_stats": url(),
        "tech_email": email(required=True),
        "tech_phone": phone(),
        "policy_email": email(),
        "policy_phone": phone(),
        "sales_email": email(),
        "sales_phone": phone(),
        "service_level": choice(ServiceLevel),
        "terms": choice(Terms),
        "status_dashboard": url(),
    },
)

PEERING_LAN = RecordType(
    tag="ixlan",
    model=PeeringLan,
    resource="exchanges",
    reads=READS,
    owner="exchange_id",
    typical_rows=1_300,
    parents={"exchange_id": EXCHANGE},
    relations={
        "exchange": one("ix", "exchange_id"),
        "prefixes": many("ixpfx", "peering_lan_id"),
        "ports": many("netixlan", "peering_lan_id", max_page_rows=5000),
    },
    gates={"ixf_ixp_member_list_url": member_list},
    choices={"ixf_ixp_member_list_url_visible": Audience},
    shown_as={name: zero_is_unset(name) for name in ("mtu", "vlan", "rs_asn")},
    editable={
        "exchange_id": reference(),
        "name": one_line(),
        "descr": notes(),
        "mtu": one_of(1500, 9000),
        "vlan": number(1, MAX_VLAN, nullable=True),
        "dot1q_support": flag(),
        "rs_asn": asn(required=False, once=False),
        "arp_sponge": mac_address(),
        "ixf_ixp_member_list_url": url(),
        "ixf_ixp_member_list_url_visible": choice(Audience, preset=True),
    },
)

PREFIX = RecordType(
    tag="ixpfx",
    model=Prefix,
    resource="exchanges",
    reads=READS,
    owner="peering_lan_id",
    typical_rows=2_500,
    parents={"peering_lan_id": PEERING_LAN},
    relations={"peering_lan": one("ixlan", "peering_lan_id")},
    choices={"protocol": Protocol},
    editable={"peering_lan_id": reference(), "prefix": prefix(), "in_dfz": flag(), "notes": notes()},
)
