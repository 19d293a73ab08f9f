"""Random queries, from a seed. Plain Python, like the oracle."""

import json
import os
from random import Random
from typing import Any

from tests.graphql.oracle import Part
from tests.graphql.oracle_orders import ORDERS, Keys
from tests.graphql.oracle_types import ASCENDING, BOOLEANS, CHOICES, LISTS, OBJECTS, ROOTS, TYPES
from tests.graphql.random_registry import NAMES

QUERIES = int(os.environ.get("PORTAL_TEST_ORACLE", "200"))


def query(random: Random) -> list[Part]:
    """Some root lists."""
    parts = [page(random, random.choice(list(ROOTS)), None, 3) for _ in range(random.randint(1, 2))]
    for part in parts:
        if random.random() < 0.2:
            part.arguments["includeDeleted"] = True
    return unique(parts)


def page(random: Random, name: str, kind: str | None, depth: int) -> Part:
    kind = kind or ROOTS[name]
    part = Part(random.choice([name, name, f"{name}Again"]), name)
    if random.random() < 0.5:
        part.arguments["first"] = random.choice([0, 1, 2, 3, 1000])
    if random.random() < 0.5:
        part.arguments["where"] = where(random, kind, 2)
    if random.random() < 0.4:
        part.arguments["orderBy"] = order(random, kind)
    part.below = [Part("nodes", "nodes", {}, selection(random, kind, depth - 1))]
    if random.random() < 0.5:
        part.below.append(Part("totalCount", "totalCount"))
    if random.random() < 0.3:
        part.below.insert(0, Part("pageInfo", "pageInfo", {}, [Part("hasNextPage", "hasNextPage")]))
    return part


def order(random: Random, kind: str) -> Keys:
    fields = random.sample(list(ORDERS[kind]), random.choice([0, 1, 1, 2, min(3, len(ORDERS[kind]))]))
    return [{"field": Word(field), "direction": Word(random.choice(["ASC", "DESC"]))} for field in fields]


class Word(str):
    """Written without quotes."""


def selection(random: Random, kind: str, depth: int) -> list[Part]:
    _, _, columns, relations = TYPES[kind]
    names = random.sample(["id", "__typename", *columns], random.randint(1, min(3, 2 + len(columns))))
    parts = [Part(random.choice([name, name, f"my{name.strip('_')}"]), name) for name in names]
    for part in parts:
        part.below = [Part(random.choice([name, f"its{name}"]), name) for name in OBJECTS.get(part.name, ())]
    for name in random.sample(list(relations), min(len(relations), random.randint(0, 2))) if depth > 0 else []:
        target, many, _, _ = relations[name]
        below = page(random, name, target, depth) if many else Part(name, name, {}, selection(random, target, depth - 1))
        parts.append(below)
    random.shuffle(parts)
    return unique(parts)


def unique(parts: list[Part]) -> list[Part]:
    return list({part.key: part for part in parts}.values())


def where(random: Random, kind: str, depth: int, hops: int = 2) -> dict[str, Any]:
    if depth and random.random() < 0.4:
        joined = random.choice(["and", "or", "not"])
        inner = where(random, kind, depth - 1, hops)
        return {joined: inner if joined == "not" else [inner, where(random, kind, depth - 1, hops)]}
    _, _, columns, relations = TYPES[kind]
    if hops and (not columns or random.random() < 0.3):
        name = random.choice(list(relations))
        target, many, _, _ = relations[name]
        quantifiers = random.sample(["some", "none", "every"], random.choice([1, 1, 2]))
        below = where(random, target, depth, hops - 1)
        return {name: {quantifier: where(random, target, depth, hops - 1) for quantifier in quantifiers} if many else below}
    name = random.choice(["id", *columns])
    if name in OBJECTS:
        parts = random.sample(OBJECTS[name], random.randint(0, 2))
        return {name: {random.choice(["some", "none", "every"]): {part: lookup(random, part) for part in parts}}}
    if name == "id":
        return {name: identity(random, kind)}
    if name in LISTS:
        return {name: {random.choice(["some", "none", "every"]): lookup(random, name)}}
    return {name: lookup(random, name)}


def identity(random: Random, kind: str) -> dict[str, Any]:
    ids = [f"{random.choice(['', TYPES[kind][1] + ':'])}{random.randint(1, 12)}" for _ in range(3)]
    return random.choice([{"eq": ids[0]}, {"ne": ids[0]}, {"in": ids}, {"in": ids, "ne": ids[0]}])


def lookup(random: Random, name: str) -> dict[str, Any]:
    if name in {"ipaddr4", "prefix"}:
        block = random.choice(["198.51.100.0/24", "198.51.100.8/29", "198.51.100.16/30", "2001:db8::/32", "2001:db8:1::/64", "::/0"])
        lookups: list[dict[str, Any]] = [{"within": block}, {"family": random.choice(["IPV4", "IPV6"])}]
        lookups.append({"containsIp": random.choice(["198.51.100.9", "2001:db8:2::1", "192.0.2.1"])})
        if name == "prefix":
            return random.choice([*lookups, {"eq": block}, {"in": [block, "198.51.100.24/29"]}])
        lookups.append({"in": ["198.51.100.9", "198.51.100.12", "2001:db8:2::1"]})
        return random.choice([*lookups, {"isNull": random.random() < 0.5}, {random.choice(["eq", "ne"]): "198.51.100.9"}])
    if name in CHOICES:
        choices = sorted(set(CHOICES[name].values()))
        if random.random() < 0.1:
            return {"isNull": random.random() < 0.5}
        if name == "infoTraffic" and random.random() < 0.5:
            return {word: random.choice(ASCENDING) for word in random.sample(["gt", "gte", "lt", "lte"], random.choice([1, 2]))}
        return random.choice(
            [{"eq": random.choice(choices)}, {"ne": random.choice(choices)}, {"in": random.sample(choices, random.choice([0, 2, 2]))}]
        )
    if name in {"name", "city", "email", "descr", "aka", "service", "identifier"}:
        text = random.choice(["example", "EX", "ł", "%", "_", "\\", "1", "a1@", "", random.choice(NAMES)])
        return {random.choice(["contains", "startsWith", "endsWith", "eq", "ne"]): text}
    if name in BOOLEANS:
        value = random.random() < 0.5
        return random.choice([{"eq": value}, {"ne": value}, {"in": [value]}, {"in": []}])
    number = random.choice([0, 1, 10, 1000, 1500, 65540])
    numbers: list[dict[str, Any]] = [
        {random.choice(["eq", "ne", "gt", "gte", "lt", "lte"]): number},
        {"isNull": random.random() < 0.5},
        {"in": random.choice([[0, number], [0, number], []])},
    ]
    return random.choice(numbers)


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
    if part.name in OBJECTS:
        return "SocialMedia"
    other, many, _, _ = TYPES[kind][3][part.name]
    return f"*{other}" if many else other


def literal(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name}: {literal(part)}" for name, part in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    if isinstance(value, Word) or (isinstance(value, str) and any(value in choices.values() for choices in CHOICES.values())):
        return value
    return json.dumps(value, ensure_ascii=False)
