"""Dumps to import: a small one, and the real ones."""

import copy

from flask import current_app
from sqlalchemy.orm import Session

from tests.importer.registry import Registry, Rows
from tests.needs import real_rows

TIMES = {"status": "ok", "created": "2020-01-02T03:04:05Z", "updated": "2026-04-16T08:00:00Z"}
# One organization has the networks, the other the exchange and the facilities. Children stand before their parents here and there.
SMALL: Rows = {
    "poc": [
        {
            "id": 1,
            "net_id": 1,
            "role": "NOC",
            "visible": "Public",
            "name": "Nora Noc",
            "phone": "+1 555 0100",
            "email": "noc@example.net",
            "url": "",
        },
        {
            "id": 2,
            "net_id": 1,
            "role": "Policy",
            "visible": "Users",
            "name": "Paul Peering",
            "phone": "",
            "email": "peering@example.net",
            "url": "",
        },
    ],
    "net": [
        {"id": 1, "org_id": 1, "asn": 64500, "name": "Example Net", "policy_general": "Open", "info_types": ["NSP"], "info_prefixes4": 20},
        {"id": 2, "org_id": 1, "asn": 64501, "name": "Second Net", "policy_general": "Selective", "info_types": []},
    ],
    "org": [{"id": 1, "name": "Example Org", "city": "Zürich"}, {"id": 2, "name": "Other Org", "latitude": 47.4, "longitude": 8.5}],
    "campus": [{"id": 1, "org_id": 2, "name": "Example Campus"}],
    "fac": [
        {"id": 1, "org_id": 2, "name": "Example House", "campus_id": 1},
        {"id": 2, "org_id": 2, "name": "Second House", "campus_id": None},
    ],
    "ix": [{"id": 1, "org_id": 2, "name": "EX-IX", "city": "Zürich", "media": "Ethernet"}],
    "ixlan": [{"id": 1, "ix_id": 1, "mtu": 1500, "arp_sponge": None}],
    "ixpfx": [
        {"id": 1, "ixlan_id": 1, "protocol": "IPv4", "prefix": "198.51.100.0/24", "in_dfz": True},
        {"id": 2, "ixlan_id": 1, "protocol": "IPv6", "prefix": "2001:DB8:1::/64", "in_dfz": True},
    ],
    "carrier": [{"id": 1, "org_id": 2, "name": "Example Carrier"}],
    "netixlan": [
        {
            "id": 1,
            "net_id": 1,
            "ix_id": 1,
            "ixlan_id": 1,
            "asn": 64500,
            "ipaddr4": "198.51.100.1",
            "ipaddr6": "2001:DB8:1:0::1",
            "speed": 10000,
        }
        | {"net_side_id": 1, "ix_side_id": None},
        {"id": 2, "net_id": 2, "ix_id": 1, "ixlan_id": 1, "asn": 64501, "ipaddr4": "198.51.100.2", "ipaddr6": None, "speed": 1000},
    ],
    "netfac": [{"id": 1, "net_id": 1, "fac_id": 1, "local_asn": 64500}, {"id": 2, "net_id": 1, "fac_id": 2, "local_asn": 64500}],
    "ixfac": [{"id": 1, "ix_id": 1, "fac_id": 1}],
    "carrierfac": [{"id": 1, "carrier_id": 1, "fac_id": 1}],
}


def small_dump() -> Rows:
    """A copy of one's own, to change at will."""
    return {tag: [TIMES | row for row in rows] for tag, rows in copy.deepcopy(SMALL).items()}


def import_small_dump(_: Session) -> None:
    """Into the present app's database, which is empty."""
    Registry(current_app).take(small_dump())


def content_of(name: str) -> bytes:
    folder = real_rows()
    assert folder
    return (folder / "peeringdb-2026-04-16" / name).read_bytes()
