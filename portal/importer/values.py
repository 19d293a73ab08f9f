"""One JSON value → what a database driver takes, by the kind of column. Each raises ValueError, in words, for a value of another shape."""

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Any

import orjson

from portal.db.types import TIMESTAMP_FORM

UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # PostgreSQL's text holds neither NUL nor half a surrogate pair
CANONICAL_CHARACTERS = len(datetime(2000, 1, 1, tzinfo=UTC).strftime(TIMESTAMP_FORM))
HIGHEST_ID = 1_999_999_999  # leaves ids for records made here: columns hold 31 bits
HIGHEST_ASN = 2**32 - 1
HIGHEST_INTEGER = 2**31 - 1
MAX_NAME_CHARACTERS = 255

Convert = Callable[[Any], Any]


def text(value: Any) -> str:
    """None is "": PeeringDB mixes them."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError("must be text")
    return UNSTORABLE.sub("", value)


def short_text(value: Any) -> str:
    """Text that stands in a unique index, which has no room for more."""
    name = text(value)
    if len(name) > MAX_NAME_CHARACTERS:
        raise ValueError(f"is longer than {MAX_NAME_CHARACTERS} characters")
    return name


def status(value: Any) -> str:
    if value not in ("ok", "pending", "deleted"):
        raise ValueError("must be ok, pending or deleted")
    return str(value)


def whole_number(lowest: int, highest: int) -> Convert:
    """None stays None."""

    def convert(value: Any) -> int | None:
        if value is not None and (type(value) is not int or not lowest <= value <= highest):
            raise ValueError(f"must be a whole number from {lowest} to {highest}")
        return value

    return convert


def truth(value: Any) -> bool | None:
    if value is not None and type(value) is not bool:
        raise ValueError("must be true or false")
    return value


def number(value: Any) -> float | None:
    """A finite one."""
    if value is None:
        return None
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError("must be a number")
    return float(value)


def moment(value: Any) -> str | None:
    """A time of ISO 8601, UTC where it has no zone → whole seconds in the form that both engines read."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError("must be a time as text")
    try:
        parsed = datetime.fromisoformat(value)
        if len(value) == CANONICAL_CHARACTERS and value[10] == "T" and value[-1] == "Z":
            return value
        return (
            (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC).strftime(TIMESTAMP_FORM).zfill(CANONICAL_CHARACTERS)
        )
    except (ValueError, OverflowError):
        raise ValueError("isn't a time like 2026-04-16T08:00:00Z") from None


def listed(kind: type) -> Convert:
    """A list of one kind of values → JSON with sorted keys, as the models store it; None is an empty list."""

    def convert(value: Any) -> str:
        if value is None:
            return "[]"
        if not isinstance(value, list) or not all(isinstance(item, kind) for item in value):
            raise ValueError("must be a list" if kind is object else f"must be a list of {'texts' if kind is str else 'objects'}")
        return stored_json(value)

    return convert


def stored_json(value: Any) -> str:
    try:
        stored = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        if b"\\u0000" not in stored:
            return stored.decode()
    except TypeError:  # half a surrogate pair, a number of more than 64 bits, or too deep
        pass
    try:
        return orjson.dumps(cleaned(value), option=orjson.OPT_SORT_KEYS).decode()
    except TypeError:
        raise ValueError("holds something that can't be stored") from None


def cleaned(value: Any) -> Any:
    """The same value with text that can be stored."""
    if isinstance(value, str):
        return UNSTORABLE.sub("", value)
    if isinstance(value, list):
        return [cleaned(item) for item in value]
    if isinstance(value, dict):
        return {cleaned(name): cleaned(item) for name, item in value.items()}
    return value


def address(kind: type[IPv4Address] | type[IPv6Address]) -> Convert:
    """An address in its normal form; None and "" are None."""

    def convert(value: Any) -> str | None:
        if value is None or value == "":
            return None
        try:
            parsed = kind(value) if isinstance(value, str) and "%" not in value else None
        except ValueError:
            parsed = None
        if parsed is None:
            raise ValueError(f"isn't an {kind.__name__.removesuffix('Address')} address")
        return str(parsed)

    return convert


def prefix(value: Any) -> str:
    """An address block in its normal form."""
    try:
        parsed = ip_network(value) if isinstance(value, str) and "%" not in value else None
    except ValueError:
        parsed = None
    if parsed is None:
        raise ValueError("isn't an address block like 192.0.2.0/24 or 2001:db8::/64")
    return str(parsed)
