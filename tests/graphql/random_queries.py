"""Random registries and random queries, from a seed. Plain Python, like the oracle."""

import json
from random import Random
from typing import Any

from tests.graphql.oracle import Part
from tests.graphql.oracle_types import BOOLEANS, CHOICES, ROOTS, TYPES

NAMES = ("Example", "Éxample Łabs", "100% _net_", "back\\slash", "Ünited", "example two", "Zürich IX", "a")
STATUSES = ("ok",) * 8 + ("pending", "deleted")
POLICIES = ("Open", "Selective", "Restrictive", "No", "", "Not Disclosed", "Something new")


def registry(random: Random, organizations: list[int]) -> list[tuple[str, dict[str, Any]]]:
    """(GraphQL type, columns) of records, parents first; a deleted parent's children are deleted."""
    made: list[tuple[str, dict[str, Any]]] = []
    deleted: set[tuple[str, int]] = set()

    def add(kind: str, number: int, parents: dict[str, str], **values: Any) -> None:
        gone = any((parent, values[column]) in deleted for column, parent in parents.items())
        status = "deleted" if gone else random.choice(STATUSES)
        if status == "deleted":
            deleted.add((kind, number))
        made.append((kind, {"id": number, "status": status, **values}))

    def named(number: int) -> dict[str, Any]:
        return {"name": f"{random.choice(NAMES)} {number}", "organization_id": random.choice(organizations)}

    for number in range(1, 13):
        prefixes = random.choice([None, 0, 10, 20])
        values = {"asn": 65536 + number, "policy_general": random.choice(POLICIES), "info_ipv6": random.random() < 0.5}
        add("Network", number, {}, info_prefixes4=prefixes, info_prefixes6=None, **values, **named(number))
    for number in range(1, 4):
        add("Campus", number, {}, city=random.choice(NAMES), **named(number))
        add("Carrier", number, {}, aka=random.choice(NAMES), fac_count=number, **named(number))
    for number in range(1, 5):
        add(
            "Facility",
            number,
            {},
            city=random.choice(NAMES),
            latitude=random.choice([None, 1.5]),
            longitude=None,
            campus_id=random.choice([None, 1, 2]),
            **named(number),
        )
        add("Exchange", number, {}, city=random.choice(NAMES), net_count=number, **named(number))
        add(
            "PeeringLan",
            number,
            {"exchange_id": "Exchange"},
            exchange_id=number,
            mtu=random.choice([None, 1500, 9000]),
            descr="",
            vlan=None,
        )
        add(
            "Prefix", number, {"peering_lan_id": "PeeringLan"}, peering_lan_id=number, prefix=f"198.51.100.{8 * number}/29", protocol="IPv4"
        )
        shared = {"peering_lan_id": random.randint(1, number), "in_dfz": random.random() < 0.5}
        add("Prefix", 4 + number, {"peering_lan_id": "PeeringLan"}, prefix=f"2001:db8:{number}::/64", protocol="IPv6", **shared)
    for number in range(1, 41):
        lan, network = random.randint(1, 4), random.randint(1, 12)
        place = {"network_id": network, "exchange_id": lan, "peering_lan_id": lan, "asn": 65536 + network}
        facts = {"speed": random.choice([0, 1000, 10000]), "is_rs_peer": random.random() < 0.5, "net_side_id": random.choice([None, 1, 2])}
        parents = {"network_id": "Network", "peering_lan_id": "PeeringLan", "exchange_id": "Exchange"}
        add("ExchangePort", number, parents, ipaddr4=random.choice([None, f"198.51.100.{number}"]), ipaddr6=None, **place, **facts)
    for number in range(1, 41):
        audience = {"role": random.choice(["NOC", "Policy", "Technical"]), "visible": random.choice(["Public", "Users", "Private"])}
        person = {"name": random.choice(NAMES), "email": f"{random.choice('abc')}{number}@example.net"}
        add("Contact", number, {"network_id": "Network"}, network_id=random.randint(1, 12), **audience, **person)
    for number, (left, facility) in enumerate(((each, other) for each in range(1, 4) for other in range(1, 5) if random.random() < 0.4), 1):
        sides = {"exchange_id": "Exchange", "facility_id": "Facility"}
        add("ExchangeFacility", number, sides, exchange_id=left, facility_id=facility)
        sides = {"carrier_id": "Carrier", "facility_id": "Facility"}
        add("CarrierFacility", number, sides, carrier_id=left, facility_id=facility)
    for number, (network, facility) in enumerate(
        ((each, other) for each in range(1, 13) for other in range(1, 5) if random.random() < 0.4), 1
    ):
        parents = {"network_id": "Network", "facility_id": "Facility"}
        add("NetworkFacility", number, parents, network_id=network, facility_id=facility, local_asn=random.choice([None, 65537]))
    return made


def query(random: Random) -> list[Part]:
    """Some root lists."""
    return unique([page(random, random.choice(list(ROOTS)), None, 3) for _ in range(random.randint(1, 2))])


def page(random: Random, name: str, kind: str | None, depth: int) -> Part:
    kind = kind or ROOTS[name]
    part = Part(random.choice([name, name, f"{name}Again"]), name)
    if random.random() < 0.5:
        part.arguments["first"] = random.choice([0, 1, 2, 3, 1000])
    if random.random() < 0.5:
        part.arguments["where"] = where(random, kind, 2)
    part.below = [Part("nodes", "nodes", {}, selection(random, kind, depth - 1))]
    if random.random() < 0.5:
        part.below.append(Part("totalCount", "totalCount"))
    if random.random() < 0.3:
        part.below.insert(0, Part("pageInfo", "pageInfo", {}, [Part("hasNextPage", "hasNextPage")]))
    return part


def selection(random: Random, kind: str, depth: int) -> list[Part]:
    _, _, columns, relations = TYPES[kind]
    names = random.sample(["id", "__typename", *columns], random.randint(1, min(3, 2 + len(columns))))
    parts = [Part(random.choice([name, name, f"my{name.strip('_')}"]), name) for name in names]
    for name in random.sample(list(relations), min(len(relations), random.randint(0, 2))) if depth > 0 else []:
        target, many, _, _ = relations[name]
        below = page(random, name, target, depth) if many else Part(name, name, {}, selection(random, target, depth - 1))
        parts.append(below)
    random.shuffle(parts)
    return unique(parts)


def unique(parts: list[Part]) -> list[Part]:
    return list({part.key: part for part in parts}.values())


def where(random: Random, kind: str, depth: int) -> dict[str, Any]:
    if depth and random.random() < 0.4:
        joined = random.choice(["and", "or", "not"])
        inner = where(random, kind, depth - 1)
        return {joined: inner if joined == "not" else [inner, where(random, kind, depth - 1)]}
    names = [name for name in TYPES[kind][2] if name not in {"ipaddr4", "prefix"}]
    if not names:
        return {}
    name = random.choice(names)
    return {name: lookup(random, name)}


def lookup(random: Random, name: str) -> dict[str, Any]:
    if name in CHOICES:
        choices = sorted(set(CHOICES[name].values()))
        return random.choice([{"eq": random.choice(choices)}, {"ne": random.choice(choices)}, {"in": random.sample(choices, 2)}])
    if name in {"name", "city", "email", "descr", "aka"}:
        text = random.choice(["example", "EX", "ł", "%", "_", "\\", "1", "a1@", "", random.choice(NAMES)])
        return {random.choice(["contains", "startsWith", "endsWith", "eq", "ne"]): text}
    if name in BOOLEANS:
        return {random.choice(["eq", "ne"]): random.random() < 0.5}
    number = random.choice([0, 1, 10, 1000, 1500, 65540])
    found: list[dict[str, Any]] = [
        {random.choice(["eq", "ne", "gt", "gte", "lt", "lte"]): number},
        {"isNull": random.random() < 0.5},
        {"in": [0, number]},
    ]
    return random.choice(found)


def written(random: Random, parts: list[Part], kind: str | None = None) -> str:
    """The query's text, with fragments and directives that change nothing."""
    fields = []
    for part in parts:
        alias = f"{part.key}: " if part.key != part.name else ""
        arguments = ", ".join(f"{name}: {literal(value)}" for name, value in part.arguments.items())
        below = f" {{ {written(random, part.below, target(kind, part))} }}" if part.below else ""
        text = f"{alias}{part.name}{f'({arguments})' if arguments else ''}{' @skip(if: $no)' if random.random() < 0.1 else ''}{below}"
        fields.append(f"... on {kind} {{ {text} }}" if kind in TYPES and random.random() < 0.2 else text)
    if random.random() < 0.1:
        fields.append("hidden: __typename @include(if: $no)")
    return " ".join(fields)


def target(kind: str | None, part: Part) -> str | None:
    """The record type below a field; None inside a connection, whose nodes are of the type remembered by the connection."""
    if kind is None:
        return f"*{ROOTS[part.name]}"
    if kind.startswith("*"):
        return kind[1:] if part.name == "nodes" else "PageInfo"
    found, many, _, _ = TYPES[kind][3][part.name]
    return f"*{found}" if many else found


def literal(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name}: {literal(each)}" for name, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    if isinstance(value, str) and any(value in choices.values() for choices in CHOICES.values()):
        return value
    return json.dumps(value, ensure_ascii=False)
