"""Rules of ports."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db.ip_bytes import address_bytes
from portal.registry.exchanges import Prefix
from portal.registry.records import DELETED
from portal.registry.rules.contacts import has_operational_contact
from portal.registry.rules.problem import Problem
from portal.registry.rules.rule import read_once, rule

ADDRESSES = ("ipaddr4", "ipaddr6")


@rule("ipaddr4", "ipaddr6")
def has_an_address(_session: Session, port: Any) -> Iterator[Problem]:
    if port.status != DELETED and not (port.ipaddr4 or port.ipaddr6):
        yield Problem("A port needs an IPv4 or an IPv6 address. Give one of them.", ("ipaddr4",))


@rule("ipaddr4", "peering_lan_id")
def ipv4_is_in_the_lan(session: Session, port: Any) -> Iterator[Problem]:
    yield from outside_the_lan(session, port, "ipaddr4")


@rule("ipaddr6", "peering_lan_id")
def ipv6_is_in_the_lan(session: Session, port: Any) -> Iterator[Problem]:
    yield from outside_the_lan(session, port, "ipaddr6")


def outside_the_lan(session: Session, port: Any, column: str) -> Iterator[Problem]:
    address = getattr(port, column)
    if not address or port.status == DELETED:
        return
    prefixes = prefixes_of(session, port.peering_lan_id)
    packed = address_bytes(address) or b""
    if not any(first <= packed <= last for _, first, last in prefixes):
        family = f"IPv{column[-1]}"
        names = ", ".join(prefix for prefix, *_ in prefixes if (":" in prefix) is (column == "ipaddr6"))
        hint = f"Give one inside {names}." if names else f"The exchange has no {family} prefix there: it has to add one first."
        yield Problem(f"{address} is outside the peering LAN. {hint}", (column,))


@rule("network_id")
def has_a_contact(session: Session, port: Any) -> Iterator[Problem]:
    """Asked of a new port: its peers need someone to write to."""
    if not has_operational_contact(session, port.network_id):
        yield Problem(
            "The network needs a Technical, NOC or Policy contact with an e-mail address, Public or for Users, before it can have a port. "
            "Add the contact first.",
            ("network_id",),
        )


def prefixes_of(session: Session, lan_id: int) -> Sequence[Any]:
    prefixes = select(Prefix.prefix, Prefix.first, Prefix.last).where(Prefix.peering_lan_id == lan_id, Prefix.status != DELETED)
    return read_once(session, ("prefixes", lan_id), lambda: session.execute(prefixes).all())


PORT_RULES = (has_an_address, ipv4_is_in_the_lan, ipv6_is_in_the_lan, has_a_contact)
