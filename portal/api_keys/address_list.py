"""The blocks of addresses that a key may be used from."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network

from portal.access.address_blocks import Block
from portal.errors import Invalid

MAX_BLOCKS = 100


def read_blocks(text: str) -> list[str]:
    """Returns the blocks in a text, separated by blanks, commas or lines: each once and in its normal form.

    Raises Invalid for what is no address or block, naming it, and for one with bits set beside its length.
    """
    return normal_blocks(text.replace(",", " ").split())


def normal_blocks(texts: Iterable[str]) -> list[str]:
    """Returns the blocks in their normal form: `198.51.100.7` as `198.51.100.7/32`; IPv4 addresses that are written as IPv6 become IPv4."""
    blocks = list(dict.fromkeys(str(normal(text)) for text in texts))
    if len(blocks) > MAX_BLOCKS:
        raise Invalid(f"A key has at most {MAX_BLOCKS} address blocks.", "addresses")
    return blocks


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
