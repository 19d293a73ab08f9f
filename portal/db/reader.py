"""Snapshots for automation: one driver connection whose statements all see the same moment, with nothing between us and the driver.

What SQLAlchemy does for a statement besides sending it costs several times what SQLite does; pages and writes are glad of it, the read path
of GraphQL isn't. So these connections are a pool of their own: they can only read, and stay prepared for it.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg.errors import QueryCanceled
from psycopg.pq import TransactionStatus
from sqlalchemy import Dialect, Engine, event
from sqlalchemy.orm import Session

from portal.db.driver_errors import hide_values
from portal.db.outages.driver_connections import MAX_SESSION_MS
from portal.db.outages.engine_events import guard_of
from portal.db.outages.guard import DRIVER_ERRORS
from portal.db.session import PATIENT_MS
from portal.errors import TooSlow

MAPPED_BYTES = 256 * 1024 * 1024  # of a SQLite file, read without a system call
MAX_STATEMENT_SECONDS = 2
STEPS_BETWEEN_LOOKS = 10_000  # at the clock: instructions of SQLite's machine, some tenths of a millisecond
MAX_TURN_SECONDS = 0.02  # that a thread waits for another that reads rows
Row = tuple[Any, ...]
turn = Lock()


@dataclass
class Pool:
    """Connections that nobody reads by just now, the last used first; there are as many as were ever read by at once, one for a thread.

    `epoch`: the registry's, None where it wasn't read since a connection was opened. No connection outlives a restore, which changes it.
    """

    connect: Callable[[], Any]
    idle: list[Any] = field(default_factory=list)
    closed: bool = False
    epoch: int | None = None

    def take(self) -> Any:
        """Raises DatabaseUnavailable, or the driver's error."""
        while self.idle:
            try:
                connection = self.idle.pop()
            except IndexError:
                break  # another thread was faster
            if not connection.stale:
                return connection
            connection.close()
        self.epoch = None
        return self.connect()

    def give(self, connection: Any) -> None:
        if self.closed:
            connection.close()
        else:
            self.idle.append(connection)

    def close(self) -> None:
        self.closed = True
        while self.idle:
            self.idle.pop().close()


pools: WeakKeyDictionary[Engine, Pool] = WeakKeyDictionary()


class Snapshot:
    """Opened when first something is read: a request that is refused before costs no connection. A context manager."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.pool, self.guard = pool_of(engine), guard_of(engine)
        self.lent: Any = None
        self.cursor: Any = None
        self.deadline = 0.0
        self.stopped = self.for_values = False

    @property
    def dialect(self) -> Dialect:
        return self.engine.dialect

    def rows(self, sql: str, parameters: Mapping[str, Any] | Sequence[Any] = ()) -> list[Row]:
        """All rows of a statement, in the driver's own types.

        Raises TooSlow for one that ran too long, and for all after it, and DatabaseUnavailable.
        """
        cursor = self.cursor or self.open()
        self.deadline = monotonic() + MAX_STATEMENT_SECONDS
        try:
            cursor.execute(sql, parameters)
            rows = self.fetch(cursor)
        except DRIVER_ERRORS as error:
            if isinstance(error, QueryCanceled) or getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT:
                self.close()
                self.stopped = True  # no other statement of the request runs
                raise too_slow() from error
            self.refuse(error)
            hide_values(error)
            raise
        return rows

    def fetch(self, cursor: Any) -> list[Row]:
        """All rows. Python's SQLite lets other threads run at each row; two that read at once would change places at each, for twice the
        work. So they take turns, but wait for no slow one."""
        rows: list[Row]
        if self.dialect.name != "sqlite":
            rows = cursor.fetchall()
        elif turn.acquire(timeout=MAX_TURN_SECONDS):
            try:
                rows = cursor.fetchall()
            finally:
                turn.release()
        else:
            rows = cursor.fetchall()
        return rows

    def epoch(self) -> int:
        """The registry's epoch, by a statement only where a connection was opened since it was last read."""
        self.cursor = self.cursor or self.open()
        if self.pool.epoch is None:
            self.pool.epoch = int(self.rows("SELECT epoch FROM registry")[0][0])
        return self.pool.epoch

    def plan_for_values(self) -> None:
        """The statements that follow are planned for the very values that they bind.

        Planning takes PostgreSQL longer than most statements; what looks at many rows is worth it.
        """
        if self.dialect.name == "postgresql" and not self.for_values:
            self.for_values = True
            try:
                (self.cursor or self.open()).execute("SET LOCAL plan_cache_mode = force_custom_plan")
            except psycopg.Error as error:
                self.refuse(error)
                raise

    def is_late(self) -> bool:
        """SQLite asks now and then; PostgreSQL has a clock of its own."""
        return monotonic() > self.deadline

    def open(self) -> Any:
        """A cursor in a transaction. Pooled connections whose server went away meanwhile are thrown away."""
        if self.stopped:
            raise too_slow()
        self.guard.refuse()
        try:
            while self.pool.idle:
                try:
                    return self.begin()
                except psycopg.OperationalError:
                    self.give_back(broken=True)
            return self.begin()
        except DRIVER_ERRORS as error:
            self.refuse(error)
            raise

    def refuse(self, error: Exception) -> None:
        """Raises DatabaseUnavailable instead of an error that says so. Its connection isn't used again."""
        refusal = self.guard.refusal_of(error, reading=True)
        if refusal is not None:
            self.give_back(broken=True)
            raise refusal from error

    def begin(self) -> Any:
        self.lent = self.pool.take()
        if self.dialect.name == "sqlite":
            self.cursor = self.lent.cursor()
            self.cursor.connection.set_progress_handler(self.is_late, STEPS_BETWEEN_LOOKS)
            self.deadline = monotonic() + MAX_STATEMENT_SECONDS
        else:
            self.cursor = self.lent.cursor(binary=True)  # rows of numbers arrive in two thirds of the time
        self.cursor.execute("BEGIN")
        return self.cursor

    def give_back(self, *, broken: bool) -> None:
        lent, self.lent, self.cursor = self.lent, None, None
        if lent is not None and broken:
            lent.close()
        elif lent is not None:
            self.pool.give(lent)

    def __enter__(self) -> "Snapshot":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def close(self) -> None:
        if self.cursor is None:
            return
        try:
            self.cursor.execute("ROLLBACK")  # nothing was written
        except (psycopg.Error, OSError):
            self.give_back(broken=True)
        self.give_back(broken=False)


class SessionSnapshot(Snapshot):
    """Reads on the connection of a session, inside its transaction: what it has written is seen before it is committed.

    A mutation answers from its own rows with it. Each statement leaves the connection as it was, because the session goes on to use it.
    After TooSlow the session can only be rolled back: PostgreSQL has given up its transaction.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session.get_bind().engine)
        self.session = session

    def rows(self, sql: str, parameters: Mapping[str, Any] | Sequence[Any] = ()) -> list[Row]:
        try:
            return super().rows(sql, parameters)
        finally:
            self.close()

    def open(self) -> Any:
        if self.stopped:
            raise too_slow()
        self.session.flush()
        connection: Any = self.session.connection().connection.dbapi_connection
        if self.dialect.name == "sqlite":
            self.cursor = connection.cursor()
            connection.set_progress_handler(self.is_late, STEPS_BETWEEN_LOOKS)
        else:
            self.cursor = connection.cursor(binary=True)
            self.cursor.execute(f"SET LOCAL statement_timeout = '{MAX_STATEMENT_SECONDS}s'")
        return self.cursor

    def give_back(self, *, broken: bool) -> None:
        """The connection is the session's."""

    def plan_for_values(self) -> None:
        """PostgreSQL chooses by itself here: the session's connection isn't told to plan without values."""

    def close(self) -> None:
        if self.cursor is None:
            return
        cursor, self.cursor = self.cursor, None
        if self.dialect.name == "sqlite":
            cursor.connection.set_progress_handler(None, 0)
        elif cursor.connection.info.transaction_status is TransactionStatus.INTRANS:
            cursor.execute(f"SET LOCAL statement_timeout = {MAX_SESSION_MS}")
        cursor.close()


def too_slow() -> TooSlow:
    return TooSlow(f"A statement for this ran longer than {MAX_STATEMENT_SECONDS} s and was stopped. Ask for less at once, or later.")


def pool_of(engine: Engine) -> Pool:
    """The engine's pool of reading connections, closed with it."""
    pool = pools.get(engine)
    if pool is None:
        pool = pools.setdefault(engine, make_pool(engine))
    return pool


def make_pool(engine: Engine) -> Pool:
    arguments, options = engine.dialect.create_connect_args(engine.url)
    prepare = prepare_sqlite if engine.dialect.name == "sqlite" else prepare_postgresql
    guard = guard_of(engine)
    return Pool(lambda: prepare(guard.connect(arguments, options)))


def prepare_sqlite(connection: Any) -> Any:
    connection.isolation_level = None
    for pragma in ("query_only=ON", f"mmap_size={MAPPED_BYTES}", f"busy_timeout={PATIENT_MS}"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def prepare_postgresql(connection: Any) -> Any:
    """BEGIN is ours, so that the driver adds none; what it means is set once."""
    connection.autocommit = True
    connection.execute("SET default_transaction_isolation = 'repeatable read'")
    connection.execute("SET default_transaction_read_only = on")
    connection.execute("SET plan_cache_mode = force_generic_plan")
    connection.execute(f"SET statement_timeout = '{MAX_STATEMENT_SECONDS}s'")
    return connection


@event.listens_for(Engine, "engine_disposed")
def dispose(engine: Engine) -> None:
    pool = pools.pop(engine, None)
    if pool is not None:
        pool.close()
