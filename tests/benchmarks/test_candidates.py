"""The candidates that a benchmark compares with ours answer what we answer: a faster wrong answer would be no candidate."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, update

from benchmarks.floor import floor_on
from benchmarks.store import close, open_store
from benchmarks.strawberry_orm import orm_on
from benchmarks.workloads import WORKLOADS, Variables, Workload, port_cursor
from portal.extensions import db
from portal.registry.networks import Network
from portal.settings import Settings
from tests.people import Robot
from tests.registry import Records

KNOWN = [workload for workload in WORKLOADS if workload.is_known]


@pytest.fixture
def rivals(app: Flask, settings: Settings, records: Records) -> Iterator[list[FlaskClient]]:
    """The floor and the ORM, on a registry of which nothing is undisclosed: they know no rule for that."""
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(update(Network).values(info_scope="Global"))
    store, engine = open_store(settings.database_url), create_engine(settings.database_url)
    yield [floor_on(store, settings).test_client(), orm_on(engine, store, settings).test_client()]
    close(store)
    engine.dispose()


def variables_of(workload: Workload, records: Records) -> Variables:
    """Variables for the tests' registry instead of the benchmark's."""
    own = {"asn": 64500, "first": 100, "id": f"ix:{records['ix']}", "after": port_cursor(0), "asns": [64500, 64510]}
    return {name: own[name] for name in workload.variables[0]}


@pytest.mark.parametrize("workload", KNOWN, ids=lambda workload: workload.name)
def test_candidates_answer_alike(
    workload: Workload, client: FlaskClient, rivals: list[FlaskClient], records: Records, robot: Callable[..., Robot]
) -> None:
    # of the organization that has nothing pending, which only the portal itself would show
    headers = robot("networks:read", "exchanges:read", "contacts:read", charlie=True).headers
    question = {"query": workload.document, "variables": variables_of(workload, records), "operationName": workload.operation}
    ours = client.post("/graphql", json=question, headers=headers)
    assert ours.json is not None
    assert all(ours.json["data"].values())
    for rival in rivals if workload.least else rivals[:1]:  # W6 is more than the ORM was taught
        theirs = rival.post("/graphql", json=question, headers=headers)
        assert theirs.json is not None
        assert theirs.json["data"] == ours.json["data"]
        assert set(theirs.headers.keys()) == set(ours.headers.keys())


def test_candidates_refuse_whom_we_refuse(client: FlaskClient, rivals: list[FlaskClient], robot: Callable[..., Robot]) -> None:
    question = {"query": KNOWN[0].document, "variables": {"asn": 64500}, "operationName": KNOWN[0].operation}
    wrong, narrow = {"Authorization": f"Bearer {robot('networks:read').token[:-1]}x"}, robot("networks:read", name="narrow").headers
    for candidate in (client, *rivals):
        assert candidate.post("/graphql", json=question, headers=wrong).status_code == 401
        assert candidate.post("/graphql", json=question, headers=narrow).status_code == 403
