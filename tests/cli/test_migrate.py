"""`portal migrate`, and what commands say of a database that it hasn't seen."""

import sqlite3

import pytest

from tests.commands import CommandLine

pytestmark = pytest.mark.sql


def test_migrate_says_nothing_and_can_be_repeated(production: CommandLine) -> None:
    for _ in range(2):
        said = production.ok("migrate")
        assert (said.out, said.err) == ("", "")
    assert "All is well." in production.ok("check").out


@pytest.mark.parametrize("command", ["approve", "serve --port 1", "keys list --organization 1", "reset-password --email a@example.net"])
def test_an_unmigrated_database_is_refused_with_the_cure(empty: CommandLine, command: str) -> None:
    said = empty(*command.split())
    assert said.code == 1
    assert said.line.endswith("Run: portal migrate")


def test_an_older_database_is_refused_with_the_cure(demo: CommandLine) -> None:
    store_migration(demo, "0001")
    assert demo("approve").line.endswith("Run: portal migrate")


@pytest.mark.parametrize("command", ["migrate", "approve"])
def test_a_database_of_a_newer_release_is_refused(demo: CommandLine, command: str) -> None:
    store_migration(demo, "9999")
    said = demo(command)
    assert said.code == 1
    assert "migration 9999" in said.line


@pytest.mark.parametrize("command", ["migrate", "approve", "serve --port 1"])
def test_a_changed_pepper_is_refused_by_name(migrated: CommandLine, command: str) -> None:
    said = migrated(*command.split(), PORTAL_PEPPERS=f"1:{'x' * 40}")
    assert said.code == 1
    assert "Pepper 1 of PORTAL_PEPPERS" in said.line


def store_migration(portal: CommandLine, number: str) -> None:
    with sqlite3.connect(portal.data / "portal.sqlite3") as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (number,))
    connection.close()
