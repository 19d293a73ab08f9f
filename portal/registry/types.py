"""The 13 record types by PeeringDB's tag."""

from portal.registry.campuses import CAMPUS
from portal.registry.carriers import CARRIER, CARRIER_FACILITY
from portal.registry.contacts import CONTACT
from portal.registry.description import RecordType
from portal.registry.exchanges import EXCHANGE, PEERING_LAN, PREFIX
from portal.registry.facilities import EXCHANGE_FACILITY, FACILITY, NETWORK_FACILITY
from portal.registry.networks import NETWORK
from portal.registry.organizations import ORGANIZATION
from portal.registry.ports import PORT
from portal.registry.record import Record, find_pending
from portal.registry.sorted_columns import index_sorting

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

for tag, model in RECORDS.items():
    find_pending(model)
    index_sorting(tag, model)
