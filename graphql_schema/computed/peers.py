"""Peers: with whom a network could peer, where, over which ports, and its contacts, in one request."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

import strawberry
from strawberry import UNSET

from graphql_schema.computed.types import computed, found_by, own_value, records
from graphql_schema.engine.computed import Expected, Finder
from graphql_schema.engine.errors import ScopeMissing
from graphql_schema.engine.filter_input import translate_choices, translate_list
from graphql_schema.engine.node_ids import read_id
from graphql_schema.engine.page_size import DEFAULT_PAGE_SIZE, read_first
from graphql_schema.schema.connections import Connection
from graphql_schema.schema.fields import argument
from graphql_schema.schema.lookups import LOOKUPS
from graphql_schema.schema.scalars import ASN, Cursor
from graphql_schema.types.exchanges import Exchange, PeeringLan
from graphql_schema.types.networks import Network
from graphql_schema.types.ports import ExchangePort
from portal.access.visibility import Visibility
from portal.errors import Invalid, inside
from portal.registry.choices import ContactRole, GeographicScope, NetworkType, Policy, Protocol
from portal.registry.contacts import CONTACT
from portal.registry.networks import NETWORK
from portal.registry.ports import PORT
from portal.registry.read import peers
from portal.registry.read.filters import check_length
from portal.registry.read.sizes import Sizes
from portal.registry.read.statements import Reader

MAX_PEERS = 5000


@computed(peers.SharedExchange, PORT.reads)
class SharedExchange:
    """A peering LAN where two networks have live, operational ports with a shared address family."""

    exchange: Exchange = records("The LAN's exchange.", "ix")
    peering_lan: PeeringLan = records("The LAN.", "ixlan")
    families: list[Protocol] = own_value("The address families that both have there.", PORT.reads)
    our_ports: list[ExchangePort] = records("Our network's ports there with such a family, by id.", "netixlan")
    their_ports: list[ExchangePort] = records("The peer's ports there with such a family, by id.", "netixlan")


@computed(peers.Peer, NETWORK.reads)
class Peer:
    """A network to peer with."""

    network: Network = records("The network; its contacts are whom to write to.", "net")
    shared_exchanges: list[SharedExchange] = own_value("Where the two can meet, by exchange.", PORT.reads)


def condition(description: str) -> Any:
    return strawberry.field(default=UNSET, description=description)


PolicyLookup, NetworkTypeListLookup = LOOKUPS[Policy], LOOKUPS[list[NetworkType]]
ScopeLookup, ContactRoleLookup = LOOKUPS[GeographicScope], LOOKUPS[ContactRole]


@strawberry.input(
    description="Which peers; all conditions must hold. `exchange` and `minSpeed` say which of their ports count, and sharedExchanges "
    "holds those alone. Left out unless `eq` or `in` names them: policy NO, and of `some` types ROUTE_SERVER and ROUTE_COLLECTOR."
)
class PeerFilter:
    """Names as in the record types."""

    policy_general: PolicyLookup | None = condition("The network's general peering policy. PeeringDB: net.policy_general.")  # type: ignore[valid-type]
    info_types: NetworkTypeListLookup | None = condition("What the network is for. PeeringDB: net.info_types.")  # type: ignore[valid-type]
    info_scope: ScopeLookup | None = condition("Where the network is. PeeringDB: net.info_scope.")  # type: ignore[valid-type]
    min_speed: int | None = condition("The least speed of their port in Mbit/s, 100000 is 100G. PeeringDB: netixlan.speed.")
    exchange: list[strawberry.ID] | None = condition("Meeting at one of these exchanges, as ix:26.")
    not_yet_at: list[strawberry.ID] | None = condition("Without a live port at any of these exchanges, as ix:26.")
    contact_role: ContactRoleLookup | None = condition(  # type: ignore[valid-type]
        "With a contact of this role that you may see. PeeringDB: poc.role. Needs contacts:read or contacts:read_private."
    )


PeerPage = Connection[Peer]


def read(given: Mapping[str, Any], visibility: Visibility) -> peers.PeersRequest:
    where = given.get("where") or {}
    for name, value in where.items():
        if value is None:
            raise Invalid(f"{name} can't be null in a filter. Leave it out.", "where")
    if "contactRole" in where and not visibility.covers(CONTACT.reads):
        raise ScopeMissing("PeerFilter.contactRole", frozenset(scope.value for scope in CONTACT.reads))
    return peers.read_question(given["asn"], read_first(given.get("first"), MAX_PEERS), given.get("after"), read_filter(where))


def read_filter(where: Mapping[str, Any]) -> peers.Filter:
    def lookup(name: str, choices: type[Enum]) -> dict[str, Any]:
        with inside(f"where.{name}"):
            return translate_choices(choices, where.get(name, {}))

    speed, types = where.get("minSpeed", 0), where.get("infoTypes", {})
    if speed < 0:
        raise Invalid("minSpeed can't be less than 0.", "where")
    return peers.Filter(
        policy=lookup("policyGeneral", Policy),
        types=read_types(types),
        types_named=peers.named(translate_choices(NetworkType, types.get("some") or {})),
        scope=lookup("infoScope", GeographicScope),
        contact_role=lookup("contactRole", ContactRole),
        exchanges=read_exchanges(where, "exchange"),
        not_at=read_exchanges(where, "notYetAt"),
        min_speed=speed,
    )


def read_types(types: Mapping[str, Any]) -> dict[str, Any]:
    with inside("where.infoTypes"):
        return translate_list(NetworkType, types)


def read_exchanges(where: Mapping[str, Any], name: str) -> list[int] | None:
    ids = where.get(name)
    if ids is None:
        return None
    with inside(f"where.{name}"):
        check_length(ids)
        return [read_id("ix", text, f"[{place}]") for place, text in enumerate(ids)]


def find(reader: Reader, question: peers.PeersRequest, fields: frozenset[str]) -> peers.PeersResult:
    rows = not fields.isdisjoint({"nodes", "edges", "pageInfo"})
    return peers.find_peers(reader, question, rows=rows, shared="sharedExchanges" in fields, total="totalCount" in fields)


def expect(question: peers.PeersRequest, sizes: Sizes, _fields: frozenset[str]) -> Expected:
    """At each LAN of an average network as many others as have ports at an average one; find_peers() itself counts what it scans."""
    lans, ports = sizes["netixlan"] / max(1, sizes["net"]), sizes["netixlan"] / max(1, sizes["ixlan"])
    return Expected(min(question.first, lans * ports))


PEERS = found_by(
    Finder(read, find, expect),
    "With whom the network with this ASN can peer: both have a live, operational port on the same peering LAN with a shared address "
    "family. Most shared exchanges first, then by id; none for an ASN that isn't in the registry.",
    NETWORK.reads,
    argument("asn", ASN, "The autonomous system number of the network that looks for peers."),
    argument("first", int | None, f"Maximum rows to return, 0 to {MAX_PEERS}.", DEFAULT_PAGE_SIZE),
    argument("after", Cursor | None, "Begin after this cursor's row: `endCursor` of the page before."),
    argument("where", PeerFilter | None, "Conditions on the peers."),
)
