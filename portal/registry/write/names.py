"""What people call a record: a network by its ASN, a port by its addresses, the rest by name."""

from typing import Any

from portal.registry.contacts import CONTACT
from portal.registry.description import RecordType
from portal.registry.exchanges import PREFIX
from portal.registry.networks import NETWORK
from portal.registry.ports import PORT


def name_of(kind: RecordType, row: Any) -> str:
    """Returns a name without personal values, as "AS64500 Northlight"."""
    if kind is NETWORK:
        return f"AS{row.asn} {row.name}"
    if kind is PORT:
        return str(row.ipaddr4 or row.ipaddr6 or f"netixlan:{row.id}")
    if kind is PREFIX:
        return str(row.prefix)
    if kind is CONTACT:
        return f"{row.role} contact"
    return getattr(row, "name", "") or f"{kind.tag}:{row.id}"
