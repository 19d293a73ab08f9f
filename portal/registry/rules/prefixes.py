"""Rules of prefixes."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from portal.db.ip_bytes import prefix_bounds
from portal.db.session import settings_of
from portal.registry.exchanges import Prefix
from portal.registry.ports import ExchangePort
from portal.registry.records import DELETED, LIVE
from portal.registry.rules.problem import IN_USE, TAKEN, Problem
from portal.registry.rules.rule import Rule, rule

LENGTHS = {4: (18, 28), 6: (64, 116)}
PRIVATE4 = ("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16")
SPECIAL = {
    "multicast": ("224.0.0.0/4", "ff00::/8"),
    "private or special use": (*PRIVATE4, "198.18.0.0/15", "2001::/23", "::/3", "4000::/2", "8000::/1"),
    "future use": ("240.0.0.0/4",),
    "6to4": ("192.88.99.0/24", "2002::/16"),
}
DOCUMENTATION = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20")  # RFC 5737, 3849, 9637
Network = IPv4Network | IPv6Network
BLOCKS: Mapping[str, list[Network]] = {use: [ip_network(text) for text in texts] for use, texts in SPECIAL.items()}
DOCUMENTATION_BLOCKS: list[Network] = [ip_network(text) for text in DOCUMENTATION]


@rule("prefix")
def has_a_usual_length(_session: Session, row: Any) -> Iterator[Problem]:
    network = ip_network(row.prefix)
    shortest, longest = LENGTHS[network.version]
    if row.status != DELETED and not shortest <= network.prefixlen <= longest:
        text = f"{row.prefix} is a /{network.prefixlen}. An IPv{network.version} prefix of a LAN must be /{shortest} to /{longest}."
        yield Problem(text, ("prefix",))


@rule("prefix")
def is_public(session: Session, row: Any) -> Iterator[Problem]:
    use = special_use(ip_network(row.prefix), allow_documentation=settings_of(session).allow_documentation)
    if row.status != DELETED and use:
        yield Problem(f"{row.prefix} is address space for {use}. Give a prefix that is assigned to the exchange.", ("prefix",))


def special_use(network: Network, *, allow_documentation: bool) -> str | None:
    """Returns what the addresses, or some of them, are for, where an exchange can't have them."""
    if not allow_documentation and any(overlap(network, block) for block in DOCUMENTATION_BLOCKS):
        return "documentation"
    return next((use for use, blocks in BLOCKS.items() if any(overlap(network, block) for block in blocks)), None)


def overlap(network: Network, block: Network) -> bool:
    return network.version == block.version and network.overlaps(block)


@rule("prefix", "peering_lan_id")
def overlaps_no_other_lan(session: Session, row: Any) -> Iterator[Problem]:
    others = select(Prefix.id, Prefix.prefix, Prefix.status).where(
        Prefix.peering_lan_id != row.peering_lan_id,
        Prefix.status != DELETED,
        Prefix.family == row.family,
        Prefix.first <= row.last,
        Prefix.last >= row.first,
    )
    other = session.execute(others.limit(1)).first() if row.status != DELETED else None
    if other:
        whose = f"{other.prefix} of another LAN (ixpfx:{other.id})" if other.status == LIVE else "a prefix of another LAN"
        yield Problem(f"{row.prefix} overlaps {whose}. Give a prefix that no other LAN has.", ("prefix",), TAKEN)


def still_holds_its_ports(session: Session, row: Any, former: Mapping[str, Any]) -> Iterator[Problem]:
    """A prefix isn't taken from under live ports; those that were outside before don't matter."""
    was = former.get("prefix", row.prefix)
    family, first, last = prefix_bounds(was)
    column = ExchangePort.ipaddr4_bytes if family == 4 else ExchangePort.ipaddr6_bytes
    left = select(Prefix.first, Prefix.last).where(Prefix.peering_lan_id == row.peering_lan_id, Prefix.status != DELETED)
    covered = [column.between(low, high) for low, high in session.execute(left)]
    ports = select(func.count()).where(
        ExchangePort.peering_lan_id == row.peering_lan_id, ExchangePort.status == LIVE, column.between(first, last)
    )
    number = session.scalar(ports.where(~or_(*covered)) if covered else ports) or 0
    if number:
        text = f"{number} live port{'s have addresses' if number > 1 else ' has an address'} in {was}. Move or delete "
        yield Problem(f"{text}{'them' if number > 1 else 'it'} first.", ("prefix",), IN_USE)


PREFIX_RULES = (
    has_a_usual_length,
    is_public,
    overlaps_no_other_lan,
    Rule(frozenset({"prefix", "status"}), former=still_holds_its_ports),
)
