"""The two database engines that tests run on: SQLite as files, PostgreSQL as a server of the run's own (one for each xdist worker).

What depends on SQL runs on both; the doors (DOORS), and what is marked `one_engine`, run on SQLite, and on both with `--engines=both`,
as CI runs them.
"""

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path
from typing import Protocol

import pytest
from alembic import command

from portal.cli.upgrade import configuration
from tests.apps import opened, settings_for
from tests.needs import postgresql_programs
from tests.postgresql import PostgresqlServer

TEMPLATE = "template_portal"
TESTS = Path(__file__).parent
DOORS = (
    "api",
    "attacks",
    "cli",
    "clients",
    "docs",
    "logs",
    "pages",
)  # folders whose tests see a database only through rules that others test
NAMES = ("sqlite", "postgresql")


class Engine(Protocol):
    """Databases that end with their block, each as its URL."""

    name: str

    def empty(self) -> AbstractContextManager[str]:
        """Without tables."""

    def fresh(self) -> AbstractContextManager[str]:
        """Migrated, without rows."""

    def create(self, name: str, template: str = "") -> str:
        """Without tables, or with all that a template has; until the run ends."""

    def copy_of(self, name: str) -> AbstractContextManager[str]:
        """With all that a created one has, while no one is connected to it."""


class Sqlite:
    """Files in a folder that pytest removes."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = count(1)
        migrate(self.create(TEMPLATE), folder)

    def create(self, name: str, template: str = "") -> str:
        path = self.path(name)
        if template:
            shutil.copy(self.path(template), path)
        return f"sqlite:///{path}"

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.sqlite3"

    @contextmanager
    def empty(self) -> Iterator[str]:
        yield self.create(str(next(self.numbers)))

    @contextmanager
    def copy_of(self, name: str) -> Iterator[str]:
        yield self.create(str(next(self.numbers)), name)

    def fresh(self) -> AbstractContextManager[str]:
        return self.copy_of(TEMPLATE)


class Postgresql:
    """Copies of a template in one server."""

    name = "postgresql"

    def __init__(self, server: PostgresqlServer) -> None:
        self.server = server
        migrate(self.create(TEMPLATE), server.folder)

    def create(self, name: str, template: str = "template1") -> str:
        self.server.create(name, template)
        return self.server.url(name)

    def copy_of(self, name: str) -> AbstractContextManager[str]:
        return self.server.copy_of(name)

    def empty(self) -> AbstractContextManager[str]:
        return self.copy_of("template1")

    def fresh(self) -> AbstractContextManager[str]:
        return self.copy_of(TEMPLATE)


def migrate(database_url: str, data: Path, number: str = "head") -> None:
    with opened(settings_for(database_url, data)) as app, app.app_context():
        command.upgrade(configuration(), number)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engines", choices=("needed", "both"), default="needed", help="run the doors' tests on PostgreSQL too: both")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "only_on(engine): is about something that the other engine doesn't have")
    config.addinivalue_line("markers", "one_engine: doesn't depend on SQL, so it runs on SQLite alone, unless --engines=both")
    config.addinivalue_line("markers", "sql: depends on SQL, so it runs on both engines in a folder of the doors too")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine" in metafunc.fixturenames:
        metafunc.parametrize("engine", [pytest.param(name, marks=needs(name)) for name in engines_of(metafunc)], indirect=True)


def engines_of(metafunc: pytest.Metafunc) -> tuple[str, ...]:
    if only := metafunc.definition.get_closest_marker("only_on"):
        return only.args
    needed = not is_door(metafunc.definition) or metafunc.definition.get_closest_marker("sql")
    return NAMES if needed or metafunc.config.getoption("--engines") == "both" else NAMES[:1]


def is_door(test: pytest.Item) -> bool:
    folders = test.path.relative_to(TESTS).parts if test.path.is_relative_to(TESTS) else ("",)
    return folders[0] in DOORS or test.get_closest_marker("one_engine") is not None


def needs(name: str) -> tuple[pytest.MarkDecorator, ...]:
    return (pytest.mark.needs("postgresql"),) if name == "postgresql" else ()


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


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """Either engine, started when the first test asks for it."""
    started: Engine = request.getfixturevalue(request.param)
    return started
