"""A migration that fails, is killed or meets another one leaves the database as it was, or wholly migrated."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from portal.cli.context import stored_migration
from portal.cli.errors import DATABASE_BUSY, database_error_line
from portal.cli.upgrade import upgrade
from portal.errors import ConfigurationError
from portal.extensions import db
from tests.commands import PORTAL
from tests.migrations.older import NEWEST, Older


def test_a_step_that_fails_is_named_with_what_to_do(older: Older, tmp_path: Path) -> None:
    with older("0010") as database:
        portal = database.command_line(tmp_path)
        database.execute("CREATE TABLE mail (id INTEGER)")
        before = database.rows()
        said = portal("migrate")
        assert said.code == 1
        line = said.err.splitlines()[-1]
        assert line.startswith("Error: Migration 0014 failed: ")
        assert "mail" in line
        assert "Nothing was changed: the database is still at migration 0010. Mend what the error says and run portal migrate again" in line
        assert (stored_migration(), database.rows()) == ("0010", before)
        assert not list(tmp_path.rglob("*-0010-*"))
        database.execute("DROP TABLE mail")
        portal.ok("migrate")
        assert (stored_migration(), database.rows()) == (NEWEST, before)


def test_the_only_copy_of_a_table_is_never_dropped(older_sqlite: Older) -> None:
    """Whatever may have been interrupted between dropping the old table and naming the new one."""
    with older_sqlite("0010") as database:
        database.execute("ALTER TABLE api_key RENAME TO _alembic_tmp_api_key")
        with pytest.raises(ConfigurationError, match="Migration 0011 failed: no such table: api_key"):
            upgrade()
        assert database.execute("SELECT count(*) FROM _alembic_tmp_api_key") == [(3,)]


@pytest.mark.needs("postgresql")
def test_a_table_that_others_hold_is_told_as_busy(older_postgresql: Older) -> None:
    with older_postgresql("0010"), db.engine.connect() as holder, db.engine.connect() as waiter:
        holder.execute(text("LOCK TABLE registry"))
        waiter.execute(text("SET lock_timeout = 50"))
        with pytest.raises(OperationalError) as refused:
            waiter.execute(text("SELECT * FROM registry"))
        assert database_error_line(refused.value) == DATABASE_BUSY


def test_a_kill_between_two_steps_leaves_the_database_as_it_was(older: Older, tmp_path: Path) -> None:
    with older("0010") as database:
        portal = database.command_line(tmp_path)
        before = database.rows()
        command = [sys.executable, "-m", "tests.cli.kill_after", "CREATE UNIQUE INDEX ix_mail_once", "migrate"]
        assert subprocess.run(command, env=portal.environment(), check=False).returncode == -9
        assert (stored_migration(), database.rows()) == ("0010", before)
        portal.ok("migrate")
        assert (stored_migration(), database.rows()) == (NEWEST, before)


def test_of_two_at_once_one_migrates_and_the_other_has_nothing_to_do(older: Older, tmp_path: Path) -> None:
    with older("0003") as database:
        portal = database.command_line(tmp_path)
        before = database.rows()
        processes = [subprocess.Popen([*PORTAL, "migrate"], env=portal.environment(), stderr=subprocess.PIPE, text=True) for _ in range(2)]
        said = sorted(process.communicate()[1] for process in processes)
        assert [process.returncode for process in processes] == [0, 0]
        assert said[0] == ""
        assert said[1].startswith("Migrat")
        assert (stored_migration(), database.rows()) == (NEWEST, before)
