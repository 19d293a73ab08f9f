"""A SQLite database is copied before it is upgraded; of a PostgreSQL database it is said that this is for pg_dump."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from portal.cli.context import open_database, stored_migration
from portal.db.session import now
from tests.apps import settings_for
from tests.commands import PORTAL
from tests.migrations.older import NEWEST, FilledDatabase, Older, Rows


def test_the_copy_is_the_database_as_it_was(older_sqlite: Older, tmp_path: Path) -> None:
    with older_sqlite("0010") as database:
        portal = database.command_line(tmp_path)
        before = database.rows()
        said = portal.ok("migrate")
        (copy,) = copies(database)
        assert (said.out, said.err) == ("", f"Migrated from 0010 to {NEWEST}. The database as it was before is in {copy}.\n")
        assert rows_in(copy, database) == ("0010", before)


def test_the_copy_is_for_its_owner_alone(older_sqlite: Older, tmp_path: Path) -> None:
    with older_sqlite("0010") as database:
        database.command_line(tmp_path).ok("migrate")
        assert [path.stat().st_mode & 0o777 for path in copies(database)] == [0o600]


def test_a_copy_that_was_killed_is_cleared_away(older_sqlite: Older, tmp_path: Path) -> None:
    with older_sqlite("0010") as database:
        half = Path(database.url.removeprefix("sqlite:///"))
        half = half.with_name(f"{half.stem}-0010-20260101T000000Z.sqlite3.0123abcd.partial")
        half.write_bytes(b"half")
        database.command_line(tmp_path).ok("migrate")
        (copy,) = copies(database)
        assert copy.suffix == ".sqlite3"


def test_a_copy_never_replaces_another(older_sqlite: Older, tmp_path: Path) -> None:
    """A migration that is tried again within the second in which it was killed finds a copy of that second."""
    with older_sqlite("0010") as database:
        portal = database.command_line(tmp_path)
        path = Path(database.url.removeprefix("sqlite:///"))
        others = [path.with_name(f"{path.stem}-0010-{now() + timedelta(seconds=later):%Y%m%dT%H%M%SZ}.sqlite3") for later in range(120)]
        for other in others:
            other.write_bytes(b"another")
        portal.ok("migrate")
        assert len(copies(database)) == 1 + len(others)
        assert {other.read_bytes() for other in others} == {b"another"}


def test_without_room_for_a_copy_nothing_is_changed(older_sqlite: Older, tmp_path: Path) -> None:
    with older_sqlite("0010") as database:
        portal = database.command_line(tmp_path)
        before = database.rows()
        limited = ["sh", "-c", 'ulimit -f 100 && exec "$@"', "sh", *PORTAL, "migrate"]  # kilobytes or half ones: less than a database
        ended = subprocess.run(limited, env=portal.environment(), capture_output=True, text=True, check=False)
        assert ended.returncode == 1
        assert ended.stderr.startswith("Error: Nothing was changed, because no copy could be made first: ")
        assert "Make 1 MB of room in " in ended.stderr
        assert (stored_migration(), copies(database)) == ("0010", [])
        assert database.rows() == before


@pytest.mark.needs("postgresql")
def test_on_postgresql_it_is_said_that_a_dump_is_needed(older_postgresql: Older, tmp_path: Path) -> None:
    with older_postgresql("0010") as database:
        portal = database.command_line(tmp_path)
        assert "to go back, you need a backup that `portal backup` made" in portal.ok("migrate").err
        assert portal.ok("migrate").err == ""


def copies(database: FilledDatabase) -> list[Path]:
    """Whole ones and half ones."""
    path = Path(database.url.removeprefix("sqlite:///"))
    return list(path.parent.glob(f"{path.stem}-????-*"))


def rows_in(copy: Path, database: FilledDatabase) -> tuple[str | None, Rows]:
    with open_database(settings_for(f"sqlite:///{copy}", copy.parent)):
        return stored_migration(), database.rows()
