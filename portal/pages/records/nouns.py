"""What pages call the record types, in words and in addresses."""

from dataclasses import dataclass
from typing import Any

from portal.registry.campuses import CAMPUS
from portal.registry.carriers import CARRIER, CARRIER_FACILITY
from portal.registry.contacts import CONTACT
from portal.registry.description import RecordType
from portal.registry.exchanges import EXCHANGE, PEERING_LAN, PREFIX
from portal.registry.facilities import EXCHANGE_FACILITY, FACILITY, NETWORK_FACILITY
from portal.registry.networks import NETWORK
from portal.registry.organizations import ORGANIZATION
from portal.registry.ports import PORT


@dataclass(frozen=True)
class Noun:
    """`path` is what addresses say, `one` and `many` are words for people."""

    kind: RecordType
    path: str
    one: str
    many: str

    def count(self, number: int) -> str:
        """As in "2 ports"."""
        return f"{number:,} {self.one if number == 1 else self.many}"


NOUNS = (
    Noun(ORGANIZATION, "organizations", "organization", "organizations"),
    Noun(NETWORK, "networks", "network", "networks"),
    Noun(EXCHANGE, "exchanges", "exchange", "exchanges"),
    Noun(FACILITY, "facilities", "facility", "facilities"),
    Noun(CARRIER, "carriers", "carrier", "carriers"),
    Noun(CAMPUS, "campuses", "campus", "campuses"),
    Noun(PORT, "ports", "port", "ports"),
    Noun(NETWORK_FACILITY, "network-facilities", "presence at a facility", "presences at facilities"),
    Noun(CONTACT, "contacts", "contact", "contacts"),
    Noun(PEERING_LAN, "lans", "peering LAN", "peering LANs"),
    Noun(PREFIX, "prefixes", "prefix", "prefixes"),
    Noun(EXCHANGE_FACILITY, "exchange-facilities", "presence at a facility", "presences at facilities"),
    Noun(CARRIER_FACILITY, "carrier-facilities", "presence at a facility", "presences at facilities"),
)
NOUN_OF_PATH = {noun.path: noun for noun in NOUNS}
NOUN_OF_TAG = {noun.kind.tag: noun for noun in NOUNS}


def name_part(kind: RecordType, name: str) -> str:
    """Returns what a sentence calls a record that belongs to another, as "port 192.0.2.1", "presence at Polder 1", "NOC contact"."""
    if kind is CONTACT:
        return f"{name} contact"
    return f"presence at {name}" if "facility_id" in kind.editable else f"{NOUN_OF_TAG[kind.tag].one} {name}"


def number_part(kind: RecordType, number: int) -> str:
    """The same of one whose name isn't known, as "port 12", "presence 7"."""
    return f"{'presence' if 'facility_id' in kind.editable else NOUN_OF_TAG[kind.tag].one} {number}"


def label(kind: RecordType, row: Any) -> str:
    """Returns what a list calls a record that stands for itself, as "AS64500 Northlight"."""
    return f"AS{row.asn} {row.name}" if kind is NETWORK else str(row.name)
