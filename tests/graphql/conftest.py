"""Asking /graphql as a client does, and counting the statements that it takes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.access.principal import ANONYMOUS
from portal.access.visibility import bound_values, visibility_of
from portal.db.reader import Snapshot
from portal.db.session import lock
from portal.extensions import db
from portal.limits.memory import Spending
from portal.registry.contacts import Contact
from portal.registry.networks import Network
from portal.registry.ports import ExchangePort
from portal.registry.read.sizes import fresh_sizes, read_sizes
from portal.registry.read.statements import Reader
from tests.graphql.oracle import Caller
from tests.graphql.requests import Ask, Callers, Send, Statements
from tests.graphql.stored_registry import NETWORK_NULLS
from tests.people import People, Robot
from tests.registry import Records
from tests.statements import Watch


@pytest.fixture
def send(client: FlaskClient, records: Records) -> Send:
    """`send(query, robot, **variables)`: the whole answer to a POST."""

    def post(query: str, robot: Robot | None = None, **variables: Any) -> TestResponse:
        return client.post("/graphql", json={"query": query, "variables": variables}, headers=robot.headers if robot else {})

    return post


@pytest.fixture
def ask(app: Flask, send: Send) -> Ask:
    """`ask(query, robot, **variables)`: the data of an answer that has no errors."""

    def data(query: str, robot: Robot | None = None, **variables: Any) -> Any:
        app.extensions["portal spending"] = Spending()  # a test may ask more than a minute's budget
        response = send(query, robot, **variables)
        assert response.status_code == 200, response.get_data(as_text=True)
        assert "errors" not in response.json, response.json
        return response.json["data"]

    return data


@pytest.fixture
def statements(app: Flask) -> Statements:
    """`with statements() as seen:` collects the statements that run meanwhile, but the counting that a process does now and then."""

    @contextmanager
    def collect() -> Iterator[list[str]]:
        with app.app_context():
            engine = db.engine
        with Snapshot(engine) as snapshot:
            fresh_sizes(engine) or read_sizes(Reader(snapshot, visibility_of(ANONYMOUS), bound_values(ANONYMOUS)))
        watch = Watch(engine)
        watch.begin()
        try:
            yield watch.seen
        finally:
            watch.end()

    return collect


@pytest.fixture
def add_networks(app: Flask, records: Records, people: People) -> Callable[[int], None]:
    """`add_networks(150)`: that many of Other Org's, each with a port at the exchange and a public contact."""

    def add(number: int) -> None:
        place = {"exchange_id": records["ix"], "peering_lan_id": records["lan"]}
        with app.app_context():
            lock(db.session())
            for identity in range(100, 100 + number):
                network = Network(
                    id=identity, asn=4200000000 + identity, name=f"Net {identity}", organization_id=people.theirs, **NETWORK_NULLS
                )
                db.session.add(network)
            db.session.flush()
            for identity in range(100, 100 + number):
                db.session.add(
                    ExchangePort(id=identity, network_id=identity, asn=4200000000 + identity, ipaddr6=f"2001:db8:1::{identity:x}", **place)
                )
                db.session.add(Contact(id=identity, network_id=identity, role="NOC", email=f"noc@{identity}.example.net"))
            db.session.commit()

    return add


@pytest.fixture
def callers(people: People, robot: Callable[..., Robot]) -> Callers:
    """Everybody, and keys with contacts: those of users, private ones, another organization's."""
    reads = ("networks:read", "exchanges:read", "facilities:read")
    private = (*reads, "contacts:read", "contacts:read_private")
    return [
        (None, Caller()),
        (robot(*reads, "contacts:read", name="reads"), Caller(people.ours, users=True)),
        (robot(*private, name="private"), Caller(people.ours, users=True, private=True)),
        (robot(*private, name="theirs", charlie=True), Caller(people.theirs, users=True, private=True)),
    ]
