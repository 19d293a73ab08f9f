"""`portal audit verify` and `export`."""

import json
import sqlite3
from datetime import UTC, datetime

import pytest

from tests.commands import CommandLine
from tests.demo import NORTHLIGHT


def change(demo: CommandLine, statement: str) -> None:
    with sqlite3.connect(demo.data / "portal.sqlite3") as connection:
        connection.execute(statement)
    connection.close()


def test_an_audit_that_nobody_touched_is_whole_and_its_head_can_be_given_back(demo: CommandLine) -> None:
    said = demo.ok("audit", "verify")
    assert "All is as it was written." in said.out
    head = said.out.split("Head: ")[1].strip()
    assert demo.ok("audit", "verify", "--head", head, "--json").json["head"] == head


def test_a_changed_row_ends_with_1_and_is_named(demo: CommandLine) -> None:
    change(demo, "UPDATE audit_row SET actor_name = 'Nobody' WHERE number = 3")
    said = demo("audit", "verify")
    assert (said.code, said.err) == (1, "")
    assert "Problem: Row 3 was changed" in said.out
    result = demo("audit", "verify", "--json")
    assert (result.code, result.json["ok"], result.json["problems"]) == (1, False, 1)
    assert result.json["findings"][0].items() >= {"first": 3, "last": 3, "problem": "changed"}.items()


def test_a_tail_that_is_gone_is_found_by_its_head(demo: CommandLine) -> None:
    head = demo.ok("audit", "verify", "--json").json["head"]
    change(demo, "DELETE FROM audit_row WHERE number = (SELECT max(number) FROM audit_row)")
    assert demo("audit", "verify").code == 0
    said = demo("audit", "verify", "--head", head)
    assert said.code == 1
    assert "missing at the end" in said.out


@pytest.mark.parametrize("head", ["", "5", "x:00", f"5:{'g' * 64}"])
def test_what_is_no_head_is_a_wrong_call(demo: CommandLine, head: str) -> None:
    assert demo("audit", "verify", "--head", head).code == 2


def test_the_export_holds_every_row_or_an_organizations(demo: CommandLine) -> None:
    rows = [json.loads(line) for line in demo.ok("audit", "export").out.splitlines()]
    assert [row["number"] for row in rows] == list(range(1, demo.ok("audit", "verify", "--json").json["rows"] + 1))
    ours = [json.loads(line) for line in demo.ok("audit", "export", "--organization", NORTHLIGHT).out.splitlines()]
    assert ours == [row for row in rows if row["organization"] == int(NORTHLIGHT)]
    assert ours[0].keys() == {"number", "at", "organization", "event", "actor", "object", "address", "userAgent", "details"}


def test_pruned_rows_are_gone_and_the_rest_is_whole(demo: CommandLine) -> None:
    first = json.loads(demo.ok("audit", "export").out.splitlines()[0])
    assert "Removed" in demo.ok("audit", "prune", "--before", today()).out
    assert first not in [json.loads(line) for line in demo.ok("audit", "export").out.splitlines()]
    assert demo.ok("audit", "verify", "--json").json["ok"]
    assert "nothing from before" in demo.ok("audit", "prune", "--before", "2000-01-01").out
    assert "still to come" in demo("audit", "prune", "--before", "9999-01-01").line


def today() -> str:
    return datetime.now(UTC).date().isoformat()
