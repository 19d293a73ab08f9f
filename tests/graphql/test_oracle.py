"""Random queries of all kinds of callers give the very bytes that the oracle expects. PORTAL_TEST_ORACLE sets how many (by default 200)."""

from collections.abc import Callable
from random import Random

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.limits.memory import Spending
from tests.graphql.oracle import Caller, Oracle
from tests.graphql.random_queries import QUERIES, query, written
from tests.graphql.stored_registry import store_random_registry
from tests.people import People, Robot

READS = ("networks:read", "exchanges:read", "facilities:read", "carriers:read", "campuses:read", "contacts:read")


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.repetition)])
def test_answers_are_the_oracles(seed: int, app: Flask, client: FlaskClient, people: People, robot: Callable[..., Robot]) -> None:
    tables = store_random_registry(app, people, seed)
    callers: list[tuple[Robot | None, Caller]] = [
        (None, Caller()),
        (robot(*READS, name="reads"), Caller(people.ours, users=True)),
        (robot(*READS, "contacts:read_private", name="private"), Caller(people.ours, users=True, private=True)),
        (robot(*READS, "contacts:read_private", name="theirs", charlie=True), Caller(people.theirs, users=True, private=True)),
    ]
    random = Random(seed)
    for number in range(QUERIES // 2):
        app.extensions["portal spending"] = Spending()
        parts = query(random)
        document = f"query ($no: Boolean = false) {{ {written(random, parts)} unused: __typename @include(if: $no) }}"
        key, caller = random.choice(callers)
        response = client.post("/graphql", json={"query": document}, headers=key.headers if key else {})
        expected = b'{"data":' + orjson.dumps(Oracle(tables, caller).answer(parts)) + b',"extensions":'
        assert response.get_data().startswith(expected), f"query {number} of seed {seed}, {caller}: {document}"
