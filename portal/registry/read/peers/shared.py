"""Where peers meet us: the shared exchanges of each."""

from collections.abc import Collection, Iterable, Mapping
from itertools import groupby
from typing import NamedTuple

from portal.db.reader import Row
from portal.registry.read.peers.peers_sql import Port

FAMILIES = {3: "IPv4", 4: "IPv6"}  # by the place in a port


class SharedExchange(NamedTuple):
    """One LAN where both have ports that meet: ids, and the families as IPv4 and IPv6."""

    exchange: int
    peering_lan: int
    families: tuple[str, ...] = ()
    our_ports: Collection[int] = ()
    their_ports: Collection[int] = ()


Shared = Mapping[int, list[SharedExchange]]  # by network


def without_ports(exchange_of: Mapping[int, int], pairs: Iterable[Row]) -> Shared:
    """Returns them by (network, LAN), the exchange and LAN alone. `exchange_of`: by LAN."""
    at_lan = {lan: SharedExchange(exchange, lan) for lan, exchange in exchange_of.items()}
    shared: dict[int, list[SharedExchange]] = {}
    for network, lan in pairs:
        shared.setdefault(network, []).append(at_lan[lan])
    for meetings in shared.values():
        meetings.sort()
    return shared


def with_ports(exchange_of: Mapping[int, int], ours: Iterable[Port], theirs: Iterable[Port]) -> Shared:
    """Returns them with the families and the ports, by id; `ours` are sorted so."""
    at_lan: dict[int, list[Port]] = {}
    for port in ours:
        at_lan.setdefault(port[1], []).append(port)
    shared: dict[int, list[SharedExchange]] = {}
    by_meeting = sorted(theirs, key=lambda port: (port[0], exchange_of[port[1]], port[1], port[2]))
    for (network, lan), ports in groupby(by_meeting, key=lambda port: port[:2]):
        shared.setdefault(network, []).append(meeting(exchange_of[lan], lan, at_lan[lan], list(ports)))
    return shared


def meeting(exchange: int, lan: int, ours: list[Port], theirs: list[Port]) -> SharedExchange:
    families = [place for place in FAMILIES if any(port[place] for port in ours) and any(port[place] for port in theirs)]
    used = [[port[2] for port in ports if any(port[place] for place in families)] for ports in (ours, theirs)]
    return SharedExchange(exchange, lan, tuple(FAMILIES[place] for place in families), used[0], used[1])
