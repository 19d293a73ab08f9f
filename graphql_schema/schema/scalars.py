"""The schema's own scalars. What they refuse names the form they want; what they return fits the registry's filters."""

from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from portal.registry.read.paging import SINCE_A_TIME

ASN = NewType("ASN", int)
DateTime = NewType("DateTime", str)
IPAddress = NewType("IPAddress", str)
IPPrefix = NewType("IPPrefix", str)
Cursor = NewType("Cursor", str)

MAX_ASN = 2**32 - 1


def read_asn(value: Any) -> int:
    digits = value[2:] if isinstance(value, str) and value[:2].upper() == "AS" else value
    if isinstance(digits, str) and digits.isascii() and digits.isdecimal() and len(digits) <= 10:
        digits = int(digits)
    if type(digits) is not int or not 0 <= digits <= MAX_ASN:
        raise ValueError('An ASN is a whole number from 0 to 4294967295, as 64500 or "AS64500".')
    return digits


def read_time(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo:
            return moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        pass
    raise ValueError("A DateTime is a text as 2026-04-16T12:00:00Z, with its zone.")


def read_address(value: Any) -> IPv4Address | IPv6Address:
    try:
        if isinstance(value, str) and "%" not in value:
            return ip_address(value)
    except ValueError:
        pass
    raise ValueError("An IPAddress is a text as 198.51.100.1 or 2001:db8::1.")


def read_prefix(value: Any) -> str:
    try:
        if isinstance(value, str) and "/" in value and "%" not in value:
            return str(ip_network(value))
    except ValueError:
        pass
    raise ValueError("An IPPrefix is a text as 198.51.100.0/24 or 2001:db8::/64, without host bits.")


def read_cursor(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise ValueError(f"A Cursor is the text that a page of the same list gave. {SINCE_A_TIME.format('2026-04-16T12:00:00Z')}")


SCALARS: dict[object, ScalarDefinition] = {
    ASN: strawberry.scalar(
        name="ASN",
        description='An autonomous system\'s number, 0 to 4294967295. As input 64500 and "AS64500" are the same.',
        specified_by_url="https://www.rfc-editor.org/rfc/rfc6793",
        parse_value=read_asn,
    ),
    DateTime: strawberry.scalar(
        name="DateTime",
        description="A whole second in UTC, as 2026-04-16T12:00:00Z. Input may be in another zone.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        parse_value=read_time,
    ),
    IPAddress: strawberry.scalar(
        name="IPAddress",
        description="An IPv4 or IPv6 address. As input every way to write it is the same.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc5952",
        parse_value=read_address,
    ),
    IPPrefix: strawberry.scalar(
        name="IPPrefix",
        description="An address block as 198.51.100.0/24.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc4632",
        parse_value=read_prefix,
    ),
    Cursor: strawberry.scalar(
        name="Cursor",
        description="Where a page of a list ends; only useful as `after`, or as `changedSince`, of the same list.",
        specified_by_url="https://relay.dev/graphql/connections.htm",
        parse_value=read_cursor,
    ),
}
