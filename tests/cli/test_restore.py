"""`portal restore`: all of a backup or nothing, in a new epoch, and only what was asked for."""

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from portal.access.principal import COMMAND_LINE
from portal.api_keys.lifecycle.stop import revoke
from portal.cli.upgrade import configuration
from portal.db.release import migrations
from portal.settings import read
from tests.apps import opened
from tests.cli.registry_with_keys import fill, issue_key, registry_row, session_of, working_keys
from tests.commands import CommandLine, in_production
from tests.engines import Engine, Postgresql
from tests.server import free_port

pytestmark = pytest.mark.sql

FILE = "registry.backup"
DIES_HALFWAY = '#!/bin/sh\n{program} "$@" | head -n 300\nkill -9 $PPID\n'


@pytest.fixture
def portal(migrated: CommandLine) -> CommandLine:
    """Two keys; then a backup; then the first was revoked, and a third created."""
    organization_id, (first, _) = fill(migrated, 2)
    migrated.ok("backup", FILE)
    with session_of(migrated) as session:
        revoke(session, COMMAND_LINE, organization_id, first)
        issue_key(session, organization_id, "lost")
        session.commit()
    return migrated


@pytest.fixture
def elsewhere(portal: CommandLine, engine: Engine) -> Iterator[CommandLine]:
    """The same settings, and a database without tables."""
    with engine.empty() as url:
        yield CommandLine(portal.folder, {**portal.environ, "PORTAL_DATABASE_URL": url})


def test_a_rehearsal_says_what_a_restore_revives_and_changes_nothing(portal: CommandLine) -> None:
    before, keys = registry_row(portal), working_keys(portal)
    said = portal.ok("restore", FILE, "--rehearse").out
    assert "(key 0) works again" in said
    assert "(lost) was created since, and is lost" in said
    assert "Signed-in browsers: 1;" in said
    assert "nothing was changed" in said
    assert (registry_row(portal), working_keys(portal)) == (before, keys)
    assert sorted(path.name for path in portal.folder.iterdir() if path.name.startswith("restoring")) == []


def test_a_registry_that_is_not_empty_is_replaced_only_when_told(portal: CommandLine) -> None:
    before = registry_row(portal)
    assert "isn't empty" in portal("restore", FILE).line
    assert registry_row(portal) == before


def test_a_restore_begins_a_new_epoch_signs_everyone_out_and_tells_the_audit(portal: CommandLine) -> None:
    keys, (epoch, _, _) = working_keys(portal), registry_row(portal)
    said = portal.ok("restore", FILE, "--replace").out
    new_epoch, _, sessions = registry_row(portal)
    assert (new_epoch != epoch, sessions) == (True, 0)
    assert len(working_keys(portal)) == 2
    last = json.loads(portal.ok("audit", "export").out.splitlines()[-1])
    assert (last["event"], last["details"]) == ("registry.restored", {"epoch": new_epoch})
    assert "All is as it was written." in portal.ok("audit", "verify").out
    kept = said.partition("was there before is in ")[2].partition(". Delete")[0]
    assert Path(kept).stat().st_mode & 0o777 == 0o600
    portal.ok("restore", kept, "--replace")
    assert working_keys(portal) == keys


def test_no_client_takes_a_version_that_came_twice_for_the_same(portal: CommandLine) -> None:
    query = "{ organizations(changedSince: %s) { nodes { id } pageInfo { endCursor } } }"
    with opened(read(portal.environ)) as app:
        client = app.test_client()
        answer = client.get("/graphql", query_string={"query": query % '""'})
        cursor, tag = json.dumps(answer.get_json()["data"]["organizations"]["pageInfo"]["endCursor"]), answer.headers["ETag"]
    portal.ok("restore", FILE, "--replace")
    with opened(read(portal.environ)) as app:
        client = app.test_client()
        assert client.get("/graphql", query_string={"query": query % '""'}, headers={"If-None-Match": tag}).status_code == 200
        refused = client.post("/graphql", json={"query": query % cursor}).get_json()["errors"][0]
    assert "Read everything again" in refused["message"]


def test_a_backup_is_restored_elsewhere_with_the_same_secrets(portal: CommandLine, elsewhere: CommandLine) -> None:
    said = elsewhere.ok("restore", FILE).out
    assert "do these acts again" in said
    assert len(working_keys(elsewhere)) == 2


@pytest.mark.parametrize("name", ["PORTAL_PEPPERS", "PORTAL_AUDIT_KEY"])
def test_with_other_secrets_nothing_is_restored(name: str, portal: CommandLine, elsewhere: CommandLine) -> None:
    said = elsewhere("restore", FILE, **{name: f"1:{'x' * 40}"})
    assert (said.code, name in said.out, "Nothing was changed." in said.err) == (1, True, True)
    assert "Run: portal migrate" in elsewhere("approve").line


def test_a_portal_that_runs_is_not_pulled_away(portal: CommandLine) -> None:
    before = registry_row(portal)
    with session_of(portal) as session:
        session.execute(text("SELECT 1 FROM registry"))
        assert "Stop the portal" in portal("restore", FILE, "--replace").line
    assert registry_row(portal) == before


def test_a_damaged_backup_changes_nothing(portal: CommandLine) -> None:
    before = registry_row(portal)
    file = portal.folder / FILE
    (portal.folder / "cut").write_bytes(file.read_bytes()[: file.stat().st_size * 2 // 3])
    (portal.folder / "other").write_text("nothing of ours, but long enough to look at")
    for name in ("cut", "other"):
        assert portal("restore", name, "--replace").code == 1
    assert registry_row(portal) == before


def test_a_backup_of_an_older_release_is_upgraded_and_one_of_a_newer_refused(portal: CommandLine, elsewhere: CommandLine) -> None:
    with opened(read(portal.environ)) as app, app.app_context():
        command.downgrade(configuration(), "0017")
    portal.ok("backup", "older")
    with session_of(portal) as session:
        session.execute(text("CREATE TABLE audit_key_check (id INTEGER)"))
        session.commit()
    portal.ok("backup", "clashing")
    failed = elsewhere("restore", "clashing").line
    assert failed.startswith("Error: Migration 0019 failed: ")
    assert "Nothing was changed. The backup is still at migration 0017: restore it with the release that it was made with" in failed
    elsewhere.ok("restore", "older")
    assert registry_row(elsewhere)[0] > 0
    with session_of(elsewhere) as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        session.commit()
    newer = elsewhere("backup", "newer")
    assert "migration 9999" in newer.line
    assert max(migrations()) < "9999"


def test_a_killed_restore_leaves_the_old_registry_or_says_so(portal: CommandLine, engine: Engine) -> None:
    before = registry_row(portal)
    killed = [sys.executable, "-m", "tests.cli.kill_after", "UPDATE registry SET epoch", "restore", FILE, "--replace"]
    ended = subprocess.run(killed, cwd=portal.folder, env=portal.environment(), capture_output=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended
    if engine.name == "sqlite":
        assert registry_row(portal) == before
    else:
        assert "A restore was broken off" in portal("serve", "--port", str(free_port())).line
    portal.ok("restore", FILE, "--replace")
    assert len(working_keys(portal)) == 2
    assert "All is as it was written." in portal.ok("audit", "verify").out


@pytest.mark.needs("postgresql")
def test_a_restore_that_dies_while_rows_are_loaded_leaves_the_old_registry(postgresql: Postgresql, tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    with postgresql.fresh() as url:
        portal = in_production(tmp_path, url)
        fill(portal, 2)
        portal.ok("backup", FILE)
        before = registry_row(portal)
        script = programs / "pg_restore"
        script.write_text(DIES_HALFWAY.format(program="/usr/bin/pg_restore"))
        script.chmod(0o755)
        said = portal.process("restore", FILE, "--replace", PATH=f"{programs}:/usr/bin:/bin")
        assert said.code != 0
        assert registry_row(portal) == before
    assert "The database can't be used" in portal("restore", FILE, "--replace").line  # it is gone


@pytest.mark.needs("postgresql")
def test_a_role_that_may_not_create_databases_restores_without_a_rehearsal(postgresql: Postgresql, tmp_path: Path) -> None:
    with postgresql.fresh() as url, postgresql.empty() as target:
        portal = in_production(tmp_path, url)
        fill(portal, 2)
        portal.ok("backup", FILE)
        name = target.partition("@/")[2].partition("?")[0]
        postgresql.server.execute(f"CREATE ROLE plain_{name} LOGIN")
        postgresql.server.execute(f"ALTER DATABASE {name} OWNER TO plain_{name}")
        plain = CommandLine(tmp_path, {**portal.environ, "PORTAL_DATABASE_URL": target.replace("portal@", f"plain_{name}@")})
        assert "CREATEDB" in plain("restore", FILE, "--rehearse").line
        assert "Nothing is rehearsed first" in plain.ok("restore", FILE).err
        assert len(working_keys(plain)) == 2


def test_a_backup_goes_back_to_its_own_engine(demo: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "dump").write_bytes(b"PGDMP and more")
    assert "a backup of postgresql" in demo("restore", "dump", "--replace").line


def test_a_damaged_registry_is_replaced(demo: CommandLine) -> None:
    demo.ok("backup", FILE)
    database = demo.data / "portal.sqlite3"
    database.write_bytes(b"damaged " * 1000)
    assert "isn't empty" in demo("restore", FILE).line
    demo.ok("restore", FILE, "--replace")
    with sqlite3.connect(database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
