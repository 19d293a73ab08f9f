"""Peers: with whom a network could peer, where, over which ports, and its contacts, in one request."""

from collections.abc import Iterator, Mapping
from enum import Enum
from math import exp, sqrt
from typing import Any

import strawberry
from strawberry import UNSET

from graphql_schema.computed.types import computed, found_by, own_value, records
from graphql_schema.engine.computed import Expected, FilterReader, Finder
from graphql_schema.engine.cost.filter_cost import UNITS_PER_ROW, check_levels, filter_cost
from graphql_schema.engine.errors import ScopeMissing
from graphql_schema.engine.filter_input import translate_choices
from graphql_schema.engine.node_ids import read_id
from graphql_schema.engine.page_size import DEFAULT_PAGE_SIZE, read_first
from graphql_schema.schema.connections import Connection
from graphql_schema.schema.fields import argument
from graphql_schema.schema.lazy_types import filter_reference
from graphql_schema.schema.lookups import LOOKUPS
from graphql_schema.schema.scalars import ASN, Cursor
from graphql_schema.types.exchanges import Exchange, PeeringLan
from graphql_schema.types.networks import Network
from graphql_schema.types.ports import ExchangePort
from portal.errors import Invalid, inside
from portal.registry.choices import ContactRole, GeographicScope, NetworkType, Policy, Protocol
from portal.registry.contacts import CONTACT
from portal.registry.networks import NETWORK
from portal.registry.ports import PORT
from portal.registry.read.filters import NO_NULL, check_length
from portal.registry.read.peers import find as peers
from portal.registry.read.peers.peers_request import Filter, PeersRequest, read_request
from portal.registry.read.peers.shared import SharedExchange as SharedRow
from portal.registry.read.sizes import Sizes
from portal.registry.read.statements import Reader

Fields = frozenset[str]  # that were selected
MAX_PEERS, MAX_EXCLUDED_ASNS = 5000, 5000
PORT_UNITS, NETWORK_UNITS = 75, 150  # of ranking a port at our LANs, and of looking up a network, as measured beside rows that are printed


@computed(SharedRow, PORT.reads)
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


def condition(description: str, instead: str | None = None) -> Any:
    """`instead`: what to use, where the field is deprecated."""
    reason = instead and f"Use `{instead}`. This goes in 0.2."
    return strawberry.field(default=UNSET, description=description, deprecation_reason=reason)


PolicyLookup, NetworkTypeListLookup = LOOKUPS[Policy], LOOKUPS[list[NetworkType]]
ScopeLookup, ContactRoleLookup = LOOKUPS[GeographicScope], LOOKUPS[ContactRole]
OF_NETWORK = ("policyGeneral", "infoTypes", "infoScope")  # which `network` says as well


@strawberry.input(
    description="Which peers; all conditions must hold. `exchange` and `minSpeed` say which of their ports count, and sharedExchanges "
    "holds those alone. Left out unless `eq` or `in` names them, outside a `not`: policy NO, and of `some` types ROUTE_SERVER and "
    "ROUTE_COLLECTOR. An exchange that isn't in the registry is refused with NOT_FOUND."
)
class PeerFilter:
    """Names as in the record types."""

    network: filter_reference("net") | None = condition("Conditions on the network, as in `networks(where:)`.")  # type: ignore[valid-type]
    min_speed: int | None = condition("The least speed of their port in Mbit/s, 100000 is 100G. PeeringDB: netixlan.speed.")
    exchange: list[strawberry.ID] | None = condition("Meeting at one of these exchanges, as ix:26.")
    not_yet_at: list[strawberry.ID] | None = condition("Without a live port at any of these exchanges, as ix:26.")
    exclude_asns: list[ASN] | None = condition(
        f"Without these networks, at most {MAX_EXCLUDED_ASNS}: such as those that you peer with already. An ASN that only a port has "
        "leaves out the port's network."
    )
    contact_role: ContactRoleLookup | None = condition(  # type: ignore[valid-type]
        "With a contact of this role that you may see. PeeringDB: poc.role. Needs contacts:read or contacts:read_private."
    )
    policy_general: PolicyLookup | None = condition(  # type: ignore[valid-type]
        "The network's general peering policy. PeeringDB: net.policy_general.", "network.policyGeneral"
    )
    info_types: NetworkTypeListLookup | None = condition(  # type: ignore[valid-type]
        "What the network is for. PeeringDB: net.info_types.", "network.infoTypes"
    )
    info_scope: ScopeLookup | None = condition("Where the network is. PeeringDB: net.info_scope.", "network.infoScope")  # type: ignore[valid-type]


PeerPage = Connection[Peer]


def read(given: Mapping[str, Any], filters: FilterReader) -> PeersRequest:
    where = given.get("where") or {}
    for name, value in where.items():
        if value is None:
            raise Invalid(NO_NULL, f"where.{name}")
    if "contactRole" in where and not filters.visibility.covers(CONTACT.reads):
        raise ScopeMissing("PeerFilter.contactRole", frozenset(scope.value for scope in CONTACT.reads))
    return read_request(given["asn"], read_first(given.get("first"), MAX_PEERS), given.get("after"), read_filter(where, filters))


def read_filter(where: Mapping[str, Any], filters: FilterReader) -> Filter:
    speed, excluded = where.get("minSpeed", 0), where.get("excludeAsns", ())
    if speed < 0:
        raise Invalid("This can't be less than 0.", "where.minSpeed")
    if len(excluded) > MAX_EXCLUDED_ASNS:
        raise Invalid(f"This list can hold {MAX_EXCLUDED_ASNS} ASNs at most, not {len(excluded)}.", "where.excludeAsns")
    parts = {"where.network": where.get("network", {}), "where": {name: where[name] for name in OF_NETWORK if name in where}}
    with inside("where.contactRole"):
        role = translate_choices(ContactRole, where.get("contactRole", {}))
    return Filter(
        networks=[(path, filters.read("NetworkFilter", part, path)) for path, part in parts.items()],
        named=frozenset(named for part in parts.values() for named in named_in(part)),
        contact_role=role,
        exchanges=read_exchanges(where, "exchange"),
        not_at=read_exchanges(where, "notYetAt"),
        excluded_asns=excluded,
        min_speed=speed,
    )


def named_in(where: Mapping[str, Any]) -> Iterator[Enum]:
    """Yields the policies and types that a filter of networks asks for by `eq` or `in`, in any of its parts but under `not`."""
    types = where.get("infoTypes") or {}
    for choices, lookup in ((Policy, where.get("policyGeneral")), (NetworkType, types.get("some"))):
        texts = [(lookup or {}).get("eq"), *((lookup or {}).get("in") or ())]
        yield from (choices(text) for text in texts if text is not None)
    for part in (*(where.get("and") or ()), *(where.get("or") or ())):
        yield from named_in(part)


def read_exchanges(where: Mapping[str, Any], name: str) -> list[int] | None:
    ids = where.get(name)
    if ids is None:
        return None
    with inside(f"where.{name}"):
        check_length(ids)
        return [read_id("ix", text, f"[{place}]") for place, text in enumerate(ids)]


def find(reader: Reader, request: PeersRequest, fields: Fields) -> peers.PeersResult:
    rows = not fields.isdisjoint({"nodes", "edges", "pageInfo"})
    ports = not fields.isdisjoint({"families", "ourPorts", "theirPorts"})
    return peers.find_peers(reader, request, peers.Parts(rows, "sharedExchanges" in fields, ports, "totalCount" in fields))


def expect(request: PeersRequest, sizes: Sizes, fields: Fields) -> Expected:
    """All ports at our LANs are ranked. The page is expected to be full; what its peers share follows from their place in the ranking."""
    ports, lans = (request.us.live_ports, len(request.us.exchange_of)) if request.us else (0, 0)
    per_row, others, max_rows = cost = filter_cost(NETWORK, request.chosen.network, request.values, sizes)
    check_levels(request.chosen.relation_levels, cost)
    networks = distinct_networks(ports, sizes)
    rows = 0 if fields.isdisjoint({"nodes", "edges", "pageInfo"}) else min(request.first, networks, max_rows)
    checked = networks if "totalCount" in fields or not request.chosen.is_plain else min(networks, 2 * rows)
    shared = ports * sqrt(rows / max(1, networks))  # by the first of them: some networks are nearly everywhere
    per_peer = max(1, min(shared / max(1, rows), request.after[0] if request.after else lans))
    units = ports * PORT_UNITS + checked * (NETWORK_UNITS + per_row) + others
    return Expected(rows, units / UNITS_PER_ROW, inside=per_peer, listed=1)


def distinct_networks(ports: int, sizes: Sizes) -> float:
    """Returns how many networks have so many ports about, where half of all have any."""
    networks = max(1, sizes["net"] / 2)
    return networks * (1 - exp(-ports / networks))


PEERS = found_by(
    Finder(read, find, expect, peers.look_up),
    "With whom the network with this ASN can peer: both have a live, operational port on the same peering LAN with a shared address "
    "family. Most shared exchanges first, then by id. An ASN that isn't in the registry is refused with NOT_FOUND; one that only a port "
    "has leads to the port's network.",
    NETWORK.reads,
    argument("asn", ASN, "The autonomous system number of the network that looks for peers."),
    argument("first", int | None, f"Maximum rows to return, 0 to {MAX_PEERS}.", DEFAULT_PAGE_SIZE),
    argument("after", Cursor | None, "Begin after this cursor's row: `endCursor` of the page before."),
    argument("where", PeerFilter | None, "Conditions on the peers."),
)
