"""The transaction in which a migration runs: all steps or none, one migration at a time, and foreign keys checked before the commit.

SQLite changes a table by copying it and dropping the old one. With foreign keys on, the drop would be refused, or take with it the rows
that refer to the table, so they are off on this connection.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, text

from portal.db.session import PATIENT_MS
from portal.errors import ConfigurationError

MIGRATION_LOCK = 20_260_416  # an advisory lock of PostgreSQL is a number, any number
MAX_ROWS_NAMED = 5
TEMPORARY = "_alembic_tmp_"  # what Alembic calls the copy of a table


@contextmanager
def migration_transaction(engine: Engine) -> Iterator[Connection]:
    """Commits at the end of the block.

    Waits 10 s for another migration, then raises OperationalError. Raises ConfigurationError for rows that refer to rows that aren't there.
    """
    begin = postgresql_transaction if engine.dialect.name == "postgresql" else sqlite_transaction
    with engine.connect().execution_options(writes=True) as connection, begin(connection):
        yield connection


@contextmanager
def postgresql_transaction(connection: Connection) -> Iterator[None]:
    with connection.begin():
        connection.execute(text(f"SET LOCAL lock_timeout = {PATIENT_MS}"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": MIGRATION_LOCK})
        yield


@contextmanager
def sqlite_transaction(connection: Connection) -> Iterator[None]:
    connection.detach()  # it is closed at the end, so that no one else gets a connection without foreign keys
    driver: Any = connection.connection.dbapi_connection
    driver.execute("PRAGMA foreign_keys=OFF")  # has no effect inside a transaction
    with connection.begin():
        drop_temporary_tables(connection)
        if rows := orphans(connection):
            raise ConfigurationError(
                f"Some rows refer to rows that aren't there: {rows}. Nothing was changed. "
                "List them all with sqlite3 and PRAGMA foreign_key_check, delete or mend them, and run this again."
            )
        yield
        if rows := orphans(connection):
            raise ConfigurationError(
                f"The migration would leave rows that refer to rows that aren't there: {rows}. "
                "Nothing was changed. Report this line; the release before still runs."
            )


def orphans(connection: Connection) -> str:
    """Names the first rows that refer to a row that isn't there."""
    rows = connection.execute(text("PRAGMA foreign_key_check")).all()
    names = [f"{table} {rowid} ({parent})" for table, rowid, parent, _ in rows[:MAX_ROWS_NAMED]]
    return ", ".join([*names, *(["…"] if len(rows) > MAX_ROWS_NAMED else [])])


def drop_temporary_tables(connection: Connection) -> None:
    """Drops what an interrupted migration left; never the only copy of a table."""
    tables = set(connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")))
    for table in tables:
        if table.startswith(TEMPORARY) and table.removeprefix(TEMPORARY) in tables:
            connection.execute(text(f'DROP TABLE "{table}"'))
