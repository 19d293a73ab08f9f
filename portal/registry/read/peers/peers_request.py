"""A request for peers: what was asked, read before any statement runs, and its cursor."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from portal.errors import Invalid, inside
from portal.registry.choices import NetworkType, Policy
from portal.registry.contacts import CONTACT
from portal.registry.networks import NETWORK
from portal.registry.read.filters import Where, read_group
from portal.registry.read.paging import WRONG, opened
from portal.registry.read.peers.peers_sql import Chosen, Port
from portal.whole_numbers import LARGEST_ID

MARK = 0x70656572  # of cursors, as a fingerprint of this order
NOT_ASKED_FOR = (NetworkType.ROUTE_SERVER, NetworkType.ROUTE_COLLECTOR)
Place = tuple[int, int]  # in the order of peers: how many LANs are shared, and the network's id


@dataclass(frozen=True)
class Filter:
    """Which peers. `networks` are filters of networks, each behind the path where it was written, and `contact_role` is a lookup, as
    filters.py reads them; ids are numbers.

    `named`: the choices that they ask for by name. `exchanges` and `min_speed` say which ports count.
    """

    networks: Sequence[tuple[str, Mapping[str, Any]]] = ()
    named: Collection[Enum] = ()
    contact_role: Mapping[str, Any] = field(default_factory=dict)
    exchanges: Collection[int] | None = None
    not_at: Collection[int] | None = None
    excluded_asns: Collection[int] = ()
    min_speed: int = 0


@dataclass(frozen=True)
class OurSide:
    """The network that looks for peers: its id, and its ports that can meet others, by id.

    `exchange_of`: their LANs, with the exchange of each. `live_ports`: how many there are at these, whoever's.
    """

    network: int
    ports: list[Port]
    exchange_of: Mapping[int, int]
    live_ports: int


@dataclass(frozen=True)
class PeersRequest:
    """What was asked. `after`: the place that a cursor holds. `us`: filled by look_up()."""

    asn: int
    first: int
    after: Place | None
    where: Filter
    chosen: Chosen
    values: Mapping[str, Any]
    us: OurSide | None = None


def read_request(asn: int, first: int, after: str | None, where: Filter) -> PeersRequest:
    """Policy No, route servers and route collectors are left out unless they are named. Raises Invalid."""
    read = Where()
    shape = sum((read_group(NETWORK, part, read, 1) for part in left_out(where.named)), ())
    for path, part in where.networks:
        with inside(path):
            shape += read_group(NETWORK, part, read, 1)
    contact = read_group(CONTACT, {"role": where.contact_role}, read, 1) if where.contact_role else ()
    chosen = Chosen(shape, contact, where.not_at is not None, bool(where.excluded_asns), read.relation_levels)
    values = {**read.values, "not_at": sorted(where.not_at or ()), "excluded": sorted(where.excluded_asns)}
    return PeersRequest(asn, first, read_place(after), where, chosen, values)


def left_out(named: Collection[Enum]) -> Iterator[dict[str, Any]]:
    """Yields the conditions that leave out who doesn't peer."""
    if Policy.NO not in named:
        yield {"policy_general": {"ne": Policy.NO}}
    unwanted = [kind for kind in NOT_ASKED_FOR if kind not in named]
    if unwanted:
        yield {"info_types": {"hasNone": unwanted}}


def read_place(after: str | None) -> Place | None:
    if after is None:
        return None
    mark, *place = opened(after)
    if mark != MARK or len(place) != 2 or any(type(part) is not int or not 0 <= part <= LARGEST_ID for part in place):
        raise Invalid(WRONG, "after")
    return place[0], place[1]
