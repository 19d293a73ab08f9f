"""Facility (PeeringDB: fac), NetworkFacility (netfac) and ExchangeFacility (ixfac): presences are read from either side."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.access.permissions import Permission
from portal.db.base import Base
from portal.registry.choices import Continent, Property, Voltage
from portal.registry.description import RecordType, addressed, count_of, many, named, one, zero_is_unset
from portal.registry.editable import asn, choice, email, flag, one_line, phone, reference, several, url
from portal.registry.exchanges import EXCHANGE
from portal.registry.networks import NETWORK
from portal.registry.organizations import ORGANIZATION
from portal.registry.records import Addressed, Named, Record, unique_while_live


class Facility(Addressed, Named, Base):
    """A data centre. `diverse_serving_substations`: None is undisclosed."""

    __tablename__ = "facility"

    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    campus_id: Mapped[int | None] = mapped_column(ForeignKey("campus.id"), index=True)
    clli: Mapped[str] = mapped_column(default="")
    rencode: Mapped[str] = mapped_column(default="")
    npanxx: Mapped[str] = mapped_column(default="")
    tech_email: Mapped[str] = mapped_column(default="")
    tech_phone: Mapped[str] = mapped_column(default="")
    sales_email: Mapped[str] = mapped_column(default="")
    sales_phone: Mapped[str] = mapped_column(default="")
    property: Mapped[str] = mapped_column(default="")
    diverse_serving_substations: Mapped[bool | None]
    available_voltage_services: Mapped[list[Any]] = mapped_column(default=list)
    region_continent: Mapped[str] = mapped_column(default="")
    status_dashboard: Mapped[str] = mapped_column(default="")
    net_count: Mapped[int] = mapped_column(default=0)
    ix_count: Mapped[int] = mapped_column(default=0)
    carrier_count: Mapped[int] = mapped_column(default=0)


class NetworkFacility(Record, Base):
    """A network's presence at a facility; `local_asn` is the ASN it uses there."""

    __tablename__ = "network_facility"
    __table_args__ = (unique_while_live("network_facility", "network_id", "facility_id"),)

    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), index=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"), index=True)
    local_asn: Mapped[int | None] = mapped_column(BigInteger)


class ExchangeFacility(Record, Base):
    """An exchange's presence at a facility."""

    __tablename__ = "exchange_facility"
    __table_args__ = (unique_while_live("exchange_facility", "exchange_id", "facility_id"),)

    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id"), index=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"), index=True)


FACILITY = RecordType(
    tag="fac",
    model=Facility,
    resource="facilities",
    reads=frozenset({Permission.FACILITIES_READ}),
    owner="organization_id",
    typical_rows=6_000,
    parents={"organization_id": ORGANIZATION},
    relations={
        "organization": one("org", "organization_id"),
        "campus": one("campus", "campus_id"),
        "networks": many("netfac", "facility_id"),
        "exchanges": many("ixfac", "facility_id"),
        "carriers": many("carrierfac", "facility_id"),
        "network_side_ports": many("netixlan", "net_side_id"),
        "exchange_side_ports": many("netixlan", "ix_side_id"),
    },
    choices={"property": Property, "available_voltage_services": Voltage, "region_continent": Continent},
    sorted_by=("name_fold", "city_fold", "country", "net_count", "ix_count"),
    counters={
        "net_count": count_of("netfac", "facility_id", "network_id"),
        "ix_count": count_of("ixfac", "facility_id", "exchange_id"),
        "carrier_count": count_of("carrierfac", "facility_id", "carrier_id"),
    },
    editable={
        "organization_id": reference(),
        **named(),
        **addressed(),
        "campus_id": reference(nullable=True, once=False),
        "clli": one_line(18),
        "rencode": one_line(18),
        "npanxx": one_line(21),
        "tech_email": email(),
        "tech_phone": phone(),
        "sales_email": email(),
        "sales_phone": phone(),
        "property": choice(Property),
        "diverse_serving_substations": flag(nullable=True),
        "available_voltage_services": several(Voltage),
        "status_dashboard": url(),
    },
)

NETWORK_FACILITY = RecordType(
    tag="netfac",
    model=NetworkFacility,
    resource="networks",
    reads=frozenset({Permission.NETWORKS_READ, Permission.FACILITIES_READ}),
    owner="network_id",
    typical_rows=65_000,
    parents={"network_id": NETWORK, "facility_id": FACILITY},
    relations={"network": one("net", "network_id"), "facility": one("fac", "facility_id")},
    shown_as={"local_asn": zero_is_unset("local_asn")},
    sorted_within={"network_id": ("updated",), "facility_id": ("updated",)},
    editable={"network_id": reference(), "facility_id": reference(), "local_asn": asn(required=False, once=False)},
)

EXCHANGE_FACILITY = RecordType(
    tag="ixfac",
    model=ExchangeFacility,
    resource="exchanges",
    reads=frozenset({Permission.EXCHANGES_READ, Permission.FACILITIES_READ}),
    owner="exchange_id",
    typical_rows=4_000,
    parents={"exchange_id": EXCHANGE, "facility_id": FACILITY},
    relations={"exchange": one("ix", "exchange_id"), "facility": one("fac", "facility_id")},
    editable={"exchange_id": reference(), "facility_id": reference()},
)
