"""SQLite's part: what a file holds, and the change from one database to another."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from portal.db.private_file import OWNER_ONLY, sync
from portal.errors import ConfigurationError, Conflict

MAGIC = b"SQLite format 3\0"
SECONDS_TO_WAIT = 1  # for another process to let go of the database


def read_migration(file: Path) -> str | None:
    """Returns the migration of the registry that the file holds, None where it holds none. Raises ConfigurationError for a damaged file."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?immutable=1", uri=True)) as connection:
            if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'alembic_version'").fetchone():
                return None
            return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    except (sqlite3.DatabaseError, TypeError) as error:
        raise ConfigurationError(f"{file} can't be read: {error}. Take another backup.") from error


@contextmanager
def sole_owner(database: Path) -> Iterator[None]:
    """Keeps every other process out of the database for the block. Raises Conflict while one has it open.

    What stands in its write-ahead log is taken in first, so that the log can't be mistaken for one of the database that comes next.
    """
    with closing(sqlite3.connect(database, timeout=SECONDS_TO_WAIT, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                raise ConfigurationError(f"{database} can't be replaced: {error}.") from error
            raise Conflict(f"Another process has {database} open. Stop the portal and its commands, and try again.") from error
        except sqlite3.DatabaseError:
            pass  # it is damaged: no one can write to it
        yield


def replace_database(database: Path, draft: Path, kept: Path) -> None:
    """Puts the draft in the database's place, at once; what was there is kept. Raises Conflict while another process has it open.

    A kill at any moment leaves the one database or the other.
    """
    sync(draft)
    if not database.exists():
        draft.replace(database)
        sync(database.parent)
        return
    with sole_owner(database):
        os.link(database, kept)
        kept.chmod(OWNER_ONLY)
        for suffix in ("-wal", "-shm", "-journal"):  # only a damaged database has them still
            log = database.with_name(database.name + suffix)
            if log.exists():
                log.rename(kept.with_name(kept.name + suffix))
        draft.replace(database)
        sync(database.parent)
