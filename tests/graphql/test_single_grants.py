"""The random queries once more, by a key with each single grant: all of the answer, or a refusal that names what the key lacks."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.access.permissions import GRANTABLE
from portal.limits.memory import Spending
from tests.authorization.rights import NEEDS
from tests.graphql.oracle import Caller, Oracle, Part
from tests.graphql.oracle_types import ROOTS, TYPES
from tests.graphql.random_queries import page, query, written
from tests.graphql.stored_registry import store_random_registry
from tests.people import People, Robot

QUERIES = 12


def kinds(kind: str, part: Part) -> Iterator[str]:
    """The types that a page or a record reads, filters included."""
    yield kind
    yield from filtered(kind, part.arguments.get("where", {}))
    for field in part.below:
        relation = TYPES[kind][3].get(field.name)
        if field.name == "nodes":
            yield from kinds(kind, field)
        elif relation:
            yield from kinds(relation[0], field)


def filtered(kind: str, where: dict[str, Any]) -> Iterator[str]:
    for name, value in where.items():
        relation = TYPES[kind][3].get(name)
        if name in {"and", "or", "not"}:
            for part in value if isinstance(value, list) else [value]:
                yield from filtered(kind, part)
        elif relation:
            for part in value.values() if relation[1] else [value]:
                yield relation[0]
                yield from filtered(relation[0], part)


def lacks(grant: str, parts: list[Part]) -> bool:
    needed = [NEEDS[TYPES[kind][0]] for part in parts for kind in kinds(ROOTS[part.name], part)]
    return any(scopes and grant not in scopes for scopes in needed)


def questions(random: Random) -> list[list[Part]]:
    """One of each root that asks for little, and some that ask for anything."""
    return [[page(random, root, None, 1)] for root in ROOTS] + [query(random) for _ in range(QUERIES)]


@pytest.mark.one_engine
@pytest.mark.parametrize("grant", [permission.value for permission in GRANTABLE])
def test_a_single_grant_is_all_that_its_key_can_do(
    grant: str, app: Flask, client: FlaskClient, people: People, robot: Callable[..., Robot]
) -> None:
    tables, key, random = store_random_registry(app, people, 3), robot(grant), Random(grant)
    reads = grant == "contacts:read"
    caller = Caller(people.ours, public=reads, users=reads, private=grant == "contacts:read_private")
    for parts in questions(random):
        app.extensions["portal spending"] = Spending()
        document = f"query ($no: Boolean = false) {{ {written(random, parts)} unused: __typename @include(if: $no) }}"
        response = client.post("/graphql", json={"query": document}, headers=key.headers)
        if lacks(grant, parts):
            errors = response.get_json()["errors"]
            assert (response.status_code, "data" in response.get_json()) == (403, False), document
            assert all(error["extensions"]["code"] == "FORBIDDEN" for error in errors), document
            assert all(grant not in error["extensions"]["requiredScopes"] for error in errors), document
        else:
            expected = b'{"data":' + orjson.dumps(Oracle(tables, caller).answer(parts)) + b',"extensions":'
            assert response.get_data().startswith(expected), document
