"""A database as somebody who writes SQL by hand would use it: the driver alone, a connection a thread, statements in SQLite's words."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from portal.db.reader import MAPPED_BYTES

Rows = Callable[..., list[Any]]  # rows(sql, value, …); a list is one value, for `AMONG ?`


class Sqlite:
    """`AMONG ?` takes a list as JSON."""

    def __init__(self, url: str) -> None:
        self.path = url.removeprefix("sqlite:///")
        self.mine = threading.local()

    def sql(self, text: str) -> str:
        return text.replace("AMONG ?", "IN (SELECT value FROM json_each(?))").replace("TIME(updated)", "updated")

    def connect(self) -> sqlite3.Connection:
        self.mine.connection = sqlite3.connect(self.path, isolation_level=None)
        self.mine.connection.execute(f"PRAGMA mmap_size={MAPPED_BYTES}")
        return self.mine.connection  # type: ignore[no-any-return]  # a thread's own attribute

    @contextmanager
    def snapshot(self) -> Iterator[Rows]:
        connection = getattr(self.mine, "connection", None) or self.connect()
        connection.execute("BEGIN")
        try:
            yield lambda sql, *values: connection.execute(sql, values).fetchall()
        finally:
            connection.execute("COMMIT")


class Postgresql:
    """`AMONG ?` takes a list as it is."""

    def __init__(self, url: str) -> None:
        self.url = url.replace("+psycopg", "")
        self.mine = threading.local()

    def sql(self, text: str) -> str:
        shown = """to_char(updated AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""
        return text.replace("%", "%%").replace("AMONG ?", "= ANY(?)").replace("TIME(updated)", shown).replace("?", "%s")

    def connect(self) -> psycopg.Connection[Any]:
        self.mine.connection = psycopg.connect(self.url)
        self.mine.connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        self.mine.connection.read_only = True
        return self.mine.connection  # type: ignore[no-any-return]  # a thread's own attribute

    @contextmanager
    def snapshot(self) -> Iterator[Rows]:
        connection = getattr(self.mine, "connection", None) or self.connect()
        cursor = connection.cursor()
        try:
            yield lambda sql, *values: cursor.execute(sql, values).fetchall()
        finally:
            connection.commit()


Store = Sqlite | Postgresql


def close(store: Store) -> None:
    """The calling thread's connection."""
    store.mine.connection.close()


def open_store(url: str) -> Store:
    return Sqlite(url) if url.startswith("sqlite") else Postgresql(url)


def among(store: Store, values: Sequence[int]) -> Any:
    """What is bound to `AMONG ?`."""
    return values if isinstance(store, Postgresql) else str(list(values))
