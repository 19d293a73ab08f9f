"""Random registries, from a seed. Plain Python, like the oracle."""

from datetime import UTC, datetime
from random import Random
from typing import Any

NAMES = ("Example", "Éxample Łabs", "100% _net_", "back\\slash", "Ünited", "example two", "Zürich IX", "a")
ACCOUNTS: tuple[dict[str, Any], ...] = (
    {"service": "website", "identifier": "https://Example.net/a1@_%"},
    {"service": "Éxample Łabs", "identifier": "back\\slash"},
    {"service": "mastodon"},
    {"service": 5, "identifier": None},
    {"service": ["website"], "other": {"service": "example"}},
)
STATUSES = ("ok",) * 8 + ("pending", "deleted")
COUNTRIES = ("", "CH", "DE")
TRAFFIC = ("", "Not Disclosed", "0-20 Mbps", "1-5Gbps", "100-200Gbps", "100+ Gbps", "1 Tbps+", "1-5Tbps", "some")
POLICIES = ("Open", "Selective", "Restrictive", "No", "", "Not Disclosed", "Something new")


def registry(random: Random, organizations: list[int]) -> list[tuple[str, dict[str, Any]]]:
    """(GraphQL type, columns) of records, parents first; a deleted parent's children are deleted."""
    rows = RandomRows(random, organizations)
    for add in (objects, meeting_places, members, presences):
        add(rows, random)
    return rows.rows


class RandomRows:
    """The records so far."""

    def __init__(self, random: Random, organizations: list[int]) -> None:
        self.random, self.organizations = random, organizations
        self.rows: list[tuple[str, dict[str, Any]]] = []
        self.deleted: set[tuple[str, int]] = set()

    def add(self, kind: str, number: int, parents: dict[str, str], **values: Any) -> None:
        gone = any((parent, values[column]) in self.deleted for column, parent in parents.items())
        status = "deleted" if gone else self.random.choice(STATUSES)
        if status == "deleted":
            self.deleted.add((kind, number))
        updated = datetime(2026, 1, self.random.randint(1, 6), tzinfo=UTC)
        self.rows.append((kind, {"id": number, "status": status, "updated": updated, **values}))

    def named(self, number: int) -> dict[str, Any]:
        accounts = self.random.sample(ACCOUNTS, self.random.choice([0, 1, 1, 2]))
        owner = {"organization_id": self.random.choice(self.organizations), "social_media": accounts}
        return {"name": f"{self.random.choice(NAMES)} {number}", **owner}


def objects(rows: RandomRows, random: Random) -> None:
    """Networks, campuses and carriers."""
    for number in range(1, 13):
        prefixes = random.choice([None, 0, 10, 20])
        values = {"asn": 65536 + number, "policy_general": random.choice(POLICIES), "info_ipv6": random.random() < 0.5}
        values["info_types"] = random.sample(["Content", "NSP", "Cable/DSL/ISP", "content", 'x"Content"', "New"], random.randint(0, 3))
        values["info_type"] = random.choice(["", "Not Disclosed", "Content", "NSP", "content"])
        values["info_traffic"] = random.choice(TRAFFIC)
        rows.add("Network", number, {}, info_prefixes4=prefixes, info_prefixes6=None, **values, **rows.named(number))
    for number in range(1, 4):
        rows.add("Campus", number, {}, city=random.choice(NAMES), country=random.choice(COUNTRIES), **rows.named(number))
        rows.add("Carrier", number, {}, aka=random.choice(NAMES), fac_count=number, **rows.named(number))


def meeting_places(rows: RandomRows, random: Random) -> None:
    """Facilities and exchanges, with their LANs and prefixes."""
    for number in range(1, 5):
        rows.add(
            "Facility",
            number,
            {},
            city=random.choice(NAMES),
            country=random.choice(COUNTRIES),
            latitude=random.choice([None, 1.5]),
            longitude=None,
            campus_id=random.choice([None, 1, 2]),
            **rows.named(number),
        )
        rows.add("Exchange", number, {}, city=random.choice(NAMES), net_count=number, **rows.named(number))
        rows.add(
            "PeeringLan",
            number,
            {"exchange_id": "Exchange"},
            exchange_id=number,
            mtu=random.choice([None, 0, 1500, 9000]),
            descr="",
            vlan=None,
        )
        rows.add(
            "Prefix", number, {"peering_lan_id": "PeeringLan"}, peering_lan_id=number, prefix=f"198.51.100.{8 * number}/29", protocol="IPv4"
        )
        shared = {"peering_lan_id": random.randint(1, number), "in_dfz": random.random() < 0.5}
        rows.add("Prefix", 4 + number, {"peering_lan_id": "PeeringLan"}, prefix=f"2001:db8:{number}::/64", protocol="IPv6", **shared)


def members(rows: RandomRows, random: Random) -> None:
    """Ports and contacts."""
    for number in range(1, 41):
        lan, network = random.randint(1, 4), random.randint(1, 12)
        place = {"network_id": network, "exchange_id": lan, "peering_lan_id": lan, "asn": 65536 + network}
        facts: dict[str, Any] = {"speed": random.choice([0, 1000, 10000]), "is_rs_peer": random.random() < 0.5}
        facts |= {"net_side_id": random.choice([None, 1, 2]), "ix_side_id": random.choice([None, 3, 4])}
        parents = {"network_id": "Network", "peering_lan_id": "PeeringLan", "exchange_id": "Exchange"}
        rows.add("ExchangePort", number, parents, ipaddr4=random.choice([None, f"198.51.100.{number}"]), ipaddr6=None, **place, **facts)
    for number in range(1, 41):
        audience = {"role": random.choice(["NOC", "Policy", "Technical"]), "visible": random.choice(["Public", "Users", "Private"])}
        person = {"name": random.choice(NAMES), "email": f"{random.choice('abc')}{number}@example.net"}
        rows.add("Contact", number, {"network_id": "Network"}, network_id=random.randint(1, 12), **audience, **person)


def presences(rows: RandomRows, random: Random) -> None:
    """Who is at which facility."""
    for number, (left, facility) in enumerate(((left, other) for left in range(1, 4) for other in range(1, 5) if random.random() < 0.4), 1):
        sides = {"exchange_id": "Exchange", "facility_id": "Facility"}
        rows.add("ExchangeFacility", number, sides, exchange_id=left, facility_id=facility)
        sides = {"carrier_id": "Carrier", "facility_id": "Facility"}
        rows.add("CarrierFacility", number, sides, carrier_id=left, facility_id=facility)
    for number, (network, facility) in enumerate(
        ((network, other) for network in range(1, 13) for other in range(1, 5) if random.random() < 0.4), 1
    ):
        parents = {"network_id": "Network", "facility_id": "Facility"}
        rows.add("NetworkFacility", number, parents, network_id=network, facility_id=facility, local_asn=random.choice([None, 0, 65537]))
