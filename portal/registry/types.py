"""The 13 record types by PeeringDB's tag."""

from portal.registry.campuses import CAMPUS
from portal.registry.carriers import CARRIER, CARRIER_FACILITY
from portal.registry.contacts import CONTACT
from portal.registry.description import RecordType
from portal.registry.exchanges import EXCHANGE, PEERING_LAN, PREFIX
from portal.registry.facilities import EXCHANGE_FACILITY, FACILITY, NETWORK_FACILITY
from portal.registry.indexes import add_indexes
from portal.registry.networks import NETWORK
from portal.registry.organizations import ORGANIZATION
from portal.registry.ports import PORT
from portal.registry.records import Record

TYPES: dict[str, RecordType] = {
    kind.tag: kind
    for kind in (
        ORGANIZATION,
        NETWORK,
        EXCHANGE,
        PEERING_LAN,
        PREFIX,
        PORT,
        FACILITY,
        NETWORK_FACILITY,
        EXCHANGE_FACILITY,
        CARRIER,
        CARRIER_FACILITY,
        CAMPUS,
        CONTACT,
    )
}

ORDER = ("org", "campus", "fac", "net", "ix", "ixlan", "ixpfx", "carrier", "netixlan", "netfac", "ixfac", "carrierfac", "poc")
RECORDS: dict[str, type[Record]] = {tag: TYPES[tag].model for tag in ORDER}  # of a dump: parents before children

# Resource → the type that its permissions are named for, the objects that an organization owns of it, and those that a grant of it lists.
MAIN_TYPES: dict[str, RecordType] = {}
for kind in TYPES.values():
    if kind.owner != "id":
        MAIN_TYPES.setdefault(kind.resource, kind)
OBJECT_TYPES = {resource: kind for resource, kind in MAIN_TYPES.items() if kind.is_object}
LISTED_TYPES = {resource: kind if kind.is_object else kind.parents[kind.owner] for resource, kind in MAIN_TYPES.items()}

for kind in TYPES.values():
    add_indexes(kind)
