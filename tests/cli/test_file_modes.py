"""Who else on the machine can open the files of a registry: nobody, whatever the umask is, and `portal check` says where somebody can."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import pytest

from tests.commands import CommandLine, in_production


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    """As on most machines: new files can be read by all."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "place" / "portal.sqlite3"


@pytest.fixture
def portal(tmp_path: Path, database: Path) -> CommandLine:
    """With production settings and SQLite."""
    return in_production(tmp_path, f"sqlite:///{database}")


def mode(path: Path) -> str:
    return f"{path.stat().st_mode & 0o777:o}"


def files(database: Path) -> dict[str, str]:
    return {path.name: mode(path) for path in database.parent.iterdir()}


def test_a_database_its_log_and_the_folder_that_is_made_are_for_their_owner_alone(portal: CommandLine, database: Path) -> None:
    portal.ok("migrate")
    assert mode(database.parent) == "700"
    with closing(connect(database)) as connection:  # so that the log and its index are there
        connection.execute("SELECT * FROM registry")
        assert files(database) == {"portal.sqlite3": "600", "portal.sqlite3-wal": "600", "portal.sqlite3-shm": "600"}


def test_what_a_command_makes_before_the_migration_is_for_its_owner_too(portal: CommandLine, database: Path) -> None:
    database.parent.mkdir()
    assert portal("members", "list", "--organization", "1").code == 1
    assert files(database)["portal.sqlite3"] == "600"


def test_a_folder_that_is_there_stays_as_it_is_and_is_told(portal: CommandLine, database: Path) -> None:
    database.parent.mkdir(mode=0o755)
    portal.ok("migrate")
    assert mode(database.parent) == "755"
    said = portal.ok("check")
    assert f"Note: {database.parent}, where the database is, can be opened by others." in said.out


def test_a_folder_in_which_others_write_is_a_problem_with_its_cure(portal: CommandLine, database: Path) -> None:
    portal.ok("migrate")
    database.parent.chmod(0o777)
    said = portal("check")
    assert said.code == 1
    assert f"Run: chmod go-w {database.parent}" in said.out


def test_files_that_others_can_read_are_a_problem_with_its_cure(portal: CommandLine, database: Path) -> None:
    portal.ok("migrate")
    database.chmod(0o644)
    said = portal("check")
    assert said.code == 1
    assert f"Problem: {database} can be opened by others. Run: chmod 600 {database}\n" in said.out
    database.chmod(0o600)
    portal.ok("check")


def test_an_upgrade_closes_what_a_release_before_left_open(portal: CommandLine, database: Path) -> None:
    portal.ok("migrate")
    database.chmod(0o644)
    portal.ok("migrate")
    portal.ok("check")


def test_a_folder_that_can_not_be_made_is_told(portal: CommandLine, database: Path) -> None:
    database.parent.touch()
    said = portal("migrate")
    assert said.code == 1
    assert f"The folder {database.parent} can't be made" in said.line
