"""`find_peers()`: with whom a network can peer, where they meet, and over which ports.

Two networks can peer where both have a live, operational port on the same peering LAN with a shared address family.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import groupby
from typing import Any, NamedTuple

from portal.errors import Invalid
from portal.registry.choices import NetworkType, Policy, raw_texts
from portal.registry.contacts import CONTACT
from portal.registry.networks import NETWORK
from portal.registry.read.filters import Where, read_group
from portal.registry.read.paging import WRONG, opened, write_cursor
from portal.registry.read.peers_sql import Chosen, counted, our_ports, ranked, their_ports
from portal.registry.read.statements import Reader
from portal.whole_numbers import LARGEST_ID

LOOKED_AT = 4000  # units of looking (graphql_schema/engine/filter_cost.py) that finding the others at a LAN takes
MARK = 0x70656572  # of cursors, as a fingerprint of this order
NOT_ASKED_FOR = (NetworkType.ROUTE_SERVER, NetworkType.ROUTE_COLLECTOR)
Lookup = Mapping[str, Any]
Port = tuple[Any, ...]  # network, exchange, LAN, port, has IPv4, has IPv6


class SharedExchange(NamedTuple):
    """One LAN where both have ports that meet: ids, and the families as IPv4 and IPv6."""

    exchange: int
    peering_lan: int
    families: tuple[str, ...]
    our_ports: list[int]
    their_ports: list[int]


class Peer(NamedTuple):
    """A network's id, and where it meets ours, by exchange."""

    network: int
    shared_exchanges: list[SharedExchange]


@dataclass(frozen=True)
class PeersRequest:
    """A question for peers, as read_question() read it. `after`: (shared LANs, network) of a cursor."""

    asn: int
    first: int
    after: tuple[int, int] | None
    exchanges: frozenset[int] | None
    min_speed: int
    chosen: Chosen
    bound: Mapping[str, Any]


@dataclass
class PeersResult:
    """A page of peers; the last member of `places` is where the next page goes on."""

    rows: list[Peer] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)
    more: bool = False
    total: int = 0

    def cursor(self, number: int) -> str:
        return write_cursor(MARK, self.places[number])


@dataclass(frozen=True)
class Filter:
    """Which peers. Lookups are as filters.py reads them, of `types` {"hasAny" | "hasNone": members}; ids are numbers.

    `types_named` are those that were asked for by name; `exchanges` and `min_speed` say which ports count.
    """

    policy: Lookup = field(default_factory=dict)
    types: Lookup = field(default_factory=dict)
    types_named: Collection[Enum] = ()
    scope: Lookup = field(default_factory=dict)
    contact_role: Lookup = field(default_factory=dict)
    exchanges: Collection[int] | None = None
    not_at: Collection[int] | None = None
    min_speed: int = 0


def read_question(asn: int, first: int, after: str | None, where: Filter) -> PeersRequest:
    """Policy No, route servers and route collectors are left out unless `eq` or `in` names them. Raises Invalid."""
    read = Where()
    network = {"policy_general": where.policy, "info_scope": where.scope}
    shape = read_group(NETWORK, {name: lookup for name, lookup in network.items() if lookup}, read, 1)
    if Policy.NO not in named(where.policy):
        shape += read_group(NETWORK, {"policy_general": {"ne": Policy.NO}}, read, 1)
    contact = read_group(CONTACT, {"role": where.contact_role}, read, 1) if where.contact_role else ()
    chosen = Chosen(shape, read_types(where, read), contact, not_at=where.not_at is not None)
    bound = {**read.values, "not_at": sorted(where.not_at or ())}
    exchanges = None if where.exchanges is None else frozenset(where.exchanges)
    return PeersRequest(asn, first, read_place(after), exchanges, where.min_speed, chosen, bound)


def named(lookup: Lookup) -> list[Enum]:
    """The choices that a lookup asks for."""
    return [*([lookup["eq"]] if "eq" in lookup else []), *(lookup.get("in") or ())]


def read_types(where: Filter, read: Where) -> tuple[tuple[bool, tuple[tuple[str, ...], str]], ...]:
    unwanted = [kind for kind in NOT_ASKED_FOR if kind not in where.types_named]
    parts = [(False, unwanted), *((name == "hasAny", kinds) for name, kinds in where.types.items())]
    return tuple((included, bind_types(kinds, read)) for included, kinds in parts if included or kinds)


def bind_types(kinds: Sequence[Enum], read: Where) -> tuple[tuple[str, ...], str]:
    texts = [text for kind in kinds for text in raw_texts(kind)]
    return tuple(read.bind(f'%"{text}"%') for text in texts), read.bind(texts)


def read_place(after: str | None) -> tuple[int, int] | None:
    if after is None:
        return None
    mark, *place = opened(after)
    if mark != MARK or len(place) != 2 or any(type(part) is not int or not 0 <= part <= LARGEST_ID for part in place):
        raise Invalid(WRONG, "after")
    return place[0], place[1]


def find_peers(reader: Reader, question: PeersRequest, *, rows: bool = True, shared: bool = True, total: bool = True) -> PeersResult:
    """Peers with most shared LANs first, then by id, by four statements at most. `rows`, `shared`, `total`: whether they are wanted."""
    peers = PeersResult()
    reader.snapshot.plan_for_values()
    ours = [port for port in reader.rows(our_ports, asn=question.asn) if question.exchanges is None or port[1] in question.exchanges]
    if not ours:
        return peers
    lans = {"lans": of(ours), "lans4": of(ours, 4), "lans6": of(ours, 5)}
    bound = {"us": ours[0][0], "min_speed": question.min_speed, **lans, **question.bound}
    reader.scanned += LOOKED_AT * len(lans["lans"]) * (total + rows)
    if total:
        peers.total = reader.rows(counted, question.chosen, **bound)[0][0]
    if rows:
        after = dict(zip(("after_shared", "after_id"), question.after or (), strict=False))
        places = reader.rows(ranked, question.chosen, bool(after), limit=question.first + 1, **after, **bound)
        peers.more, peers.places = len(places) > question.first, [(count, network) for count, network in places[: question.first]]
        page = [network for _, network in peers.places]
        theirs = reader.rows(their_ports, page=sorted(page), **bound) if shared and page else []
        meetings = shared_exchanges(ours, theirs)
        peers.rows = [Peer(network, meetings.get(network, [])) for network in page]
    return peers


def of(ports: list[Port], family: int | None = None) -> list[int]:
    """The LANs of the ports that have an address of the family."""
    return sorted({port[2] for port in ports if family is None or port[family]})


def shared_exchanges(ours: list[Port], theirs: list[Port]) -> dict[int, list[SharedExchange]]:
    """Network → where its ports meet ours, by exchange and LAN; ports by id."""
    at_lan: dict[int, list[Port]] = {}
    for port in sorted(ours):
        at_lan.setdefault(port[2], []).append(port)
    exchanges: dict[int, list[SharedExchange]] = {}
    for (network, exchange, lan), ports in groupby(sorted(theirs), key=lambda port: port[:3]):
        exchanges.setdefault(network, []).append(meeting(exchange, lan, at_lan[lan], list(ports)))
    return exchanges


def meeting(exchange: int, lan: int, ours: list[Port], theirs: list[Port]) -> SharedExchange:
    families = [family for family in (4, 5) if any(port[family] for port in ours) and any(port[family] for port in theirs)]
    used = [[port[3] for port in ports if any(port[family] for family in families)] for ports in (ours, theirs)]
    return SharedExchange(exchange, lan, tuple("IPv4" if family == 4 else "IPv6" for family in families), used[0], used[1])
