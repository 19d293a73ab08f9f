"""ASNs, AS-SETs, IP addresses, prefixes and MAC addresses."""

import re
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Any

from portal.errors import Invalid
from portal.registry.values.text_values import given_text

MAX_ASN = 2**32 - 1
MAX_AS_SET_CHARACTERS = 255
MAX_NAME_PARTS = 3
PART = re.compile(r"(?P<number>AS[0-9]{1,10})|(?P<set>(?P<kind>AS|RS)-[A-Z0-9_-]{1,60})", re.ASCII)
SOURCE = re.compile("[A-Z][A-Z0-9-]{0,30}", re.ASCII)
SEPARATOR = re.compile(r"[\s,;]+")
ASN_TEXT = re.compile("(?:AS)?([0-9]{1,10})", re.ASCII | re.IGNORECASE)
MAC = re.compile(r"[0-9a-f]{12}")
IPADDRESSES: dict[int, type[IPv4Address | IPv6Address]] = {4: IPv4Address, 6: IPv6Address}


def asn(*, required: bool) -> Callable[..., int | None]:
    """64500, "64500" or "AS64500"."""

    def clean(value: Any, *_: Any) -> int | None:
        if value is None and not required:
            return None
        match = ASN_TEXT.fullmatch(str(value).strip()) if type(value) in (int, str) else None
        if match is None or not 0 < int(match[1]) <= MAX_ASN:
            raise Invalid("This isn't an ASN. Give a number from 1 to 4294967295, such as 64500 or AS64500.")
        return int(match[1])

    return clean


def address(family: int) -> Callable[..., str | None]:
    """An address of IPv4 or IPv6 in its normal form; None and "" are None."""

    def clean(value: Any, *_: Any) -> str | None:
        text = given_text(value)
        if not text:
            return None
        try:
            if "%" in text:
                raise ValueError
            return str(IPADDRESSES[family](text))
        except ValueError:
            raise Invalid(f"This isn't an IPv{family} address. Give one without a prefix length.") from None

    return clean


def prefix(value: Any, *_: Any) -> str:
    """An address block in its normal form."""
    text = given_text(value)
    try:
        return str(ip_network(text))
    except ValueError:
        raise Invalid("This isn't a prefix. Give one without host bits, such as 80.81.192.0/21.") from None


def mac_address(value: Any, *_: Any) -> str:
    """Six pairs of digits with colons; "" is none."""
    digits = re.sub("[-:.]", "", given_text(value).lower())
    if digits and not MAC.fullmatch(digits):
        raise Invalid("This isn't a MAC address. Give one such as 00:11:22:aa:bb:cc.")
    return ":".join(digits[place : place + 2] for place in range(0, len(digits), 2))


def as_sets(value: Any, warn: Callable[[str], None]) -> str:
    """Returns the sets in capitals, with one blank between two; `NAME@SOURCE` becomes SOURCE::NAME. Warns of one without a source."""
    entries = [entry for entry in SEPARATOR.split(given_text(value).upper()) if entry]
    sets = [as_set(entry) for entry in entries]
    without = [name for name in sets if "::" not in name and not name.isdecimal()]
    if without:
        warn(f"{without[0]} names no source, so filters may be built from another registry's set. Name it, as in RIPE::{without[0]}.")
    text = " ".join(sets)
    if len(text) > MAX_AS_SET_CHARACTERS:
        raise Invalid(f"This has {len(text)} characters; {MAX_AS_SET_CHARACTERS} is the maximum.")
    return text


def as_set(entry: str) -> str:
    """Returns one set as [SOURCE::]name. Raises Invalid."""
    source, colons, name = entry.rpartition("::")
    if not colons:
        name, _, source = entry.partition("@")
    if source and not SOURCE.fullmatch(source):
        raise Invalid(f"{source} isn't a source. Give one such as RIPE::AS-EXAMPLE.")
    check_set_name(name)
    return f"{source}::{name}" if source else name


def check_set_name(name: str) -> None:
    """Raises Invalid (RFC 2622 §5)."""
    parts = [PART.fullmatch(part) for part in name.split(":")]
    if not all(parts):
        raise Invalid(f"{name} isn't an AS-SET. Give a name such as AS-EXAMPLE, AS64500 or AS64500:AS-CUSTOMERS.")
    if len(parts) > MAX_NAME_PARTS:
        raise Invalid(f"{name} has {len(parts)} parts; {MAX_NAME_PARTS} is the maximum.")
    kinds = {match["kind"] for match in parts if match and match["set"]}
    if len(parts) > 1 and not kinds:
        raise Invalid(f"{name} names no set. One of its parts must begin with AS- or RS-.")
    if len(kinds) > 1:
        raise Invalid(f"{name} mixes AS- and RS- sets. Use one kind.")
