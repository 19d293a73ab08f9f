"""`portal check` on databases that are damaged, can only be read, or are written with other secrets."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import delete

from portal.db.session import begin_writing, lock
from portal.extensions import db
from portal.models import AuditKeyCheck, PepperCheck
from portal.settings import read
from tests.apps import opened
from tests.commands import CommandLine, in_production
from tests.engines import Postgresql, Sqlite

SELECTS = "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader"
OTHER_KEY = "x" * 40


@dataclass
class Reader:
    """A portal whose role has no rights yet, and the database's owner, who gives them."""

    portal: CommandLine
    owner: psycopg.Connection[Any]


@pytest.fixture
def reader(postgresql: Postgresql, tmp_path: Path) -> Iterator[Reader]:
    with postgresql.fresh() as url, psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as owner:
        portal = in_production(tmp_path, url)
        portal.ok("migrate")
        owner.execute("CREATE ROLE reader LOGIN")
        portal.environ["PORTAL_DATABASE_URL"] = url.replace("portal@", "reader@")
        yield Reader(portal, owner)
        owner.execute("DROP OWNED BY reader")
        owner.execute("DROP ROLE reader")


def overwrite(path: Path, first: int, pages: int) -> None:
    """Writes nonsense over pages, counted from 0, of a file that no one has open."""
    page = int.from_bytes(path.read_bytes()[16:18], "big")
    with path.open("r+b") as file:
        file.seek(first * page)
        file.write(b"\xa5" * page * pages)


@pytest.mark.parametrize(("first", "pages"), [(1, 1), (5, 40)])
def test_a_damaged_sqlite_file_is_a_problem(demo: CommandLine, first: int, pages: int) -> None:
    overwrite(demo.data / "portal.sqlite3", first, pages)
    said = demo("check")
    assert said.code == 1
    assert "Problem: The database file is damaged (" in said.out
    assert "restore a backup" in said.out
    assert said.line == "Error: 1 problem found."


def test_a_file_that_is_no_database_is_a_problem(demo: CommandLine) -> None:
    overwrite(demo.data / "portal.sqlite3", 0, 1)
    assert "Problem: The database file is damaged (file is not a database)" in demo("check").out


def test_rows_that_refer_to_rows_that_are_gone_are_a_problem_named_by_their_table(demo: CommandLine) -> None:
    """Up to five tables are named."""
    for parent, shown in (
        ("person", r"membership \(\d+ to person\)\. Stop"),
        ("organization", r"api_key \(\d+ to organization\), .*, …\. Stop"),
    ):
        with closing(sqlite3.connect(demo.data / "portal.sqlite3", isolation_level=None)) as connection:  # which checks no foreign keys
            connection.execute(f"DELETE FROM {parent}")
        said = demo("check")
        assert re.search(f"Problem: Some rows refer to rows that aren't there: {shown}", said.out), said.out
        assert said.line == "Error: 1 problem found."


def test_a_sqlite_database_that_is_opened_read_only_is_a_problem(sqlite: Sqlite, tmp_path: Path) -> None:
    with sqlite.fresh() as url:
        said = in_production(tmp_path, f"{url.replace(':///', ':///file:')}?mode=ro&uri=true")("check")
    assert said.code == 1
    assert "Problem: The database file can't be written." in said.out


@pytest.mark.sql
def test_a_database_that_is_being_written_is_well(migrated: CommandLine) -> None:
    with opened(read(migrated.environ)) as app, app.app_context(), db.session() as writer:
        lock(writer)
        writer.add(PepperCheck(number=-1, value=b""))
        writer.flush()
        assert "Note: another process is writing just now" in migrated.ok("check").out


@pytest.mark.needs("postgresql")
def test_a_role_that_may_only_read_is_a_problem(reader: Reader) -> None:
    reader.owner.execute(SELECTS)
    said = reader.portal("check")
    assert said.code == 1
    assert "Problem: The role reader may not use " in said.out


@pytest.mark.needs("postgresql")
def test_the_grants_that_check_names_are_the_cure(reader: Reader) -> None:
    reader.owner.execute(SELECTS)
    cure = reader.portal("check").out.partition("Run as their owner: ")[2].splitlines()[0]
    reader.owner.execute(cure.encode())
    reader.portal.ok("check")


@pytest.mark.needs("postgresql")
def test_a_role_that_is_set_to_read_only_is_a_problem(reader: Reader) -> None:
    reader.owner.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO reader")
    reader.owner.execute("ALTER ROLE reader SET default_transaction_read_only = on")
    said = reader.portal("check")
    assert "Problem: The role reader or its database is set to read only." in said.out
    assert said.line == "Error: 1 problem found."


@pytest.mark.sql
def test_another_audit_key_is_a_problem_and_no_command_works_with_it(migrated: CommandLine) -> None:
    migrated.ok("demo")
    said = migrated("check", PORTAL_AUDIT_KEY=OTHER_KEY)
    assert "Problem: PORTAL_AUDIT_KEY isn't the one that this registry's audit is written with." in said.out
    assert said.line == "Error: 1 problem found."
    assert "PORTAL_AUDIT_KEY isn't the one" in migrated("serve", PORTAL_AUDIT_KEY=OTHER_KEY).line
    migrated.ok("check")


@pytest.mark.sql
def test_a_registry_that_knows_no_key_yet_takes_only_the_one_of_its_rows(migrated: CommandLine) -> None:
    migrated.ok("demo")
    with opened(read(migrated.environ)) as app, app.app_context():
        begin_writing(db.session())
        db.session.execute(delete(AuditKeyCheck))
        db.session.commit()
        db.session.remove()
    assert "PORTAL_AUDIT_KEY isn't the one" in migrated("approve", PORTAL_AUDIT_KEY=OTHER_KEY).line
    migrated.ok("approve")
    assert "PORTAL_AUDIT_KEY isn't the one" in migrated("approve", PORTAL_AUDIT_KEY=OTHER_KEY).line


def test_counters_that_are_wrong_are_a_problem_until_they_are_repaired(demo: CommandLine) -> None:
    assert demo.ok("check", "--repair").out.startswith("Counters: all are right.")
    with closing(sqlite3.connect(demo.data / "portal.sqlite3")) as database, database:
        database.execute("UPDATE network SET ix_count = ix_count + 1 WHERE asn IN (64500, 64501)")
    said = demo("check")
    assert (said.code, "Problem: 2 records have a counter that is wrong. Run: portal check --repair" in said.out) == (1, True)
    assert demo.ok("check", "--repair").out.startswith("Counters: 2 records mended.")
    assert "All is well." in demo.ok("check").out
