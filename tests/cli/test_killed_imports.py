"""An import that is killed leaves a consistent registry and says that it isn't finished; the next one completes it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.settings import read
from tests.apps import opened, settings_for
from tests.commands import CommandLine
from tests.engines import Engine
from tests.importer.consistency import check_consistent
from tests.importer.dumps import TIMES, small_dump
from tests.importer.registry import Registry, Rows, Tables, as_bytes

KEY_CHECKS = ("pepper_check", "audit_key_check")  # which any command writes
STATEMENTS = (
    "UPDATE registry SET version",
    "6 UPDATE registry SET version",
    "UPDATE exchange_port SET network_id",
    "INSERT INTO contact",
    "INSERT INTO audit_row",
)


@pytest.fixture
def registry(migrated: CommandLine) -> Iterator[Registry]:
    with opened(read(migrated.environ)) as app:
        yield Registry(app)


@pytest.fixture
def changed() -> Rows:
    """Something in it differs for every type, ports swap an address, an exchange's facility goes, and there are new rows."""
    rows = small_dump()
    for tag in rows:
        for row in rows[tag]:
            row["updated"] = "2026-06-01T00:00:00Z"
    first, second = rows["netixlan"]
    first["ipaddr4"], second["ipaddr4"] = second["ipaddr4"], first["ipaddr4"]
    rows["ixfac"][0]["status"] = rows["campus"][0]["status"] = "deleted"
    rows["poc"].append({"id": 3, "net_id": 3, "role": "Abuse", "visible": "Public", "name": "", "email": "abuse@example.net"} | TIMES)
    rows["net"].append({"id": 3, "org_id": 2, "asn": 64502, "name": "Third Net"} | TIMES)
    return rows


@pytest.fixture(scope="module")
def ends() -> dict[str, Tables]:
    """By engine, as tests ask for them."""
    return {}


@pytest.fixture
def uninterrupted(engine: Engine, changed: Rows, ends: dict[str, Tables], tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """What the registry holds when both dumps are imported without a kill."""
    if engine.name not in ends:
        ends[engine.name] = imported(engine, changed, tmp_path_factory.mktemp("other"))
    return ends[engine.name]


def imported(engine: Engine, changed: Rows, folder: Path) -> Tables:
    with engine.fresh() as url, opened(settings_for(url, folder)) as app:
        other = Registry(app)
        other.take(small_dump())
        other.take(changed)
        return other.records()


@pytest.mark.sql
@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_next_import_completes_a_killed_one(
    migrated: CommandLine, registry: Registry, uninterrupted: Tables, changed: Rows, tmp_path: Path, statement: str
) -> None:
    path = tmp_path / "changed.json"
    path.write_bytes(as_bytes(changed))
    registry.take(small_dump())
    before, first_version = registry.tables(without=KEY_CHECKS), registry.version
    command = [sys.executable, "-m", "tests.cli.kill_after", statement, "import", str(path)]
    assert subprocess.run(command, env=migrated.environment(), check=False).returncode == -9
    check_consistent(registry)
    if statement == STATEMENTS[0]:
        assert registry.tables(without=KEY_CHECKS) == before
        assert "isn't finished" not in migrated("check").out
    else:
        assert registry.version > first_version
        assert "The import of changed.json that began at" in migrated("check").out
        assert unfinished(registry)
    assert migrated("import", str(path)).code == 0
    assert registry.records() == uninterrupted
    assert not unfinished(registry)
    assert "isn't finished" not in migrated("check").out
    audit = [row for row in registry.tables()["audit_row"] if row["event"] == "registry.imported"]
    assert len(audit) == 2
    assert audit[1]["details"].get("completes") == (None if statement == STATEMENTS[0] else "changed.json")


def unfinished(registry: Registry) -> str | None:
    answer = registry.app.test_client().post("/graphql", json={"query": "{ dataStatus { unfinishedImport } }"}).json
    assert answer
    moment: str | None = answer["data"]["dataStatus"]["unfinishedImport"]
    return moment
