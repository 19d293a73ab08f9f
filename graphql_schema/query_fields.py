"""The pair of root fields that every record type has: all of its records, and the one with an id; and how many there are."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.types.arguments import StrawberryArgument

from graphql_schema.engine.node_ids import read_id, read_node_id
from graphql_schema.engine.rows import Rows, Several
from graphql_schema.schema.connections import Connection
from graphql_schema.schema.fields import argument, every, rows
from graphql_schema.schema.scalars import ASN
from graphql_schema.types.campuses import Campus
from graphql_schema.types.carriers import Carrier, CarrierFacility
from graphql_schema.types.contacts import Contact
from graphql_schema.types.data_status import DataStatus, data_status
from graphql_schema.types.exchanges import Exchange, PeeringLan, Prefix
from graphql_schema.types.facilities import ExchangeFacility, Facility, NetworkFacility
from graphql_schema.types.networks import Network
from graphql_schema.types.organizations import Organization
from graphql_schema.types.ports import ExchangePort
from portal.errors import Invalid

ID = "As net:20: the type's PeeringDB tag and the record's number."
ID_OR_NUMBER = "As net:20, the type's PeeringDB tag and the record's number, or the number alone."
DATABASE_ID = "The record's number, as 20."
ONE_OF = "Give exactly one argument."
NONE = "null if none is visible."
MAX_IDS = 500


def id_arguments(tag: str) -> list[StrawberryArgument]:
    return [
        argument("id", strawberry.ID | None, ID_OR_NUMBER.replace("net:", f"{tag}:")),
        argument("database_id", int | None, DATABASE_ID),
    ]


def single(tag: str, description: str) -> Any:
    """The one record of a type with an id."""
    return rows(lambda *_, **given: one_of(tag, given), f"{description} with this id; {NONE} {ONE_OF}", *id_arguments(tag), tag=tag)


def one_of(tag: str, given: Mapping[str, Any], names: str = "id and databaseId") -> Rows:
    """The row of the one argument that was given. Raises Invalid for none, for several, and for another type's id."""
    arguments = [(name, value) for name, value in given.items() if value is not None]
    if len(arguments) != 1:
        raise Invalid(f"Give exactly one of {names}.", "id")
    ((name, value),) = arguments
    if name == "asn":
        return Rows(tag, "asn", value)
    return Rows(tag, "id", read_id(tag, value) if name == "id" else value)


def network(_source: Any, _info: Any, **given: Any) -> Rows:
    return one_of("net", given, "asn, id and databaseId")


def node(_source: Any, _info: Any, id: str) -> Rows:  # noqa: A002 - the argument's name
    tag, number = read_node_id(id)
    return Rows(tag, "id", number)


def nodes(_source: Any, _info: Any, ids: list[str]) -> Several:
    if len(ids) > MAX_IDS:
        raise Invalid(f"ids can hold {MAX_IDS} at most, not {len(ids)}.", "ids")
    return Several(tuple(read_node_id(text, f"ids[{place}]") for place, text in enumerate(ids)))


@strawberry.type
class Roots:
    """Inherited by Query."""

    data_status: DataStatus = strawberry.field(
        resolver=data_status, description="What the registry holds and how fresh it is. Needs no scope."
    )
    organization: Organization | None = single("org", "The organization")
    organizations: Connection[Organization] = every("org", "Organizations, by id.")
    network: Network | None = rows(
        network,
        f"The network with this ASN or id; {NONE} {ONE_OF}",
        argument("asn", ASN | None, "Its autonomous system number."),
        *id_arguments("net"),
        tag="net",
    )
    networks: Connection[Network] = every("net", "Networks, by id.")
    exchange: Exchange | None = single("ix", "The exchange")
    exchanges: Connection[Exchange] = every("ix", "Exchanges, by id.")
    peering_lan: PeeringLan | None = single("ixlan", "The peering LAN")
    peering_lans: Connection[PeeringLan] = every("ixlan", "Peering LANs of all exchanges, by id.")
    prefix: Prefix | None = single("ixpfx", "The address block of a peering LAN")
    prefixes: Connection[Prefix] = every("ixpfx", "Address blocks of all peering LANs, by id.")
    exchange_port: ExchangePort | None = single("netixlan", "The port")
    exchange_ports: Connection[ExchangePort] = every("netixlan", "Ports of all networks at all exchanges, by id.")
    facility: Facility | None = single("fac", "The facility")
    facilities: Connection[Facility] = every("fac", "Facilities, by id.")
    network_facility: NetworkFacility | None = single("netfac", "A network's presence at a facility,")
    network_facilities: Connection[NetworkFacility] = every("netfac", "Presences of networks at facilities, by id.")
    exchange_facility: ExchangeFacility | None = single("ixfac", "An exchange's presence at a facility,")
    exchange_facilities: Connection[ExchangeFacility] = every("ixfac", "Presences of exchanges at facilities, by id.")
    carrier: Carrier | None = single("carrier", "The carrier")
    carriers: Connection[Carrier] = every("carrier", "Carriers, by id.")
    carrier_facility: CarrierFacility | None = single("carrierfac", "A carrier's presence at a facility,")
    carrier_facilities: Connection[CarrierFacility] = every("carrierfac", "Presences of carriers at facilities, by id.")
    campus: Campus | None = single("campus", "The campus")
    campuses: Connection[Campus] = every("campus", "Campuses, by id.")
    contact: Contact | None = single("poc", "The contact")
    contacts: Connection[Contact] = every("poc", "Contacts of all networks, as far as you may see them, by id.")
