"""What several networks have in common, and whose an address is."""

from collections.abc import Mapping
from typing import Any

from graphql_schema.computed.types import computed, found_by, records
from graphql_schema.engine.computed import Expected, FilterReader, Finder
from graphql_schema.schema.fields import argument
from graphql_schema.schema.scalars import ASN, IPAddress
from graphql_schema.types.exchanges import Exchange, PeeringLan
from graphql_schema.types.facilities import Facility, NetworkFacility
from graphql_schema.types.ports import ExchangePort
from portal.registry.exchanges import READS
from portal.registry.facilities import FACILITY
from portal.registry.ports import PORT
from portal.registry.read import addresses, overlap
from portal.registry.read.sizes import Sizes
from portal.registry.read.statements import Reader

Fields = frozenset[str]  # that were selected


@computed(overlap.CommonExchange, READS)
class CommonExchange:
    """An exchange where each of some networks has a live port."""

    exchange: Exchange = records("The exchange.", "ix")
    ports: list[ExchangePort] = records("The live ports of these networks there, by id.", "netixlan")


@computed(overlap.CommonFacility, FACILITY.reads)
class CommonFacility:
    """A facility where each of some networks is present."""

    facility: Facility = records("The facility.", "fac")
    presences: list[NetworkFacility] = records("The presences of these networks there, by id.", "netfac")


@computed(addresses.Owner, PORT.reads)
class IPOwner:
    """The port, LAN and exchange of an address."""

    port: ExchangePort | None = records("The port with this address; null where it only lies in a prefix of the LAN.", "netixlan")
    peering_lan: PeeringLan = records("The port's LAN, or the LAN with the narrowest prefix around the address.", "ixlan")
    exchange: Exchange = records("The LAN's exchange.", "ix")


def read_asns(given: Mapping[str, Any], _filters: FilterReader) -> list[int]:
    return overlap.read_asns(given["asns"])


def find_exchanges(reader: Reader, networks: list[int], fields: Fields) -> list[overlap.CommonExchange]:
    return overlap.common_exchanges(reader, networks, ports="ports" in fields)


def find_facilities(reader: Reader, networks: list[int], fields: Fields) -> list[overlap.CommonFacility]:
    return overlap.common_facilities(reader, networks, presences="presences" in fields)


def find_owner(reader: Reader, address: Any, _fields: Fields) -> addresses.Owner | None:
    return addresses.owner_of(reader, address)


def expect_exchanges(networks: list[int], sizes: Sizes, _fields: Fields) -> Expected:
    return Expected(sizes["netixlan"] / max(1, sizes["net"]), listed=len(networks))


def expect_facilities(networks: list[int], sizes: Sizes, _fields: Fields) -> Expected:
    return Expected(sizes["netfac"] / max(1, sizes["net"]), listed=len(networks))


ASNS = argument(
    "asns",
    list[ASN],
    f"{overlap.MIN_ASNS} to {overlap.MAX_ASNS} different ones. One that isn't in the registry is refused with NOT_FOUND; one that only a "
    "port has leads to the port's network.",
)
COMMON_EXCHANGES = found_by(
    Finder(read_asns, find_exchanges, expect_exchanges, overlap.look_up),
    "The exchanges where each of these networks has a live port, by id. PeeringDB: ix.",
    READS,
    ASNS,
)
COMMON_FACILITIES = found_by(
    Finder(read_asns, find_facilities, expect_facilities, overlap.look_up),
    "The facilities where each of these networks is present, by id. PeeringDB: fac.",
    FACILITY.reads,
    ASNS,
)
IP_ADDRESS = found_by(
    Finder(lambda given, _filters: given["ip"], find_owner),
    "The port, peering LAN and exchange that hold this address; null if none is visible. A LAN without a port needs exchanges:read.",
    PORT.reads,
    argument("ip", IPAddress, "An address at an exchange, as 198.51.100.1."),
)
