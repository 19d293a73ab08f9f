"""Addresses and prefixes as 16 bytes that sort and compare alike on every engine; IPv4 stands in ::ffff:0:0/96 (RFC 4291 §2.5.5.2)."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

MAPPED = b"\0" * 10 + b"\xff\xff"


def address_bytes(text: str | None) -> bytes | None:
    """16 bytes of an address; None for none. Raises ValueError for what isn't one."""
    return packed(ip_address(text)) if text else None


def prefix_bounds(text: str) -> tuple[int, bytes, bytes]:
    """(family: 4 or 6, first address, last address), the addresses as 16 bytes. Raises ValueError for host bits."""
    network = ip_network(text)
    return network.version, packed(network.network_address), packed(network.broadcast_address)


def packed(address: IPv4Address | IPv6Address) -> bytes:
    return MAPPED + address.packed if address.version == 4 else address.packed
