"""The blocks of addresses that a key may be used from."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

import orjson

from portal.errors import Invalid

Block = IPv4Network | IPv6Network
MOST = 100


def read_blocks(text: str) -> list[str]:
    """The blocks in what somebody typed, separated by blanks, commas or lines, each once and in its normal form.

    Raises Invalid for what is no address or block, naming it, and for one with bits beside its length set.
    """
    return normal_blocks(text.replace(",", " ").split())


def normal_blocks(texts: Iterable[str]) -> list[str]:
    """`198.51.100.7` as `198.51.100.7/32`; IPv4 addresses that are written as IPv6 become IPv4."""
    found = list(dict.fromkeys(str(normal(text)) for text in texts))
    if len(found) > MOST:
        raise Invalid(f"A key has at most {MOST} address blocks.", "addresses")
    return found


def normal(text: str) -> Block:
    try:
        block = ip_network(text)
    except ValueError as error:
        raise Invalid(mend(text, error), "addresses") from None
    if "%" in text:
        raise Invalid(f"{text[:50]!r} is an address of one link. Give one that the portal can see.", "addresses")
    if isinstance(block, IPv6Network) and (mapped := block.network_address.ipv4_mapped) and block.prefixlen >= 96:
        return IPv4Network((mapped, block.prefixlen - 96))
    return block


def mend(text: str, error: ValueError) -> str:
    """What is wrong with it, and the block that was probably meant."""
    if "host bits" in str(error):
        return f"{text[:50]!r} has bits set beside its length. Write {ip_network(text, strict=False)}."
    return f"{text[:50]!r} is no address or block. Write 198.51.100.7 or 2001:db8:1::/48."


def within(address: str, stored: str) -> bool:
    """Whether an address lies in one of the stored blocks (JSON of texts); none of them: everywhere."""
    blocks = parse(stored)
    if not blocks:
        return True
    try:
        found = ip_address(address)
    except ValueError:
        return False
    found = getattr(found, "ipv4_mapped", None) or found
    return any(found in block for block in blocks)


@lru_cache(maxsize=1000)
def parse(stored: str) -> tuple[Block, ...]:
    return tuple(map(ip_network, orjson.loads(stored)))
