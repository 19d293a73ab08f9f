"""Engines, column types, snapshots for reading, and the registry's version with the lock that every write begins with.

SQLite gets explicit BEGINs (with the driver's own, two selects of one "transaction" saw different data), write-ahead logging, foreign keys,
and a sync with each commit: what was acknowledged outlives a power cut. PostgreSQL does that unless its operator has turned it off.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import Any, cast

from sqlalchemy import Connection, Engine, ExceptionContext, event, update
from sqlalchemy.orm import Session

import portal.db.file_modes  # noqa: F401 - the mode of a new file
from portal.db.base import Registry, Versioned
from portal.db.driver_errors import hide_values
from portal.settings import Settings

PATIENT_MS, HASTY_MS = 4_000, 200  # milliseconds that a write waits on SQLite for the one before it to end
LOCK_MS = 3_000  # milliseconds that a statement waits on PostgreSQL for a lock


def now() -> datetime:
    """This whole second, in UTC."""
    return datetime.now(UTC).replace(microsecond=0)


def engine_options(settings: Settings) -> dict[str, Any]:
    """With these an engine carries the settings, so that no session of it can be without, and its errors hold no values."""
    return {"execution_options": {"settings": settings}, "hide_parameters": True}


def settings_of(source: Session | Engine) -> Settings:
    """Returns the settings that the portal was started with, which rules get in this way only."""
    bind = source.get_bind() if isinstance(source, Session) else source
    return cast(Settings, bind.get_execution_options()["settings"])


def lock(session: Session) -> int:
    """Begins a write: ends what was read so far, takes the registry's next version and holds its row until the commit.

    Returns the version. Called again in the same transaction it returns the same one.
    """
    version: int | None = session.info.get("version")
    if version is not None:
        return version
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("something was written before the registry's lock was taken")
    begin_writing(session)
    statement = update(Registry).values(version=Registry.version + 1).returning(Registry.version)
    session.info["version"] = session.scalar(statement.execution_options(synchronize_session=False))
    session.info["locked_at"] = monotonic()
    return int(session.info["version"])


def begin_writing(session: Session, *, hasty: bool = False) -> None:
    """Starts a transaction that may write (SQLite: at once), for what doesn't take the version: sign-ins, sessions, usage.

    A hasty one soon raises OperationalError while another process writes: for notes that are made on the way, which can wait for next time.
    """
    session.rollback()
    session.connection(execution_options={"writes": True, "hasty": hasty})


def next_id(session: Session) -> int:
    """An id for a record made here. Needs the lock."""
    return next_ids(session, 1)[0]


def next_ids(session: Session, number: int) -> range:
    """So many ids, by one statement. Needs the lock."""
    lock(session)
    statement = update(Registry).values(next_id=Registry.next_id + number).returning(Registry.next_id)
    end = int(session.execute(statement.execution_options(synchronize_session=False)).scalar_one())
    return range(end - number, end)


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """One connection on which all statements see the same moment, read only."""
    options: dict[str, Any] = {}
    if engine.dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@event.listens_for(Session, "before_flush")
def store_version(session: Session, *_: Any) -> None:
    for row in (*session.new, *session.dirty):
        if isinstance(row, Versioned) and session.is_modified(row):
            if "version" not in session.info:
                raise RuntimeError(f"a write to {type(row).__name__} without the registry's lock")
            row.changed = session.info["version"]


@event.listens_for(Session, "after_commit")
@event.listens_for(Session, "after_rollback")
def forget_version(session: Session) -> None:
    session.info.pop("version", None)


@event.listens_for(Engine, "handle_error")
def hide_values_in(context: ExceptionContext) -> None:
    """In the driver's error, and in SQLAlchemy's, which has taken its text."""
    error, text = context.original_exception, hide_values(context.original_exception)
    if text is not None and context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = (f"({type(error).__module__}.{type(error).__name__}) {text}",)


@event.listens_for(Engine, "connect")
def prepare_sqlite(connection: Any, _: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", f"busy_timeout={PATIENT_MS}", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    options = connection.get_execution_options()
    if options.get("writes"):
        driver: Any = connection.connection.dbapi_connection  # an import's detached connection has no driver_connection
        driver.execute(f"PRAGMA busy_timeout={HASTY_MS if options.get('hasty') else PATIENT_MS}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")
