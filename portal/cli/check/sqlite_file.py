"""A SQLite database as a file: where it is, whether it is whole, and whether it can be written."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from stat import S_ISVTX

import click
from sqlalchemy import Connection, text

from portal.cli.check.folders import about_folder
from portal.db.file_modes import GROUP_AND_OTHERS, open_files

MAY_WRITE = 0o022  # bits of group and others
MAX_DAMAGES = 5  # that are looked for
MAX_TABLES_NAMED = 5
ORPHANS = text('SELECT "table", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2 ORDER BY 1, 2')
RESTORE = "Stop the portal, keep a copy of the file, and restore a backup: docs/operate.md says how."
DISK_ERRORS = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}


def about_sqlite_file(path: Path) -> Iterator[str]:
    """The folder, too, because SQLite writes its log beside the file."""
    if files := " ".join(quote(str(file)) for file in open_files(path)):
        yield f"{path} can be opened by others. Run: chmod 600 {files}"
    if path.parent.exists():
        yield from about_others_in(path.parent)
        yield from about_folder(path.parent, path.stat().st_size if path.exists() else 0)


def about_others_in(folder: Path) -> Iterator[str]:
    """Who may write there can put another file in the database's place; who may read there sees no more than names."""
    mode = folder.stat().st_mode
    if mode & MAY_WRITE and not mode & S_ISVTX:
        yield f"Others can replace the database, because they can write in {folder}. Run: chmod go-w {quote(str(folder))}"
    elif mode & GROUP_AND_OTHERS:
        click.echo(
            f"Note: {folder}, where the database is, can be opened by others. The database's own files can't, unless a problem says so."
        )


def about_sqlite(connection: Connection) -> Iterator[str]:
    """What the portal relies on, and whether every page can be read."""
    if connection.scalar(text("PRAGMA journal_mode")) != "wal":
        yield "SQLite can't log ahead on this file system. Put the database on a local disk."
    if connection.scalar(text("PRAGMA foreign_keys")) != 1:
        yield "This SQLite doesn't check foreign keys. Use a Python whose SQLite was built with them."
    damages = connection.scalars(text(f"PRAGMA quick_check({MAX_DAMAGES})")).all()
    if damages != ["ok"]:
        yield damaged(str(damages[0]))


def about_orphans(connection: Connection) -> Iterator[str]:
    """Rows that another program wrote or left without their foreign keys: pages fail on them, and migrations refuse them."""
    tables = connection.execute(ORPHANS).all()
    names = [f"{table} ({count:,} to {parent})" for table, parent, count in tables[:MAX_TABLES_NAMED]]
    if names:
        more = ", …" if len(tables) > MAX_TABLES_NAMED else ""
        yield (
            f"Some rows refer to rows that aren't there: {', '.join(names)}{more}. Stop the portal, list them with sqlite3 and "
            "PRAGMA foreign_key_check, and delete or mend them; or restore a backup."
        )


def damaged(reason: str) -> str:
    return f"The database file is damaged ({' '.join(reason.split())}). {RESTORE}"


def sqlite_problem(error: sqlite3.Error) -> str | None:
    """Returns the problem that SQLite reports, with its cure; None for one that isn't the file's."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without what it says more
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return damaged(str(error))
    if code == sqlite3.SQLITE_READONLY:
        return "The database file can't be written. Let the user that runs the portal write it and its folder."
    if code in DISK_ERRORS:
        return f"The database file can't be written ({error}). Free some space on its disk, and see that the disk is sound."
    return None
