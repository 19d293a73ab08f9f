"""What a portal that serves does about a database that is away: one request finds out, the others are refused at once until it is back.

A breaker for each process. While it is open one probe a second looks whether the database answers, in a thread of its own, and every
request for it is refused. Each cause is told once a minute in the log.
"""

import logging
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any

import psycopg
from psycopg.errors import QueryCanceled

from portal.db.outages.causes import Cause, Distrusted, cause_of, summary_of
from portal.db.outages.driver_connections import PostgresqlConnection, SqliteConnection, connect_postgresql, connect_sqlite
from portal.errors import DatabaseUnavailable, PortalError, TooSlow

PROBE_SECONDS = 1  # seconds between two looks, from the beginning of one to that of the next
PROBE_BUSY_MS = 500  # milliseconds that a look waits for a SQLite file's lock
TELL_SECONDS = 60
DRIVER_ERRORS = (psycopg.Error, sqlite3.Error)
log = logging.getLogger(__name__)


@dataclass(eq=False)
class Guard:
    """`away`: why requests are refused, None while they aren't. A connection of another `outage_number` is of before an outage."""

    away: Cause | None = None
    outage_number: int = 0
    open_again: Callable[[], Any] | None = None
    logged: bool = False  # whether something is in the log since the database was last said to be back
    logged_at: dict[Cause, float] = field(default_factory=dict)
    ended: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)

    @property
    def has_connected(self) -> bool:
        return self.open_again is not None

    def connect(self, arguments: Any, options: Mapping[str, Any]) -> PostgresqlConnection | SqliteConnection:
        """Raises DatabaseUnavailable during an outage, and the driver's errors, after which there is one."""
        self.refuse()
        opens = self.connect_file if arguments and arguments[0] else self.connect_server
        return opens(list(arguments), dict(options))

    def connect_server(self, _: list[Any], options: dict[str, Any]) -> PostgresqlConnection:
        self.open_again, outage_number = lambda: connect_postgresql(options), self.outage_number
        try:
            connection = connect_postgresql(options)
        except psycopg.Error as error:
            if cause_of(error) not in {None, Cause.CROWDED} and outage_number == self.outage_number:
                self.leave(error)
            raise
        connection.watch, connection.outage_number = self, outage_number
        return connection

    def connect_file(self, arguments: list[Any], options: dict[str, Any]) -> SqliteConnection:
        path, must_exist = arguments[0], self.has_connected
        connection = connect_sqlite(path, options, must_exist=must_exist)
        connection.watch = self
        self.open_again = lambda: connect_sqlite(path, {**options, "timeout": PROBE_BUSY_MS / 1000}, must_exist=True)
        return connection

    def refuse(self) -> None:
        """Raises DatabaseUnavailable during an outage."""
        if self.away:
            raise unavailable()

    def leave(self, error: Exception) -> None:
        """Begins an outage: all connections are of before it, and a thread looks when it is over."""
        cause = cause_of(error) or Cause.AWAY
        self.tell(cause, error)
        with self.lock:
            self.outage_number += 1
            if self.away is None:
                self.away = cause
                self.ended.clear()
                Thread(target=self.look, name="database probe", daemon=True).start()

    def look(self) -> None:
        """Ends the outage with the first look that finds the database there."""
        while not self.ended.is_set():
            began = monotonic()
            try:
                self.probe()
            except DRIVER_ERRORS as error:
                self.tell(cause_of(error) or Cause.AWAY, error)
                self.ended.wait(max(0.0, began + PROBE_SECONDS - monotonic()))
            else:
                self.come_back()
        self.away = None

    def come_back(self) -> None:
        self.ended.set()
        if self.logged:
            log.warning("The database is back.")
        self.logged = False

    def probe(self) -> None:
        """Raises one of DRIVER_ERRORS while the database is away."""
        assert self.open_again
        connection = self.open_again()
        try:
            connection.execute("SELECT 1 FROM sqlite_master" if isinstance(connection, SqliteConnection) else "SELECT 1")
        finally:
            connection.close()

    def close(self) -> None:
        """Ends the looking; what comes next finds out anew."""
        self.ended.set()

    def refusal_of(self, error: BaseException, *, reading: bool = False) -> PortalError | None:
        """Returns what to raise instead of a driver's error, told in the log; None for one that isn't about the state of the database.

        `reading`: a lock that holds off a reader holds off everyone, and a reader that may not write has a mistake in its statement.
        """
        if isinstance(error, QueryCanceled):
            return TooSlow("This took the database too long and was stopped. Ask for less at once, or later.")
        cause = cause_of(error)
        if cause is None or not isinstance(error, Exception) or (reading and is_refused_write(error)):
            return None
        if cause is Cause.BUSY and reading and isinstance(error, sqlite3.Error):
            self.leave(error)
        elif not isinstance(error, Distrusted):
            self.tell(cause, error)
        return unavailable()

    def tell(self, cause: Cause, error: Exception) -> None:
        """At most once a minute for each cause."""
        with self.lock:
            at = monotonic()
            if at - self.logged_at.get(cause, -TELL_SECONDS) < TELL_SECONDS:
                return
            self.logged_at[cause], self.logged = at, True
        log.warning("%s: %s. Requests that need it are answered with 503 until this is over.", cause, summary_of(error))


def is_refused_write(error: Exception) -> bool:
    """SQLite has other codes for a file that it can't even read without writing beside it."""
    return cause_of(error) is Cause.READ_ONLY and getattr(error, "sqlite_errorcode", sqlite3.SQLITE_READONLY) == sqlite3.SQLITE_READONLY


def unavailable() -> DatabaseUnavailable:
    return DatabaseUnavailable("The database is unavailable just now. Try again in a moment.")
