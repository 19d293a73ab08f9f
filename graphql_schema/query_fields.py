"""The pair of root fields that every record type has: all of its records, and the one with an id; and how many there are."""

from typing import Any

import strawberry

from graphql_schema.engine.node_ids import number_in
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
from portal.registry.types import TYPES

ID = "As net:20: the type's PeeringDB tag and the record's number."
NONE = "null if none is visible."
MAX_IDS = 500


def by_id(tag: str, text: str) -> Rows:
    """The row of an id; none where it isn't an id of the type."""
    number = number_in(tag, text)
    return Rows(tag, "id", -1 if number is None else number)


def single(tag: str, description: str) -> Any:
    """The one record of a type with an id."""

    def resolve(_source: Any, _info: Any, id: str) -> Rows:  # noqa: A002 - the argument's name
        return by_id(tag, id)

    return rows(resolve, f"{description} with this id; {NONE}", argument("id", strawberry.ID, ID.replace("net:", f"{tag}:")), tag=tag)


def network(_source: Any, _info: Any, asn: int | None = None, id: str | None = None) -> Rows:  # noqa: A002 - the argument's name
    if id is not None and asn is None:
        return by_id("net", id)
    if asn is not None and id is None:
        return Rows("net", "asn", asn)
    raise Invalid("Give exactly one of asn and id.", "asn")


def node(_source: Any, _info: Any, id: str) -> Rows | None:  # noqa: A002 - the argument's name
    tag = id.partition(":")[0]
    return by_id(tag, id) if tag in TYPES else None


def nodes(_source: Any, _info: Any, ids: list[str]) -> Several:
    if len(ids) > MAX_IDS:
        raise Invalid(f"ids can hold {MAX_IDS} at most, not {len(ids)}.", "ids")
    tags = [text.partition(":")[0] for text in ids]
    return Several(tuple((tag, number_in(tag, text) if tag in TYPES else None) for tag, text in zip(tags, ids, strict=True)))


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
        f"The network with this ASN or id; {NONE} Give exactly one.",
        argument("asn", ASN | None, "Its autonomous system number."),
        argument("id", strawberry.ID | None, ID),
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
