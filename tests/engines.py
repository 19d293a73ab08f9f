"""Each test's own database on both engines: SQLite copies a migrated file, PostgreSQL a template in a server of the run's own.

With pytest-xdist each worker has its own server.
"""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import pytest
from alembic import command
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Dialect
from sqlalchemy import Engine as SqlEngine

from portal.app import create_app
from portal.cli.migrating import configuration
from portal.extensions import db
from portal.settings import Settings
from tests.needs import postgresql_programs
from tests.postgresql import PostgresqlServer

TEMPLATE = "template_portal"


class Engine(Protocol):
    """Databases that end with their block, each as its URL."""

    def empty(self) -> AbstractContextManager[str]:
        """Without tables."""

    def fresh(self) -> AbstractContextManager[str]:
        """Migrated, without rows."""


class Sqlite:
    """Files in a folder that pytest removes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = count(1)
        migrate(self.url(TEMPLATE), folder)

    def url(self, database: object) -> str:
        return f"sqlite:///{self.folder / f'{database}.sqlite3'}"

    @contextmanager
    def empty(self) -> Iterator[str]:
        yield self.url(next(self.numbers))

    @contextmanager
    def fresh(self) -> Iterator[str]:
        with self.empty() as url:
            shutil.copy(self.folder / f"{TEMPLATE}.sqlite3", url.removeprefix("sqlite:///"))
            yield url


class Postgresql:
    """Copies of a template in one server."""

    def __init__(self, server: PostgresqlServer) -> None:
        self.server = server
        server.execute(f"CREATE DATABASE {TEMPLATE}")
        migrate(server.url(TEMPLATE), server.folder)

    def empty(self) -> AbstractContextManager[str]:
        return self.server.copy_of("template1")

    def fresh(self) -> AbstractContextManager[str]:
        return self.server.copy_of(TEMPLATE)


def settings_for(database_url: str, data: Path, **changes: Any) -> Settings:
    """Local settings with secrets of their own, for documentation's ASNs and addresses."""
    made: dict[str, Any] = {
        "database_url": database_url,
        "secret_key": secrets.token_urlsafe(48),
        "peppers": {1: secrets.token_bytes(48)},
        "audit_key": secrets.token_bytes(48),
        "data": data,
        "allow_documentation": True,
    }
    return Settings(**made | changes)


@contextmanager
def opened(settings: Settings) -> Iterator[Flask]:
    """The app, of which nothing runs or is connected any more at the end: PostgreSQL copies no database that somebody is connected to."""
    app = create_app(settings)
    app.testing = True
    with app.app_context():
        share_compiled(db.engine)
    try:
        yield app
    finally:
        if "portal usage" in app.extensions:
            app.extensions["portal usage"].close()
        if app.extensions["portal postman"]:
            app.extensions["portal postman"].close()
        with app.app_context():
            db.engine.dispose()


DIALECTS: dict[str, Dialect] = {}
COMPILED: dict[str, dict[Any, Any]] = {"sqlite": {}, "postgresql": {}}


def share_compiled(engine: SqlEngine) -> None:
    """Statements are compiled once for all the databases of a run: most of a test's time went into that."""
    name = engine.dialect.name
    engine.dialect = DIALECTS.setdefault(name, engine.dialect)
    engine.update_execution_options(compiled_cache=COMPILED[name])


def migrate(database_url: str, data: Path) -> None:
    with opened(settings_for(database_url, data)) as app, app.app_context():
        command.upgrade(configuration(), "head")


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Sqlite:
    return Sqlite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgresql]:
    programs = postgresql_programs()
    assert programs, "only a test that needs postgresql comes here"
    server = PostgresqlServer(programs)
    with server.running():
        yield Postgresql(server)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Either engine, started when the first test asks for it."""
    started: Engine = request.getfixturevalue(request.param)
    return started


@pytest.fixture
def database_url(engine: Engine) -> Iterator[str]:
    """A migrated database without rows."""
    with engine.fresh() as url:
        yield url


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, tmp_path)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    with opened(settings) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
