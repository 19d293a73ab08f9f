"""The 13 record types by PeeringDB's tag."""

from portal.directory.campuses import CAMPUS
from portal.directory.carriers import CARRIER, CARRIER_FACILITY
from portal.directory.contacts import CONTACT
from portal.directory.description import RecordType
from portal.directory.exchanges import EXCHANGE, PEERING_LAN, PREFIX
from portal.directory.facilities import EXCHANGE_FACILITY, FACILITY, NETWORK_FACILITY
from portal.directory.networks import NETWORK
from portal.directory.organizations import ORGANIZATION
from portal.directory.ports import PORT

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
