"""`look_up()` and `find_peers()`: who we are, and whom we meet, most shared LANs first.

To know the first few, all networks at our LANs must be ranked. That is two numbers for each of their ports, from an index alone; everything
else is read of the networks of the page.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any, NamedTuple

from portal.db.reader import Row
from portal.registry.read.existence import check_exchanges, find_networks
from portal.registry.read.paging import write_cursor
from portal.registry.read.peers.peers_request import MARK, OurSide, PeersRequest, Place
from portal.registry.read.peers.peers_sql import chosen_networks, live_ports, meetings, our_ports, their_ports
from portal.registry.read.peers.shared import Shared, SharedExchange, with_ports, without_ports
from portal.registry.read.statements import Reader

FEWEST_ASKED = 50  # networks that a statement asks of


class Peer(NamedTuple):
    """A network's id, and where it meets ours, by exchange."""

    network: int
    shared_exchanges: list[SharedExchange]


@dataclass
class PeersResult:
    """A page of peers; the last member of `places` is where the next page goes on."""

    rows: list[Peer] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    more: bool = False
    total: int = 0

    def cursor(self, number: int) -> str:
        return write_cursor(MARK, self.places[number])


@dataclass(frozen=True)
class Parts:
    """Which parts of the answer: the page's rows, where each meets us, over which ports, and how many there are in all."""

    rows: bool = True
    shared: bool = True
    ports: bool = True
    total: bool = True


def look_up(reader: Reader, request: PeersRequest) -> PeersRequest:
    """Returns the request with our side of it. Raises NotFound for an ASN or an exchange that isn't there."""
    us = find_networks(reader, [request.asn], "asn")[request.asn]
    exchanges = request.where.exchanges
    check_exchanges(reader, [*(exchanges or ()), *(request.where.not_at or ())], "where")
    reader.snapshot.plan_for_values()
    rows = [row for row in reader.rows(our_ports, us=us) if exchanges is None or row[0] in exchanges]
    ports, exchange_of = [row[1:] for row in rows], {row[2]: row[0] for row in rows}
    number = reader.rows(live_ports, lans=list(exchange_of))[0][0] if ports else 0
    return replace(request, us=OurSide(us, ports, exchange_of, number))


def find_peers(reader: Reader, request: PeersRequest, parts: Parts) -> PeersResult:
    """Returns a page of the peers with most shared LANs first, then by id. `request` is as look_up() returned it."""
    us = request.us
    if us is None or not us.ports:
        return PeersResult()
    bound = {**bound_by(us), "min_speed": request.where.min_speed, **request.values}
    pairs = reader.scan(meetings, bool(request.where.min_speed), **bound)
    numbers = Counter(map(itemgetter(0), pairs))
    networks, result = rank(numbers), PeersResult()
    if parts.total:
        networks = choose(reader, request, networks, len(networks))
        result.total = len(networks)
    if parts.rows:
        networks = beyond(networks, numbers, request.after)
        networks = networks if parts.total else choose(reader, request, networks, request.first + 1)
        result.more, page = len(networks) > request.first > 0, networks[: request.first]
        result.places = [(numbers[network], network) for network in page]
        shared = shared_exchanges(reader, request, us, of_page(pairs, page), parts, bound) if parts.shared else {}
        result.rows = [Peer(network, shared.get(network, [])) for network in page]
        reader.touched += len(page)
    return result


def bound_by(us: OurSide) -> dict[str, Any]:
    """Returns what meetings bind."""
    lans = us.exchange_of.keys()
    without = {f"without{name}": sorted(lans - {port[1] for port in us.ports if port[place]}) for name, place in (("4", 3), ("6", 4))}
    return {"us": us.network, "lans": sorted(lans), **without}


def rank(numbers: Mapping[int, int]) -> list[int]:
    """Returns the networks in the order of peers. `numbers`: how many LANs each shares with ours."""
    networks = sorted(numbers)
    networks.sort(key=numbers.__getitem__, reverse=True)
    return networks


def beyond(networks: list[int], numbers: Mapping[int, int], after: Place | None) -> list[int]:
    """Returns the networks that come after a place."""
    if after is None:
        return networks
    return networks[bisect_right(networks, (-after[0], after[1]), key=lambda network: (-numbers[network], network)) :]


def of_page(pairs: Iterable[Row], page: Iterable[int]) -> list[Row]:
    networks = set(page)
    return [pair for pair in pairs if pair[0] in networks]


def choose(reader: Reader, request: PeersRequest, networks: Sequence[int], enough: int) -> list[int]:
    """Returns the first of the networks that are chosen, as many as are enough.

    Where the networks themselves tell, so many are asked of at a time as will do if they are like those before. Other rows are looked at
    once for all.
    """
    chosen: list[int] = []
    begin, size = 0, max(FEWEST_ASKED, enough) if request.chosen.is_plain else len(networks)
    while begin < len(networks) and len(chosen) < enough:
        part = networks[begin : begin + size]
        fitting = {number for (number,) in reader.scan(chosen_networks, request.chosen, networks=sorted(part), **request.values)}
        chosen += [network for network in part if network in fitting]
        begin += size
        size = begin * (enough - len(chosen)) // max(1, len(chosen)) + FEWEST_ASKED
    return chosen


def shared_exchanges(
    reader: Reader, request: PeersRequest, us: OurSide, pairs: Sequence[Row], parts: Parts, bound: Mapping[str, Any]
) -> Shared:
    if not parts.ports:
        reader.touched += len(pairs)
        return without_ports(us.exchange_of, pairs)
    networks = sorted({network for network, _ in pairs})
    of_few = len(networks) * len(us.exchange_of) < us.live_ports  # each LAN's place of each network is looked up then
    theirs = reader.rows(their_ports, bool(request.where.min_speed), of_few, networks=networks, **bound) if networks else []
    return with_ports(us.exchange_of, us.ports, theirs)
