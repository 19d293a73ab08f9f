"""Trouble that can be foreseen is one line on standard error and exit code 1, a wrong call 2; a script can rely on both.

The first are processes, as a script starts them.
"""

import sqlite3

import pytest

from tests.commands import CommandLine
from tests.demo import NORTHLIGHT

SECRET = "s3cr3t-of-the-database"


def test_help_describes_every_command_in_a_sentence(empty: CommandLine) -> None:
    said = empty.process("--help")
    assert (said.code, said.err) == (0, "")
    listed = said.out.partition("Commands:\n")[2].splitlines()
    names = [line.split()[0] for line in listed if line[2] != " "]
    assert {"approve", "check", "create-admin", "demo", "keys", "migrate", "reset-password", "serve"} <= set(names)
    assert all(len(line.split()) > 3 for line in listed)


def test_an_unknown_command_is_a_wrong_call(empty: CommandLine) -> None:
    assert empty.process("destroy").code == 2


def test_a_missing_setting_is_named(empty: CommandLine) -> None:
    said = empty.process("migrate", PORTAL_SECRET_KEY="x" * 40)
    assert said.code == 1
    assert "PORTAL_DATABASE_URL, PORTAL_PEPPERS, PORTAL_AUDIT_KEY, PORTAL_PUBLIC_URL" in said.line


def test_an_unreachable_server_is_one_line_without_its_password(production: CommandLine) -> None:
    said = production("approve", PORTAL_DATABASE_URL=f"postgresql://portal:{SECRET}@127.0.0.1:1/portal")
    assert said.code == 1
    assert "The database can't be used" in said.line
    assert SECRET not in said.err


def test_a_file_that_is_no_database_is_one_line(demo: CommandLine) -> None:
    for leftover in demo.data.glob("portal.sqlite3-*"):
        leftover.unlink()
    (demo.data / "portal.sqlite3").write_text("This is a diary.\n" * 100)
    assert "file is not a database" in demo("approve").line


def test_a_busy_database_is_one_line(demo: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.db.session.PATIENT_MS", 100)
    connection = sqlite3.connect(demo.data / "portal.sqlite3", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    said = demo("create-admin", "--email", "a@example.net", "--organization", NORTHLIGHT)
    connection.close()
    assert said.code == 1
    assert "The database is busy" in said.line
