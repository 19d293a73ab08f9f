"""`portal import` and `portal export` as a script meets them: what they say, and how they end.

What depends on SQL runs on both engines; the rest of the importer is tested on both in tests/importer.
"""

import gzip
import json
import os
import pty
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.settings import read
from tests.apps import opened
from tests.commands import PORTAL, CommandLine
from tests.importer.dumps import SMALL
from tests.importer.registry import Registry, as_bytes

COUNT = sum(map(len, SMALL.values()))


def counted(**counts: int) -> dict[str, int]:
    names = ("inFile", "added", "updated", "unchanged", "deleted", "skipped", "leftAlone")
    return dict.fromkeys(names, 0) | counts


@pytest.fixture
def portal(migrated: CommandLine) -> CommandLine:
    return migrated


@pytest.fixture
def registry(portal: CommandLine) -> Iterator[Registry]:
    with opened(read(portal.environ)) as app:
        yield Registry(app)


@pytest.fixture
def small_file(tmp_path: Path) -> Path:
    path = tmp_path / "small.json"
    path.write_bytes(as_bytes(SMALL))
    return path


def test_fields_that_are_not_taken_are_told(portal: CommandLine, small_file: Path) -> None:
    rows = SMALL | {"net": [network | {"ix_count": 7, "netixlan_updated": None, "colour": "blue"} for network in SMALL["net"]]}
    small_file.write_bytes(as_bytes(rows))
    said = portal.ok("import", str(small_file)).out
    assert "Not a field of the portal's, ignored: net.colour (2 rows)." in said
    assert "Counted here, and not taken from the file: net.ix_count, net.netixlan_updated." in said


def test_no_file_can_name_fields_without_end(portal: CommandLine, small_file: Path) -> None:
    rows = SMALL | {"net": [network | {f"field {number}": 1 for number in range(200)} for network in SMALL["net"]]}
    small_file.write_bytes(as_bytes(rows))
    fields = portal.ok("import", str(small_file), "--json").json["unknownFields"]
    assert len(fields) == 101
    assert fields[0] == {"type": "net", "field": "other", "count": 200}


@pytest.mark.parametrize("command", [("import", "small.json"), ("demo",)], ids=lambda command: command[0])
def test_a_local_registry_is_made_by_what_fills_it(command: tuple[str, ...], empty: CommandLine, small_file: Path) -> None:
    said = empty.ok(*(str(small_file) if word == small_file.name else word for word in command))
    assert said.err == f"Made an empty registry in {empty.data}.\n"
    assert empty.ok("check").code == 0


def test_no_other_command_makes_a_registry(empty: CommandLine, tmp_path: Path) -> None:
    """Not even one that was tried before what fills it."""
    for command in (
        ("members", "list", "--organization", "1"),
        ("keys", "list", "--organization", "1"),
        ("export", str(tmp_path / "out.json")),
    ):
        assert "portal migrate" in empty(*command).line
    assert empty.ok("demo").err.startswith("Made an empty registry")


@pytest.mark.sql
def test_a_clean_import_ends_with_0_and_says_little(portal: CommandLine, small_file: Path) -> None:
    said = portal.ok("import", str(small_file))
    assert said.err == ""
    lines = said.out.splitlines()
    assert lines[-1] == "The registry is at version 1."
    assert lines[-2].split()[:3] == ["all", str(COUNT), str(COUNT)]
    assert portal.ok("import", str(small_file)).out.endswith("Nothing changed since version 1.\n")


def test_a_packed_dump_comes_from_standard_input(portal: CommandLine, tmp_path: Path) -> None:
    packed = tmp_path / "small.json.gz"
    packed.write_bytes(gzip.compress(as_bytes(SMALL)))
    with packed.open("rb") as file:
        ended = subprocess.run([*PORTAL, "import", "-", "--json"], env=portal.environment(), stdin=file, capture_output=True, check=True)
    assert json.loads(ended.stdout)["types"]["poc"]["added"] == 2


def test_skipped_rows_end_with_1_and_stand_in_a_report(portal: CommandLine, small_file: Path, tmp_path: Path) -> None:
    lacking = {tag: rows for tag, rows in SMALL.items() if tag != "carrier"}
    small_file.write_bytes(as_bytes(lacking))
    report = tmp_path / "report.jsonl"
    said = portal("import", str(small_file), "--report", str(report), "--json")
    assert said.code == 1
    assert not said.json["clean"]
    assert said.json["types"]["carrierfac"] == counted(inFile=1, skipped=1)
    assert [json.loads(line) for line in report.read_text().splitlines()] == [
        {
            "type": "carrierfac",
            "id": 1,
            "problem": "absent reference",
            "field": "carrier_id",
            "parent": "carrier",
            "parent_id": 1,
            "outcome": "skipped",
        }
    ]
    assert report.stat().st_mode & 0o777 == 0o600
    again = portal("import", str(small_file))
    assert again.code == 1
    assert "1  carrierfac.carrier_id → carrier: absent reference, skipped" in again.out
    assert f"Each is named in {portal.data / 'import-report.jsonl'}." in again.out


def test_many_kinds_of_problems_are_summed_up(portal: CommandLine, small_file: Path) -> None:
    small_file.write_bytes(as_bytes({"as_set": [], **{tag: rows for tag, rows in SMALL.items() if tag != "org"}}))
    said = portal("import", str(small_file))
    assert said.code == 1
    assert "2  net.org_id → org: absent reference, skipped" in said.out
    assert "  of other kinds\n" in said.out
    assert "Not a type of PeeringDB's, ignored: as_set." in said.out


@pytest.mark.sql
def test_a_refused_file_ends_with_2_and_changes_nothing(portal: CommandLine, registry: Registry, small_file: Path) -> None:
    portal.ok("import", str(small_file))
    before = registry.tables(without=())
    small_file.write_bytes(small_file.read_bytes()[:-100])
    said = portal("import", str(small_file))
    assert said.code == 2
    assert said.line.startswith("Error: Byte ")
    assert registry.tables(without=()) == before
    assert [path.name for path in portal.data.iterdir() if "report" in path.name] == ["import-report.jsonl"]


def test_a_file_that_is_not_there_ends_with_2(portal: CommandLine) -> None:
    said = portal("import", "nowhere.json")
    assert said.code == 2
    assert "No such file" in said.err


def test_a_database_that_is_not_migrated_ends_with_2(production: CommandLine, small_file: Path) -> None:
    said = production("import", str(small_file))
    assert said.code == 2
    assert "Run: portal migrate" in said.line


def test_a_report_that_cannot_be_written_is_said_before_anything_is_done(portal: CommandLine, registry: Registry, small_file: Path) -> None:
    said = portal("import", str(small_file), "--report", str(small_file / "report.jsonl"))
    assert said.code == 2
    assert "can't be written" in said.line
    assert registry.version == 0


@pytest.mark.sql
def test_a_full_import_of_half_a_registry_needs_force(portal: CommandLine, small_file: Path) -> None:
    portal.ok("import", str(small_file))
    small_file.write_bytes(as_bytes({"org": SMALL["org"]}))
    said = portal("import", str(small_file), "--full")
    assert said.code == 2
    assert "More than 5% would be deleted: 1 of 1 campus" in said.line
    assert portal.ok("import", str(small_file), "--full", "--force", "--json").json["types"]["net"]["deleted"] == 2


@pytest.mark.sql
def test_the_exported_demo_makes_an_equal_registry(demo: CommandLine, portal: CommandLine, registry: Registry, tmp_path: Path) -> None:
    first, second = tmp_path / "demo.json.gz", tmp_path / "again.json"
    said = demo.ok("export", str(first), "--json").json
    assert sum(said["types"].values()) > 100
    assert first.stat().st_mode & 0o777 == 0o600
    assert portal.ok("import", str(first)).out
    portal.ok("export", str(second))
    with opened(read(demo.environ)) as app:
        assert Registry(app).records() == registry.records()
    with gzip.open(first) as packed:
        assert packed.read() == second.read_bytes()


def test_an_export_goes_to_standard_output(portal: CommandLine, small_file: Path) -> None:
    portal.ok("import", str(small_file))
    assert len(json.loads(portal.ok("export", "-").out)["net"]["data"]) == 2


def test_an_export_that_cannot_be_written_is_one_line(portal: CommandLine, small_file: Path) -> None:
    said = portal("export", str(small_file / "out.json"))
    assert said.code == 2
    assert "can't be written" in said.line


def test_progress_is_shown_on_a_terminal_alone(portal: CommandLine, small_file: Path) -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb") as terminal:
        ended = subprocess.run(
            [*PORTAL, "import", str(small_file)], env=portal.environment(), stdout=subprocess.PIPE, stderr=theirs, check=True
        )
        os.close(theirs)
        shown = terminal.read1(10_000).decode()
    assert "Reading 100 %" in shown
    assert "Applying" in shown
    assert b"Reading" not in ended.stdout


@pytest.mark.sql
def test_a_kill_while_the_file_is_read_leaves_the_old_data(
    portal: CommandLine, registry: Registry, small_file: Path, tmp_path: Path
) -> None:
    portal.ok("import", str(small_file))
    before = registry.tables(without=())
    with Import(portal, tmp_path) as reading:
        reading.process.kill()
        reading.process.wait()
    assert registry.tables(without=()) == before


@pytest.mark.sql
def test_a_key_revoked_while_an_import_reads_is_refused_on_its_next_request(
    portal: CommandLine, registry: Registry, small_file: Path, tmp_path: Path
) -> None:
    portal.ok("import", str(small_file))
    options = ("--organization", "1", "--name", "robot", "--notify", "noc@example.net", "--grant", "networks:read", "--json")
    key = portal.ok("keys", "issue", *options).json
    client = registry.app.test_client()

    def ask() -> int:
        headers = {"Authorization": f"Bearer {key['token']}"}
        return client.post("/graphql", json={"query": "{ networks { nodes { name } } }"}, headers=headers).status_code

    with Import(portal, tmp_path) as reading:
        assert ask() == 200
        portal.ok("keys", "revoke", key["keyId"])
        assert ask() == 401
        assert reading.process.poll() is None
        reading.finish()
        assert reading.process.wait() == 0
    assert registry.row("org", 500)["name"] == "Organization 500"
    assert ask() == 401


class Import:
    """An import that is in the middle of its file, a pipe whose other end the test holds."""

    def __init__(self, portal: CommandLine, folder: Path) -> None:
        pipe = folder / "pipe"
        os.mkfifo(pipe)
        self.process = subprocess.Popen([*PORTAL, "import", str(pipe)], env=portal.environment(), stdout=subprocess.DEVNULL)
        rows = [{"id": number, "name": f"Organization {number}", "notes": "x" * 4000} for number in range(100, 600)]
        content = as_bytes({"org": rows})
        self.file = pipe.open("wb")
        self.file.write(content[: len(content) // 2])  # more than a pipe holds: it returns when most was read
        self.file.flush()
        self.rest = content[len(content) // 2 :]

    def finish(self) -> None:
        self.file.write(self.rest)
        self.file.close()

    def __enter__(self) -> "Import":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if not self.file.closed:
            self.file.close()
