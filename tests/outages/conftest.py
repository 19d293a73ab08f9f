"""A portal whose database is taken away: PostgreSQL as a server of these tests' own, SQLite as a file."""

import logging
from collections.abc import Iterator

import pytest
from flask import Flask

from portal.db.outages import driver_connections, guard
from tests.engines import Engine, Postgresql
from tests.needs import postgresql_programs
from tests.outages.doors import Doors
from tests.postgresql import PostgresqlServer
from tests.registry import Records


@pytest.fixture(scope="session")
def own_postgresql() -> Iterator[Postgresql]:
    programs = postgresql_programs()
    assert programs
    server = PostgresqlServer(programs, "synchronous_commit=on")  # what was committed is there after a crash
    with server.running():
        yield Postgresql(server)


@pytest.fixture
def server(own_postgresql: Postgresql) -> PostgresqlServer:
    return own_postgresql.server


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """PostgreSQL's other server is for those who need it all the time."""
    started: Engine = request.getfixturevalue("sqlite" if request.param == "sqlite" else "own_postgresql")
    return started


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for a second in these tests waits for some in earnest."""
    monkeypatch.setattr(driver_connections, "MAX_SILENT_SECONDS", 1)
    monkeypatch.setattr(driver_connections, "LOCK_MS", 500)
    monkeypatch.setattr(driver_connections, "SECONDS_BETWEEN_LOOKS", 0)
    monkeypatch.setattr(guard, "PROBE_SECONDS", 0.1)


@pytest.fixture
def doors(app: Flask, records: Records, caplog: pytest.LogCaptureFixture) -> Doors:
    caplog.set_level(logging.INFO)
    return Doors(app, caplog)
