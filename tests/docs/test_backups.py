"""docs/backup.md followed word for word, on a copy of the demo."""

import os
from pathlib import Path

import pytest

from tests.commands import CommandLine, in_production, local
from tests.demo import NORTHLIGHT, Demo
from tests.docs.claims import prints, unclaimed
from tests.docs.shells import shell

ENVIRONMENT = {**os.environ, "PORTAL_ALLOW_DOCUMENTATION": "1"}


@pytest.fixture
def folder(built_demo: Demo, tmp_path: Path) -> Path:
    """Where the documents' commands are typed; `registry` is the demo's data folder."""
    built_demo.copy(tmp_path / "registry")
    return tmp_path


@pytest.fixture
def backed_up(folder: Path) -> Path:
    """The same, with a backup."""
    portal_of(folder, "registry").ok("backup", "registry.backup")
    return folder


def portal_of(folder: Path, data: str) -> CommandLine:
    return local(folder, folder / data)


def test_every_shell_block_is_run_or_checked_by_one_test() -> None:
    assert unclaimed("backup.md") == []


@prints("docs/backup.md", "portal backup registry.backup")
def test_a_backup_is_written_as_docs_print_it(printed: str, folder: Path) -> None:
    assert "Wrote registry.backup" in shell(printed, folder, ENVIRONMENT).stdout


@prints("docs/backup.md", "--rehearse")
def test_a_backup_is_rehearsed_as_docs_print_it(printed: str, backed_up: Path) -> None:
    assert "nothing was changed" in shell(printed, backed_up, ENVIRONMENT).stdout


@prints("docs/backup.md", "--replace")
def test_a_backup_is_restored_as_docs_print_it(printed: str, backed_up: Path) -> None:
    portal_of(backed_up, "registry").ok("keys", "freeze", NORTHLIGHT)
    assert "works again" in shell(printed, backed_up, ENVIRONMENT).stdout


@prints("docs/backup.md", "elsewhere")
def test_a_backup_is_restored_elsewhere_as_docs_print_it(printed: str, backed_up: Path) -> None:
    assert "do these acts again" in shell(printed, backed_up, ENVIRONMENT).stdout
    assert "All is well." in portal_of(backed_up, "elsewhere").ok("check").out


@prints("docs/backup.md", "install -m 600")
def test_a_backup_is_given_to_the_portal_s_user_where_docs_say_that_it_restores_it(printed: str) -> None:
    first, restore, check = printed.splitlines()
    *_, backup, folder = first.split()
    assert restore == f"portal restore {folder}{backup}"
    assert check == "portal check"


@prints("docs/backup.md", "audit rekey")
def test_the_audit_key_is_changed_as_docs_print_it(printed: str, tmp_path: Path) -> None:
    portal = in_production(tmp_path, f"sqlite:///{tmp_path}/portal.sqlite3")
    portal.ok("migrate")
    said = shell(printed, tmp_path, portal.environment()).stdout
    name, _, key = said.splitlines()[0].partition("=")
    assert "All is as it was written." in portal.ok("audit", "verify", **{name: key}).out
