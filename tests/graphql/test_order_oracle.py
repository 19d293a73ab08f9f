"""Lists in random orders, a page at a time, at the top and inside: all pages together are the oracle's list."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.limits.memory import Spending
from tests.graphql.oracle import Caller, Oracle, Part, Row
from tests.graphql.oracle_types import ROOTS, TYPES
from tests.graphql.random_queries import QUERIES, literal, order, where
from tests.graphql.stored_registry import store_random_registry
from tests.people import People

PAGE = "{ nodes { id } pageInfo { hasNextPage endCursor } }"


def lists(random: Random, oracle: Oracle) -> Iterator[tuple[str, str, str, list[Row]]]:
    """(what leads to the list, its field, its rows' type, the rows) of a random root list, and of a list inside one of its rows."""
    name = random.choice(list(ROOTS))
    kind = ROOTS[name]
    rows = oracle.rows(kind)
    yield "", name, kind, rows
    _, tag, _, relations = TYPES[kind]
    inside = [(field, *relation) for field, relation in relations.items() if relation[1]]
    if inside and rows:
        row, (field, target, _, local, remote) = random.choice(rows), random.choice(inside)
        yield f"{kind} {tag}:{row['id']}", field, target, oracle.rows(target, lambda other: bool(other[remote] == row[local]))


def pages(app: Flask, client: FlaskClient, parent: str, field: str, arguments: str) -> list[str]:
    """The ids of all pages."""
    page = f"page: {field}({arguments}, after: $after) {PAGE}"
    kind, _, identity = parent.partition(" ")
    top = f"{{ {page} }}"
    query = f'query ($after: Cursor) {{ node(id: "{identity}") {{ ... on {kind} {top} }} }}' if parent else f"query ($after: Cursor) {top}"
    ids, after = list[str](), None
    while True:
        app.extensions["portal spending"] = Spending()
        answer: Any = client.post("/graphql", json={"query": query, "variables": {"after": after}}).json
        assert "errors" not in answer, query
        data = answer["data"]["node"]["page"] if parent else answer["data"]["page"]
        ids += [node["id"] for node in data["nodes"]]
        if not data["pageInfo"]["hasNextPage"]:
            return ids
        after = data["pageInfo"]["endCursor"]


@pytest.mark.parametrize("seed", [1, 2])
def test_pages_in_any_order_are_the_oracles_list(seed: int, app: Flask, client: FlaskClient, people: People) -> None:
    oracle, random = Oracle(store_random_registry(app, people, seed), Caller()), Random(seed)
    for _ in range(QUERIES // 4):
        for parent, field, kind, rows in lists(random, oracle):
            arguments_given: dict[str, Any] = {"orderBy": order(random, kind)} | (
                {"where": where(random, kind, 1)} if random.random() < 0.3 else {}
            )
            whole = oracle.page(kind, Part(field, field, arguments_given, [Part("nodes", "nodes", {}, [Part("id", "id")])]), rows)
            arguments = ", ".join(
                f"{name}: {literal(value)}" for name, value in ({"first": random.choice([1, 2, 7])} | arguments_given).items()
            )
            assert pages(app, client, parent, field, arguments) == [node["id"] for node in whole["nodes"]], (parent, field, arguments)
