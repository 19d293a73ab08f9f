"""A limit on how long a slice holds the registry's lock, whatever its statements turn out to cost."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from psycopg.errors import QueryCanceled
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from portal.errors import TooSlow

INSTRUCTIONS_BETWEEN_LOOKS = 10_000  # of SQLite's machine, some tenths of a millisecond


class TooLong(Exception):
    """The block was stopped; its transaction can only be rolled back."""


@contextmanager
def time_limit(connection: Connection, seconds: float | None) -> Iterator[None]:
    """Raises TooLong when a statement of the block still runs then; None: no limit. The connection is in a transaction."""
    if seconds is None:
        yield
        return
    try:
        with limited(connection, seconds):
            yield
    except TooSlow as error:  # what a guarded engine makes of it
        raise TooLong from error
    except OperationalError as error:
        if isinstance(error.orig, QueryCanceled) or getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            raise TooLong from error
        raise


@contextmanager
def limited(connection: Connection, seconds: float) -> Iterator[None]:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL statement_timeout = {int(seconds * 1000)}"))
        yield
        return
    deadline = monotonic() + seconds
    driver: Any = connection.connection.dbapi_connection
    driver.set_progress_handler(lambda: monotonic() > deadline, INSTRUCTIONS_BETWEEN_LOOKS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)
