"""Facility (PeeringDB: fac), NetworkFacility (netfac) and ExchangeFacility (ixfac): presences are read from either side."""

from portal.directory.description import RecordType, many, one
from portal.directory.exchanges import EXCHANGE
from portal.directory.networks import NETWORK
from portal.directory.organizations import ORGANIZATION
from portal.models import ExchangeFacility, Facility, NetworkFacility
from portal.permissions import Permission

FACILITY = RecordType(
    tag="fac",
    model=Facility,
    reads=frozenset({Permission.FACILITIES_READ}),
    owner="organization_id",
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
)

NETWORK_FACILITY = RecordType(
    tag="netfac",
    model=NetworkFacility,
    reads=frozenset({Permission.NETWORKS_READ, Permission.FACILITIES_READ}),
    owner="network_id",
    parents={"network_id": NETWORK, "facility_id": FACILITY},
    relations={"network": one("net", "network_id"), "facility": one("fac", "facility_id")},
)

EXCHANGE_FACILITY = RecordType(
    tag="ixfac",
    model=ExchangeFacility,
    reads=frozenset({Permission.EXCHANGES_READ, Permission.FACILITIES_READ}),
    owner="exchange_id",
    parents={"exchange_id": EXCHANGE, "facility_id": FACILITY},
    relations={"exchange": one("ix", "exchange_id"), "facility": one("fac", "facility_id")},
)
