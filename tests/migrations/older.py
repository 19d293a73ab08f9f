"""Databases at the number of an older release, with rows in all of their tables."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, Row, select, text

from portal.api_keys.authenticate.peppers import check_value
from portal.cli.context import open_database
from portal.db.release import migrations
from portal.db.session import begin_writing
from portal.extensions import db
from portal.models import PepperCheck
from tests.apps import settings_for
from tests.commands import CommandLine, in_production
from tests.engines import Engine, migrate
from tests.migrations.fill import NUMBERS, rows_for
from tests.rows import change_rows

OLDER = sorted(migrations())[:-1]
NEWEST = max(migrations())

Rows = dict[str, list[Row[*tuple[Any, ...]]]]

Older = Callable[[str], AbstractContextManager["FilledDatabase"]]


class OlderDatabases:
    """Of one engine. Each number is made once, from the nearest one below it that is there."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.folder = engine, folder
        self.names: dict[str, str] = {}

    @contextmanager
    def at(self, number: str) -> Iterator[str]:
        """A copy, without rows, as its URL."""
        if number not in self.names:
            below = max((other for other in self.names if other < number), default=None)
            name = f"older_{number}"
            migrate(self.engine.create(name, *([self.names[below]] if below else [])), self.folder, number)
            self.names[number] = name
        with self.engine.copy_of(self.names[number]) as url:
            yield url


class FilledDatabase:
    """An open one, with rows in each table that it has at its older number."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.tables = MetaData()
        with db.engine.connect() as connection:
            self.tables.reflect(connection)
        self.tables.remove(self.tables.tables["alembic_version"])
        begin_writing(db.session())
        for table in self.tables.sorted_tables:
            if table.name != "registry":  # has its one row
                db.session.execute(table.insert(), rows_for(table))
        db.session.commit()

    def rows(self) -> Rows:
        """All rows, in the columns that the tables had when they were filled."""
        tables = self.tables.sorted_tables
        with db.engine.connect() as connection:
            return {table.name: list(connection.execute(select(table).order_by(*table.primary_key)).all()) for table in tables}

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        """Commits it, and returns its rows if it has any."""
        begin_writing(db.session())
        result: Any = db.session.execute(text(statement))
        rows = [tuple(row) for row in result] if result.returns_rows else []
        db.session.commit()
        return rows

    def unused_foreign_keys(self, rows: Rows) -> list[str]:
        """Those that none of the rows uses."""
        columns = [key.parent for table in self.tables.sorted_tables for key in table.foreign_keys]
        return [str(column) for column in columns if all(getattr(row, column.name) is None for row in rows[column.table.name])]

    def command_line(self, folder: Path) -> CommandLine:
        """With production settings, whose peppers are the ones that the database remembers."""
        portal = in_production(folder, self.url)
        peppers = {number: secrets.token_urlsafe(48) for number in NUMBERS}
        portal.environ["PORTAL_PEPPERS"] = ",".join(f"{number}:{pepper}" for number, pepper in peppers.items())
        for number, pepper in peppers.items():
            change_rows(PepperCheck, PepperCheck.number == number, value=check_value(pepper.encode()))
        return portal


@contextmanager
def filled(url: str, folder: Path) -> Iterator[FilledDatabase]:
    """Opens and fills it."""
    with open_database(settings_for(url, folder)):
        yield FilledDatabase(url)
