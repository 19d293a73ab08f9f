"""Which ASNs a record may have: those that are assigned to networks of the internet."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy.orm import Session

from portal.db.session import settings_of
from portal.registry.rules.problem import Problem
from portal.registry.rules.rule import Rule

RESERVED = ((0, 0), (23456, 23456), (65535, 65535), (65552, 131071), (4294967295, 4294967295))  # RFC 7607, 6793, 7300, IANA
DOCUMENTATION = ((64496, 64511), (65536, 65551))  # RFC 5398
PRIVATE = ((64512, 65534), (4200000000, 4294967294))  # RFC 6996
RANGES = {"reserved": RESERVED, "for documentation": DOCUMENTATION, "for private use": PRIVATE}


def public_asn(column: str) -> Rule:
    """The rule that the column holds no ASN of a special range. The settings may admit those of documentation and private use."""
    return Rule(frozenset({column}), checker(column))


def checker(column: str) -> Callable[[Session, Any], Iterable[Problem]]:
    def check(session: Session, row: Any) -> Iterator[Problem]:
        asn = getattr(row, column)
        use = None if asn is None else special_use(asn)
        if use == "reserved" or (use and not settings_of(session).allow_documentation):
            yield Problem(f"AS{asn} is {use}. Give the ASN that a regional internet registry assigned to you.", (column,))

    return check


def special_use(asn: int) -> str | None:
    return next((use for use, ranges in RANGES.items() if any(first <= asn <= last for first, last in ranges)), None)
