"""What a driver's error says about the database: that it is away, busy, full, read-only or damaged, or nothing of the kind."""

import sqlite3
from enum import StrEnum

import psycopg


class Cause(StrEnum):
    """Why the database can't be used, as the log says it."""

    AWAY = "The database is away"
    HUNG = "The database doesn't answer"
    CROWDED = "The database takes no more connections"
    BUSY = "The database is locked by another process"
    READ_ONLY = "The database can only be read"
    DISK = "The database can't use its disk"
    DAMAGED = "The database is damaged"


SQLITE_CAUSES = {
    sqlite3.SQLITE_CANTOPEN: Cause.AWAY,
    sqlite3.SQLITE_PERM: Cause.AWAY,
    sqlite3.SQLITE_AUTH: Cause.AWAY,
    sqlite3.SQLITE_NOTADB: Cause.DAMAGED,
    sqlite3.SQLITE_CORRUPT: Cause.DAMAGED,
    sqlite3.SQLITE_BUSY: Cause.BUSY,
    sqlite3.SQLITE_LOCKED: Cause.BUSY,
    sqlite3.SQLITE_PROTOCOL: Cause.BUSY,
    sqlite3.SQLITE_READONLY: Cause.READ_ONLY,
    sqlite3.SQLITE_FULL: Cause.DISK,
    sqlite3.SQLITE_IOERR: Cause.DISK,
    sqlite3.SQLITE_NOLFS: Cause.DISK,
}
# By SQLSTATE, or by its class, the first two characters.
POSTGRESQL_CAUSES = {
    "08": Cause.AWAY,
    "28": Cause.AWAY,
    "3D": Cause.AWAY,
    "57P": Cause.AWAY,
    "25P03": Cause.AWAY,
    "53300": Cause.CROWDED,
    "53": Cause.DISK,  # or memory
    "58": Cause.DISK,
    "55P03": Cause.BUSY,
    "40P01": Cause.BUSY,
    "25006": Cause.READ_ONLY,
    "XX001": Cause.DAMAGED,
    "XX002": Cause.DAMAGED,
}
CROWDED_WORDS = ("too many clients", "too many connections", "connection slots")  # libpq gives no SQLSTATE for a refused connection


class Distrusted(psycopg.OperationalError):
    """A connection of before an outage, closed without being used. Nothing was sent."""


class Hung(psycopg.OperationalError):
    """The server hasn't answered for as long as it may, so the connection was closed."""


def cause_of(error: BaseException) -> Cause | None:
    """Returns None for an error that isn't about the state of the database, such as a mistake in a statement."""
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", None)  # an extended one
        return None if code is None else SQLITE_CAUSES.get(code & 0xFF)
    if isinstance(error, (Hung, psycopg.errors.ConnectionTimeout)):
        return Cause.HUNG
    if not isinstance(error, psycopg.Error):
        return None
    if error.sqlstate:
        return next((POSTGRESQL_CAUSES[key] for length in (5, 3, 2) if (key := error.sqlstate[:length]) in POSTGRESQL_CAUSES), None)
    if not isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)):
        return None
    return Cause.CROWDED if any(words in str(error) for words in CROWDED_WORDS) else Cause.AWAY


def summary_of(error: BaseException) -> str:
    """Returns the first line of what the driver says, without DETAIL, where values of a row could be."""
    said = str(error.diag.message_primary or error) if isinstance(error, psycopg.Error) else str(error)
    return said.strip().partition("\n")[0] or type(error).__name__
