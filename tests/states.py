"""A database that tests share one after another: its rows are stored once as a named state, and put back by plain statements.

A database that nobody has written to since needs nothing: SQLite and PostgreSQL both tell whether another connection did.
"""

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from portal.db.base import Base

Rows = dict[str, Sequence[Sequence[Any]]]
TABLES = [table.name for table in Base.metadata.sorted_tables]  # parents before children
TABLES_OF_POSTGRESQL = "SELECT oid, relname FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY oid"
COLUMNS = {table.name: [column.name for column in table.columns] for table in Base.metadata.sorted_tables}


class Database(ABC):
    """One connection of our own beside those of the app under test."""

    def __init__(self) -> None:
        self.states: dict[str, Any] = {}  # by name, in the form that load() takes
        self.present: str | None = None
        self.stamp: Any = None
        self.tables = self.schema()

    def is_in(self, name: str) -> bool:
        """Whether that state is what the database holds: nobody has written since it was stored or put back."""
        return self.present == name and self.stamp == self.writes()

    def store(self, name: str) -> None:
        """What the database holds now is the state of this name."""
        self.states[name] = self.dump()
        self.present, self.stamp = name, self.writes()

    def restore(self, name: str) -> None:
        if not self.is_in(name):
            self.load(self.states[name])
            self.present, self.stamp = name, self.writes()

    def knows(self, name: str) -> bool:
        return name in self.states

    @property
    def altered(self) -> bool:
        """Whether somebody has changed the tables themselves, which no state puts back."""
        return bool(self.tables != self.schema())

    @abstractmethod
    def schema(self) -> Any:
        """Changes with the tables."""

    @abstractmethod
    def writes(self) -> Any:
        """Changes when another connection has written."""

    @abstractmethod
    def dump(self) -> Any:
        """All rows of all tables."""

    @abstractmethod
    def load(self, state: Any) -> None:
        """Replaces all rows."""

    @abstractmethod
    def close(self) -> None: ...


class SqliteDatabase(Database):
    """Foreign keys aren't checked, as whole states are consistent."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        super().__init__()

    def schema(self) -> Any:
        return self.connection.execute("PRAGMA schema_version").fetchone()

    def writes(self) -> Any:
        return self.connection.execute("PRAGMA data_version").fetchone()

    def dump(self) -> Rows:
        return {table: self.connection.execute(f"SELECT {names(table)} FROM {table}").fetchall() for table in TABLES}

    def load(self, state: Rows) -> None:
        with self.connection:
            self.connection.execute("BEGIN IMMEDIATE")
            for table in reversed(TABLES):
                self.connection.execute(f"DELETE FROM {table}")
            for table, rows in state.items():
                holders = ", ".join("?" * len(COLUMNS[table]))
                self.connection.executemany(f"INSERT INTO {table} ({names(table)}) VALUES ({holders})", rows)

    def close(self) -> None:
        self.connection.close()


class PostgresqlDatabase(Database):
    """A state is one script, sent in one piece; numbers that a sequence has given are given again."""

    def __init__(self, url: str) -> None:
        self.url = url.replace("+psycopg", "")
        self.open = self.connect()
        super().__init__()

    def connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url, autocommit=True)

    @property
    def connection(self) -> psycopg.Connection[Any]:
        """Another one where a test has ended all of the server's."""
        try:
            self.open.execute("")
        except psycopg.OperationalError:
            self.open = self.connect()
        return self.open

    def schema(self) -> Any:
        """Names and numbers of tables, views and indexes."""
        return self.connection.execute(TABLES_OF_POSTGRESQL).fetchall()

    def writes(self) -> Any:
        """The next number of a transaction; only those that write take one."""
        return self.connection.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())").fetchone()

    def dump(self) -> bytes:
        parts = [sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) for table in reversed(TABLES)]
        for table in TABLES:
            columns = sql.SQL(", ").join(map(sql.Identifier, COLUMNS[table]))
            rows = self.connection.execute(sql.SQL("SELECT {} FROM {}").format(columns, sql.Identifier(table))).fetchall()
            if rows:
                values = sql.SQL(", ").join(sql.SQL("({})").format(sql.SQL(", ").join(map(sql.Literal, row))) for row in rows)
                parts.append(sql.SQL("INSERT INTO {} ({}) VALUES {}").format(sql.Identifier(table), columns, values))
        for name, last in self.connection.execute("SELECT sequencename, last_value FROM pg_sequences"):
            parts.append(
                sql.SQL("SELECT setval({}, {}, {})").format(sql.Literal(name), sql.Literal(last or 1), sql.Literal(last is not None))
            )
        return sql.SQL("; ").join([sql.SQL("BEGIN"), *parts, sql.SQL("COMMIT")]).as_bytes(self.connection)

    def load(self, state: bytes) -> None:
        self.connection.execute(state)

    def close(self) -> None:
        self.open.close()


def names(table: str) -> str:
    return ", ".join(COLUMNS[table])


def database_at(url: str) -> Database:
    return SqliteDatabase(Path(url.removeprefix("sqlite:///"))) if url.startswith("sqlite") else PostgresqlDatabase(url)
