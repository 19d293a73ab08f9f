"""Whether this process can do its work. Anyone may ask, and often, so it is looked at once a second at most."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

from sqlalchemy import Connection, inspect, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from portal.db.base import UNFINISHED_RESTORE, Registry
from portal.db.outages.causes import Cause, cause_of
from portal.db.release import migrations, read_migration
from portal.db.session import snapshot
from portal.db.sqlite_path import sqlite_path
from portal.errors import PortalError
from portal.extensions import db, settings
from portal.limits.budgets import Budget
from portal.runtime import spending

FRESH_SECONDS = 1.0
SLOW_SECONDS = 3.0  # after which a look that goes on is an answer by itself
MIN_FREE_BYTES = 1024 * 1024  # on the disk of a SQLite file: less takes no write
OK = "ok"
READ_ONLY = text(
    "SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only')::bool OR NOT has_table_privilege('registry', 'UPDATE')"
)
T = TypeVar("T")


@dataclass(frozen=True)
class Look:
    """Each part by name: "ok", or what is wrong with it in a word or two, for anyone to read."""

    parts: Mapping[str, str]
    version: int | None = None

    @property
    def ready(self) -> bool:
        """Without Redis each worker counts by itself, and an older release goes on beside a newer one: no reason to send no requests."""
        return all(self.parts.get(name) == OK for name in ("database", "writing")) and self.parts.get("migrations") in {OK, "newer"}


class LastLook(Generic[T]):
    """Looks again where the last look isn't fresh; one caller at a time, while the others get the last one."""

    def __init__(self, unanswered: T) -> None:
        self.lock = Lock()
        self.unanswered = unanswered
        self.seen: T | None = None
        self.at = 0.0

    def ask(self, look: Callable[[], T]) -> T:
        if self.seen is not None and monotonic() - self.at < FRESH_SECONDS:
            return self.seen
        if self.lock.acquire(timeout=FRESH_SECONDS if self.seen is None else 0):
            try:
                self.seen = look()
                self.at = monotonic()
                return self.seen
            finally:
                self.lock.release()
        return self.seen if self.seen is not None and monotonic() - self.at < SLOW_SECONDS else self.unanswered


def look() -> Look:
    """In the order in which one failing makes the rest meaningless."""
    try:
        with snapshot(db.engine) as connection:
            state = migration_state(connection)
            if state not in {OK, "newer"}:
                return Look({"database": OK, "migrations": state})
            version = connection.scalar(select(Registry.version))
            read_only = connection.dialect.name == "postgresql" and bool(connection.scalar(READ_ONLY))
    except (SQLAlchemyError, PortalError):
        return Look({"database": "unreachable"})
    writing = "refused" if read_only else try_to_write()
    return Look({"database": OK, "migrations": state, "writing": writing, **redis_state()}, version)


def migration_state(connection: Connection) -> str:
    if inspect(connection).has_table(UNFINISHED_RESTORE):
        return "restore unfinished"
    migration = read_migration(connection)
    if migration is not None and migration not in migrations():
        return "newer"
    return OK if migration == max(migrations()) else "pending"


def try_to_write() -> str:
    """Of a SQLite file: writes and takes it back. Where another process holds it, that one writes."""
    path = sqlite_path(db.engine.url)
    if path is None:
        return OK
    try:
        if shutil.disk_usage(path.parent).free < MIN_FREE_BYTES:
            return "disk full"
        with db.engine.connect().execution_options(writes=True, hasty=True) as connection, connection.begin() as transaction:
            connection.execute(
                update(Registry).values(version=Registry.version)
            )  # SQLite takes the lock of a file that can only be read, too
            transaction.rollback()
        return OK
    except (SQLAlchemyError, PortalError) as error:
        return OK if isinstance(error.__cause__, Exception) and cause_of(error.__cause__) is Cause.BUSY else "refused"
    except OSError:
        return "refused"


def redis_state() -> dict[str, str]:
    """Asks as a request would. While Redis is away, few do."""
    if settings().redis_url is None:
        return {}
    spending().left([Budget("failures", "readyz", 1)])
    return {"redis": "away" if spending().is_away else OK}
