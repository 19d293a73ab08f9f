"""`portal backup`: everything that was acknowledged before it began, in a file that is whole or not there."""

import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.cli.registry_with_keys import fill, issue_key, session_of, working_keys
from tests.commands import HOUSE, CommandLine, in_production
from tests.engines import Engine, Postgresql

pytestmark = pytest.mark.sql

KEYS_BEFORE_IT_BEGINS, KEYS_MEANWHILE = 5, 5
HALF_A_FILE = """
import os, pathlib, signal, sys
from portal.db.private_file import private_file
with private_file(pathlib.Path(sys.argv[1])) as draft:
    draft.write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@dataclass
class Writer(threading.Thread):
    """Issues one key after another until it is stopped; `acknowledged` are those that were committed."""

    portal: CommandLine
    organization_id: int
    acknowledged: list[str] = field(default_factory=list)
    progress: threading.Condition = field(default_factory=threading.Condition)
    stopped: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        super().__init__()

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        with session_of(self.portal) as session:
            while not self.stopped.is_set():
                key_id = issue_key(session, self.organization_id, f"written {len(self.acknowledged)}")
                session.commit()
                with self.progress:
                    self.acknowledged.append(key_id)
                    self.progress.notify()

    def wait_for(self, keys: int) -> list[str]:
        with self.progress:
            assert self.progress.wait_for(lambda: len(self.acknowledged) >= keys, timeout=60)
            return list(self.acknowledged)


def test_a_backup_under_write_load_holds_every_key_from_before_it_began(migrated: CommandLine, engine: Engine, tmp_path: Path) -> None:
    organization_id, _ = fill(migrated, 0)
    writer = Writer(migrated, organization_id)
    writer.start()
    try:
        before = writer.wait_for(KEYS_BEFORE_IT_BEGINS)
        said = migrated.process("backup", "registry.backup")
        assert said.code == 0, said
        writer.wait_for(len(before) + KEYS_MEANWHILE)  # the portal goes on
    finally:
        writer.stopped.set()
        writer.join()
    with engine.empty() as url:
        elsewhere = CommandLine(tmp_path, {**migrated.environ, "PORTAL_DATABASE_URL": url})
        elsewhere.ok("restore", "registry.backup")
        assert working_keys(elsewhere) >= set(before)
        assert "All is as it was written." in elsewhere.ok("audit", "verify").out


def test_a_backup_is_its_owners_alone_and_says_which_secrets_it_needs(migrated: CommandLine, tmp_path: Path) -> None:
    fill(migrated, 1)
    said = migrated.ok("backup", "registry.backup").out
    assert "PORTAL_PEPPERS (1) and PORTAL_AUDIT_KEY" in said
    file = tmp_path / "registry.backup"
    assert file.stat().st_mode & 0o777 == 0o600
    assert migrated.environ["PORTAL_AUDIT_KEY"].encode() not in file.read_bytes()


def test_in_local_mode_it_names_the_file_of_the_secrets(demo: CommandLine) -> None:
    assert str(demo.data / "secrets.json") in demo.ok("backup", "demo.backup").out


def test_a_backup_overwrites_nothing(migrated: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "registry.backup").write_text("precious")
    assert "is there already" in migrated("backup", "registry.backup").line
    assert (tmp_path / "registry.backup").read_text() == "precious"
    assert "can't be written" in migrated("backup", "nowhere/registry.backup").line


def test_a_killed_backup_leaves_nothing_under_the_final_name(tmp_path: Path) -> None:
    file = tmp_path / "registry.backup"
    environment = {**os.environ, "PYTHONPATH": str(HOUSE)}
    ended = subprocess.run([sys.executable, "-c", HALF_A_FILE, str(file)], env=environment, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert not file.exists()
    (left,) = tmp_path.iterdir()
    assert left.name.endswith(".partial")


def test_an_empty_database_has_nothing_to_back_up(production: CommandLine) -> None:
    assert production("backup", "registry.backup").line.endswith("Run: portal migrate")


@pytest.mark.needs("postgresql")
def test_a_missing_pg_dump_is_said_with_the_cure(postgresql: Postgresql, tmp_path: Path) -> None:
    with postgresql.fresh() as url:
        portal = in_production(tmp_path, url)
        said = portal("backup", "registry.backup", PATH=str(tmp_path))
    assert "pg_dump isn't installed" in said.line
    assert "postgresql-client" in said.line
    assert not (tmp_path / "registry.backup").exists()
