"""Random queries of all kinds of callers give the very bytes that the oracle expects. PORTAL_TEST_ORACLE sets how many (by default 200)."""

import os
from collections.abc import Callable
from random import Random
from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from portal.db.session import lock
from portal.extensions import db
from portal.limits.memory import Spending
from portal.registry.types import RECORDS
from tests.graphql.conftest import NOTHING
from tests.graphql.oracle import Caller, Oracle, Tables
from tests.graphql.oracle_types import TYPES
from tests.graphql.random_queries import query, written
from tests.graphql.random_registry import registry
from tests.people import People, Robot

MODELS = {model.__name__: model for model in RECORDS.values()}
TIMES = {"Network": NOTHING, "Exchange": dict.fromkeys(("ixf_last_import", "ixf_import_request"))}
READS = ("networks:read", "exchanges:read", "facilities:read", "carriers:read", "campuses:read", "contacts:read")
QUERIES = int(os.environ.get("PORTAL_TEST_ORACLE", "200"))


def fill(app: Flask, people: People, seed: int) -> Tables:
    """Stores a random registry, and reads it back raw."""
    with app.app_context():
        lock(db.session())
        for kind, values in registry(Random(seed), [people.ours, people.theirs]):
            model: Any = MODELS[kind]
            db.session.add(model(**{**TIMES.get(kind, {}), **values}))
            db.session.flush()
        db.session.commit()
        return {table: [dict(row) for row in db.session.execute(text(f"SELECT * FROM {table}")).mappings()] for table, *_ in TYPES.values()}


@pytest.mark.parametrize("seed", [1, 2])
def test_answers_are_the_oracles(seed: int, app: Flask, client: FlaskClient, people: People, robot: Callable[..., Robot]) -> None:
    tables = fill(app, people, seed)
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
