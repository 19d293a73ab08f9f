"""Whether an address lies in the blocks that a key may be used from."""

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

import orjson

Block = IPv4Network | IPv6Network


def within(address: str, stored: str) -> bool:
    """Whether an address lies in one of the stored blocks (a JSON list of texts); without any blocks every address does."""
    blocks = parse(stored)
    if not blocks:
        return True
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    return any(parsed in block for block in blocks)


@lru_cache(maxsize=1000)
def parse(stored: str) -> tuple[Block, ...]:
    return tuple(map(ip_network, orjson.loads(stored)))
