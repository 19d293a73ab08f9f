"""The app that tests of one engine share: each finds it as if it had just been opened, on a database in the state that it asks for.

The states: "empty" (migrated, no rows), "people" (tests/people.py), "records" (those and tests/registry.py), "imported" (a small
dump, taken). A test that needs other settings, or changes a table, opens an app of its own.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.extensions import db
from portal.registry.read.sizes import latest
from portal.settings import Settings
from tests.apps import opened, settings_for, stop_threads, use_settings
from tests.engines import Engine
from tests.importer.dumps import import_small_dump
from tests.people import add_people
from tests.registry import add_records
from tests.states import Database, database_at

STATES: dict[str, tuple[str, Callable[..., Any]]] = {  # the state on top of which it is made, and how
    "people": ("empty", add_people),
    "records": ("people", add_records),
    "imported": ("empty", import_small_dump),
}


@dataclass
class Shared:
    """`values`: what the making of each state returned. `extensions` and `config` are the app's as it was opened."""

    app: Flask
    database: Database
    extensions: dict[str, Any] = field(init=False)
    config: dict[str, Any] = field(init=False)
    values: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.extensions, self.config = dict(self.app.extensions), dict(self.app.config)
        self.database.store("empty")

    @property
    def settings(self) -> Settings:
        settings: Settings = self.config["SETTINGS"]
        return settings

    def bring_to(self, name: str) -> None:
        """A state is made when it is first asked for; after that it is put back, unless nobody has written since."""
        if self.database.knows(name):
            self.database.restore(name)
            return
        below, make = STATES[name]
        self.bring_to(below)
        values = {below: self.values[below]} if below in self.values else {}
        with self.app.app_context():
            self.values[name] = make(db.session(), **values)
        self.database.store(name)

    def clean(self) -> None:
        """What a test has left in the app is gone: counts, points, threads, changed settings."""
        stop_threads(self.app)
        for kept, now in ((self.extensions, self.app.extensions), (self.config, self.app.config)):
            now.clear()
            now.update(kept)
        use_settings(self.app, self.settings)
        with self.app.app_context():
            latest.pop(db.engine, None)
            if db.engine.pool.checkedout():  # type: ignore[attr-defined]  # a QueuePool's own
                db.engine.dispose()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "own_database: changes tables, or what else can't be put back, so it gets a database of its own")


@contextmanager
def shared_on(engine: Engine, folder: Path) -> Iterator[Shared]:
    with engine.fresh() as url:
        database = database_at(url)
        try:
            with opened(settings_for(url, folder)) as app:
                yield Shared(app, database)
        finally:
            database.close()


@pytest.fixture(scope="session")
def shared_sqlite(sqlite: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    with shared_on(sqlite, tmp_path_factory.mktemp("shared")) as portal:
        yield portal


@pytest.fixture(scope="session")
def shared_postgresql(postgresql: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    with shared_on(postgresql, tmp_path_factory.mktemp("shared")) as portal:
        yield portal


@pytest.fixture
def shared(request: pytest.FixtureRequest, engine: Engine, tmp_path: Path) -> Iterator[Shared]:
    state = next((name for name in reversed(STATES) if name in request.fixturenames), "empty")
    if request.node.get_closest_marker("own_database"):
        with shared_on(engine, tmp_path) as own:
            own.bring_to(state)
            yield own
        return
    common: Shared = request.getfixturevalue(f"shared_{engine.name}")
    common.bring_to(state)
    yield common
    common.clean()
    assert not common.database.altered, "the test has changed a table of the database that all share: mark it own_database"


@pytest.fixture
def database_url(shared: Shared) -> str:
    """A migrated database, in the state that the test asks for by its fixtures."""
    return shared.settings.database_url


@pytest.fixture
def settings(shared: Shared) -> Settings:
    return shared.settings


@pytest.fixture
def app(shared: Shared) -> Flask:
    return shared.app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def people(shared: Shared) -> Any:
    """Two organizations and their people: tests/people.py."""
    return shared.values["people"]


@pytest.fixture
def records(shared: Shared) -> Any:
    """A small registry of the two: tests/registry.py."""
    return shared.values["records"]
