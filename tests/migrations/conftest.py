"""`older("0010")`: a filled database at that number, open; on either engine, or on one of them where only that has what is tested."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.engines import Engine, Postgresql, Sqlite
from tests.migrations.older import FilledDatabase, Older, OlderDatabases, filled


@pytest.fixture(scope="session")
def older_databases() -> dict[str, OlderDatabases]:
    """By engine, as tests ask for them."""
    return {}


@pytest.fixture
def older(engine: Engine, older_databases: dict[str, OlderDatabases], tmp_path: Path) -> Older:
    return older_on(engine, older_databases, tmp_path)


@pytest.fixture
def older_sqlite(sqlite: Sqlite, older_databases: dict[str, OlderDatabases], tmp_path: Path) -> Older:
    return older_on(sqlite, older_databases, tmp_path)


@pytest.fixture
def older_postgresql(postgresql: Postgresql, older_databases: dict[str, OlderDatabases], tmp_path: Path) -> Older:
    return older_on(postgresql, older_databases, tmp_path)


def older_on(engine: Engine, older_databases: dict[str, OlderDatabases], folder: Path) -> Older:
    @contextmanager
    def at(number: str) -> Iterator[FilledDatabase]:
        databases = older_databases.setdefault(engine.name, OlderDatabases(engine, folder))
        with databases.at(number) as url, filled(url, folder) as database:
            yield database

    return at
