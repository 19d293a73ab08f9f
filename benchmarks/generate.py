"""Writes an invented dump of the size that PeeringDB has: `python benchmarks/generate.py dump.json.gz`. Each run writes the same bytes.
With `--changed`, one network in a hundred has another policy and one port in a hundred another speed.

Exchange 1 has 2,000 ports, exchange 2 has 900, and network 1 is at 220 exchanges. ASNs are private ones (RFC 6996), addresses come from
10.0.0.0/8 and 2001:db8::/32.
"""

import gzip
import io
import json
import sys
from collections.abc import Iterator
from itertools import islice, product
from pathlib import Path
from random import Random
from typing import Any, TextIO

ORGANIZATIONS, NETWORKS, EXCHANGES, PREFIXES, PORTS = 33_000, 35_000, 1_300, 2_500, 70_000
FACILITIES, PRESENCES, CONTACTS, CARRIERS, CAMPUSES = 6_000, 65_000, 45_000, 300, 80
EXCHANGE_PRESENCES, CARRIER_PRESENCES = 4_000, 4_500
LARGEST, LARGE = 2_000, 900  # ports of exchanges 1 and 2
WIDEST = 220  # exchanges of network 1
FIRST_ASN = 4_200_000_000

Row = dict[str, Any]
CHANGES: dict[str, Row] = {"net": {"policy_general": "No"}, "netixlan": {"speed": 5_000}}
WORDS = ("fibre", "metro", "transit", "campus", "carrier", "peering", "optical", "regional", "island", "north", "river", "cloud")
COUNTRIES = ("DE", "US", "BR", "NL", "GB", "ID", "FR", "PL", "ZA", "JP", "AU", "")
SPEEDS = (1_000, 10_000, 10_000, 10_000, 20_000, 100_000, 100_000, 200_000, 400_000)
ROLES = ("NOC", "NOC", "NOC", "Technical", "Policy", "Policy", "Abuse", "Sales", "Maintenance", "Public Relations")
POLICIES = ("Open", "Open", "Open", "Open", "Open", "Open", "Selective", "Selective", "Selective", "Restrictive", "No")
TYPES = ("Cable/DSL/ISP", "Cable/DSL/ISP", "Cable/DSL/ISP", "NSP", "NSP", "Content", "Enterprise", "Educational/Research", "Non-Profit")
TRAFFIC = ("", "0-20Mbps", "100-1000Mbps", "1-5Gbps", "5-10Gbps", "20-50Gbps", "100-200Gbps", "1-5Tbps")


def common(random: Random, number: int) -> Row:
    year, day = random.randrange(2010, 2026), random.randrange(1, 29)
    created = f"{year}-{random.randrange(1, 13):02}-{day:02}T{number % 24:02}:00:00Z"
    return {
        "id": number,
        "status": "ok",
        "created": created,
        "updated": f"2026-{random.randrange(1, 4):02}-{day:02}T{number % 24:02}:30:00Z",
    }


def named(random: Random, number: int, kind: str) -> Row:
    words = " ".join(random.choices(WORDS, k=2)).title()
    row = common(random, number) | {"name": f"{words} {kind} {number}", "aka": "", "name_long": ""}
    row |= {"website": f"https://{kind.lower()}{number}.example.net", "social_media": [], "logo": None}
    row["notes"] = " ".join(random.choices(WORDS, k=random.choice((0, 0, 20, 80))))
    return row


def place(random: Random) -> Row:
    located = random.random() < 0.4
    return {
        "address1": f"{random.randrange(1, 200)} {random.choice(WORDS).title()} Street",
        "address2": "",
        "city": random.choice(WORDS).title(),
        "country": random.choice(COUNTRIES),
        "state": "",
        "zipcode": str(random.randrange(10_000, 99_999)),
        "floor": "",
        "suite": "",
        "latitude": round(random.uniform(-60, 70), 6) if located else None,
        "longitude": round(random.uniform(-180, 180), 6) if located else None,
    }


def organizations(random: Random) -> Iterator[Row]:
    for number in range(1, ORGANIZATIONS + 1):
        yield named(random, number, "Organization") | place(random)


def networks(random: Random) -> Iterator[Row]:
    for number in range(1, NETWORKS + 1):
        kind = random.choice(TYPES)
        yield named(random, number, "Network") | {
            "org_id": (number - 1) % ORGANIZATIONS + 1,
            "asn": FIRST_ASN + number,
            "looking_glass": "",
            "route_server": "",
            "irr_as_set": f"AS{FIRST_ASN + number}:AS-ALL" if number % 2 else "",
            "info_type": kind,
            "info_types": [kind],
            "info_prefixes4": random.choice((None, 10, 100, 1_000, 20_000)),
            "info_prefixes6": random.choice((0, 10, 100, 2_000)),
            "info_traffic": random.choice(TRAFFIC),
            "info_ratio": random.choice(("", "Balanced", "Mostly Inbound", "Mostly Outbound")),
            "info_scope": random.choice(("Regional", "Europe", "Global", "North America")),
            "info_unicast": True,
            "info_multicast": False,
            "info_ipv6": number % 4 > 0,
            "info_never_via_route_servers": number % 20 == 0,
            "policy_url": "",
            "policy_general": random.choice(POLICIES),
            "policy_locations": random.choice(("Not Required", "Preferred")),
            "policy_ratio": number % 12 == 0,
            "policy_contracts": random.choice(("Not Required", "Not Required", "Required", "Private Only")),
            "allow_ixp_update": False,
            "status_dashboard": None,
            "rir_status": "ok",
            "rir_status_updated": "2024-06-26T04:47:55Z",
        }


def exchanges(random: Random) -> Iterator[Row]:
    for number in range(1, EXCHANGES + 1):
        location = place(random)
        yield named(random, number, "Exchange") | {
            "org_id": number,
            "city": location["city"],
            "country": location["country"],
            "region_continent": "Europe",
            "media": "Ethernet",
            "proto_unicast": True,
            "proto_multicast": False,
            "proto_ipv6": True,
            "url_stats": "",
            "tech_email": f"noc@exchange{number}.example.net",
            "service_level": "Not Disclosed",
            "terms": "Not Disclosed",
        }


def peering_lans(random: Random) -> Iterator[Row]:
    for number in range(1, EXCHANGES + 1):
        yield common(random, number) | {"ix_id": number, "mtu": 1500, "dot1q_support": False, "rs_asn": 0, "arp_sponge": None}


def prefixes(random: Random) -> Iterator[Row]:
    blocks = [("IPv4", lan, f"{v4(lan, 0)}/21") for lan in range(1, EXCHANGES + 1)]
    blocks += [("IPv6", lan, f"2001:db8:{lan:x}::/64") for lan in range(1, PREFIXES - EXCHANGES + 1)]
    for number, (protocol, lan, block) in enumerate(blocks, 1):
        yield common(random, number) | {"ixlan_id": lan, "protocol": protocol, "prefix": block, "in_dfz": False}


def v4(lan: int, host: int) -> str:
    return f"10.{lan // 32}.{lan % 32 * 8 + host // 256}.{host % 256}"


def port_counts(random: Random) -> list[int]:
    """Ports per exchange, long-tailed as the real ones are; together exactly PORTS."""
    weights = [random.paretovariate(0.9) for _ in range(EXCHANGES - 2)]
    rest = PORTS - LARGEST - LARGE
    counts = [min(LARGE - 1, int(rest * weight / sum(weights))) for weight in weights]
    while sum(counts) < rest:
        counts[random.randrange(len(counts))] += 1
    return [LARGEST, LARGE, *counts]


def ports(random: Random) -> Iterator[Row]:
    number = 0
    for lan, count in enumerate(port_counts(random), 1):
        members = [1] if lan <= WIDEST and count else []
        while len(members) < count:  # some networks are at many exchanges, most at none
            members.append(2 + int((NETWORKS - 1) * random.random() ** 3))
        for host, network in enumerate(members, 1):
            number += 1
            yield common(random, number) | {
                "net_id": network,
                "ix_id": lan,
                "ixlan_id": lan,
                "asn": FIRST_ASN + network,
                "ipaddr4": v4(lan, host),
                "ipaddr6": f"2001:db8:{lan:x}::{host:x}" if lan <= PREFIXES - EXCHANGES else None,
                "speed": random.choice(SPEEDS),
                "is_rs_peer": number % 2 == 0,
                "bfd_support": False,
                "operational": number % 100 > 0,
                "notes": "",
                "net_side_id": None,
                "ix_side_id": None,
            }


def facilities(random: Random) -> Iterator[Row]:
    for number in range(1, FACILITIES + 1):
        campus = number if number <= CAMPUSES else number - CAMPUSES if number <= 2 * CAMPUSES else None
        yield (
            named(random, number, "Facility")
            | place(random)
            | {
                "org_id": ORGANIZATIONS - number % 4_000,
                "campus_id": campus,
                "clli": "",
                "rencode": "",
                "npanxx": "",
                "available_voltage_services": [],
                "diverse_serving_substations": None,
                "property": None,
                "region_continent": "Europe",
            }
        )


def campuses(random: Random) -> Iterator[Row]:
    for number in range(1, CAMPUSES + 1):
        yield named(random, number, "Campus") | {"org_id": ORGANIZATIONS - number, "city": "", "country": "DE", "state": "", "zipcode": ""}


def carriers(random: Random) -> Iterator[Row]:
    for number in range(1, CARRIERS + 1):
        yield named(random, number, "Carrier") | {"org_id": number * 7}


def presences(random: Random, field: str, parents: int, count: int) -> Iterator[Row]:
    """Distinct pairs, the parents with small ids at more facilities."""
    pairs: dict[tuple[int, int], None] = {}
    while len(pairs) < count:
        pairs[1 + int(parents * random.random() ** 2), 1 + int(FACILITIES * random.random() ** 2)] = None
    for number, (parent, facility) in enumerate(pairs, 1):
        yield (
            common(random, number) | {field: parent, "fac_id": facility} | ({"local_asn": FIRST_ASN + parent} if field == "net_id" else {})
        )


def contacts(random: Random) -> Iterator[Row]:
    everybody = islice(product(range(2), range(1, NETWORKS + 1)), CONTACTS)
    for number, (_, network) in enumerate(everybody, 1):
        yield common(random, number) | {
            "net_id": network,
            "role": random.choice(ROLES),
            "visible": random.choices(("Public", "Users", "Private"), (10, 85, 5))[0],
            "name": f"Person {number}",
            "phone": "",
            "email": f"person{number}@network{network}.example.net",
            "url": "",
        }


def types(random: Random) -> dict[str, Iterator[Row]]:
    return {
        "org": organizations(random),
        "net": networks(random),
        "ix": exchanges(random),
        "ixlan": peering_lans(random),
        "ixpfx": prefixes(random),
        "netixlan": ports(random),
        "fac": facilities(random),
        "netfac": presences(random, "net_id", NETWORKS, PRESENCES),
        "ixfac": presences(random, "ix_id", EXCHANGES, EXCHANGE_PRESENCES),
        "poc": contacts(random),
        "carrier": carriers(random),
        "carrierfac": presences(random, "carrier_id", CARRIERS, CARRIER_PRESENCES),
        "campus": campuses(random),
    }


def write(file: TextIO, *, changed: bool) -> None:
    random = Random(20261123)
    for number, (tag, rows) in enumerate(types(random).items()):
        file.write(f'{"," if number else "{"}"{tag}":{{"data":[')
        for row_number, row in enumerate(rows):
            if changed and row_number % 100 == 0:
                row |= CHANGES.get(tag, {})
            file.write(("," if row_number else "") + json.dumps(row, separators=(",", ":")))
        file.write("]}")
    file.write("}\n")


def main(path: Path, *, changed: bool) -> None:
    with path.open("wb") as raw:
        if path.suffix == ".gz":
            with gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed, io.TextIOWrapper(packed, "utf-8") as file:
                write(file, changed=changed)
        else:
            with io.TextIOWrapper(raw, "utf-8") as file:
                write(file, changed=changed)


if __name__ == "__main__":
    main(Path(sys.argv[1]), changed="--changed" in sys.argv)
