"""The drivers' connections of a portal that serves: none waits for long, none outlives an outage, none writes into a file that is gone."""

import os
import sqlite3
from time import monotonic
from typing import Any, Protocol

import psycopg
from psycopg.errors import _WaitTimeout
from psycopg.rows import TupleRow

from portal.db.outages.causes import Distrusted, Hung
from portal.db.session import LOCK_MS

MAX_SILENT_SECONDS = 4.5  # that a server may need for one answer, network included; then it is taken for hung
MAX_SESSION_MS = 4000  # milliseconds that a session's statement may run: shorter, so that a server that is only busy says so itself
# A server that vanishes is noticed by the kernel, too: also where we wait for nothing. What an address in the settings says goes first.
NETWORK_LIMITS = {
    "connect_timeout": 2,  # seconds for each address of the server, the least that libpq knows
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 5000,
}
SECONDS_BETWEEN_LOOKS = 0.1  # at a SQLite file that is only read
Identity = tuple[int, int]


class Watch(Protocol):
    """Counts outages, and is told of the next one."""

    outage_number: int

    def refuse(self) -> None: ...

    def leave(self, error: Exception) -> None: ...


class PostgresqlConnection(psycopg.Connection[TupleRow]):
    """Every wait for the server goes through wait(): a stopped one acknowledges what TCP sends and would be waited for without end."""

    watch: Watch | None = None  # None: it looks whether the server is back, during an outage
    outage_number = 0

    @property
    def stale(self) -> bool:
        return self.watch is not None and self.outage_number != self.watch.outage_number

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Raises Distrusted for a connection of before an outage, and Hung after MAX_SILENT_SECONDS; both close it."""
        if self.stale:
            self.close()
            raise Distrusted("the connection was closed because the database was away")
        try:
            return super().wait(gen, interval, timeout or MAX_SILENT_SECONDS)
        except _WaitTimeout:
            hung = Hung(f"no answer for {timeout or MAX_SILENT_SECONDS} s")
            if self.watch is not None and not self.stale:
                self.watch.leave(hung)
            self.close()
            raise hung from None

    def rollback(self) -> None:
        """Of a connection that is lost the server takes everything back itself; whoever rolls back then has a better reason to tell."""
        if self.stale:
            self.close()
        try:
            super().rollback()
        except psycopg.OperationalError:
            if not self.closed:
                raise

    def set_read_only(self, value: bool | None) -> None:
        """SQLAlchemy undoes "read only" by False, which would be said at each BEGIN, and a standby refuses to be told so."""
        super().set_read_only(value or None)


class SqliteConnection(sqlite3.Connection):
    """Knows which file it has opened: one that was removed or replaced could be read and written on, and all of it would be lost."""

    watch: Watch | None = None
    path = ""
    identity: Identity | None = None
    looked_at = 0.0

    @property
    def stale(self) -> bool:
        """For reading, before which a look each time would cost a hundredth of a small request."""
        at = monotonic()
        if at - self.looked_at < SECONDS_BETWEEN_LOOKS:
            return False
        self.looked_at = at
        return self.has_lost_file

    @property
    def has_lost_file(self) -> bool:
        return self.identity is not None and identity_of(self.path) != self.identity

    def check(self) -> None:
        """Raises DatabaseUnavailable during an outage."""
        if self.watch is not None:
            self.watch.refuse()


def identity_of(path: str) -> Identity | None:
    """Returns what tells a file from another one of the same name; None where there is none."""
    try:
        status = os.stat(path)  # noqa: PTH116 - a Path costs thrice as much
    except OSError:
        return None
    return status.st_dev, status.st_ino


def connect_postgresql(options: dict[str, Any]) -> PostgresqlConnection:
    """Raises psycopg.Error."""
    connection = PostgresqlConnection.connect(**NETWORK_LIMITS | options)
    connection.autocommit = True
    connection.execute(f"SET statement_timeout = {MAX_SESSION_MS}; SET lock_timeout = {LOCK_MS}")
    connection.autocommit = False
    return connection


def connect_sqlite(path: str, options: dict[str, Any], *, must_exist: bool) -> SqliteConnection:
    """Raises sqlite3.Error, also where a file that `must_exist` is gone: SQLite would make an empty one."""
    before = identity_of(path)
    if must_exist and before is None:
        error = sqlite3.OperationalError(f"the file {path} is gone or may not be read")
        error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
        raise error
    connection = sqlite3.connect(path, factory=SqliteConnection, **options)
    connection.path, connection.identity = path, before or identity_of(path)
    return connection
