"""Invented worlds, one after another into the same registry, full of conflicts: whatever comes, some things always hold."""

import random
from typing import Any

import pytest

from portal.importer.imported_types import IMPORTED_TYPES
from portal.registry.types import TYPES
from tests.apps import opened, settings_for
from tests.engines import Engine
from tests.importer.consistency import check_consistent
from tests.importer.keeps import keep
from tests.importer.registry import Registry, Rows, Tables
from tests.importer.slices import limit_slices
from tests.repetitions import Dose

ROUNDS = 4, 6
SLICED_ROUNDS, ROWS_IN_SLICE = (2, 3), 7
IDS = range(1, 7)
PARENTS = {
    "campus": {"org_id": "org"},
    "fac": {"org_id": "org", "campus_id": "campus"},
    "net": {"org_id": "org"},
    "ix": {"org_id": "org"},
    "ixlan": {"ix_id": "ix"},
    "ixpfx": {"ixlan_id": "ixlan"},
    "carrier": {"org_id": "org"},
    "netixlan": {"net_id": "net", "ixlan_id": "ixlan", "ix_id": "ix", "net_side_id": "fac"},
    "netfac": {"net_id": "net", "fac_id": "fac"},
    "ixfac": {"ix_id": "ix", "fac_id": "fac"},
    "carrierfac": {"carrier_id": "carrier", "fac_id": "fac"},
    "poc": {"net_id": "net"},
}


def world(chance: random.Random) -> Rows:
    """Few ids, few names and few addresses, so that rows get into each other's way; a tenth is deleted, some parents are missing."""

    def row(tag: str, identity: int) -> dict[str, Any]:
        status = chance.choices(("ok", "pending", "deleted"), (8, 1, 1))[0]
        values: dict[str, Any] = {"id": identity, "status": status, "updated": f"2026-01-0{chance.choice('123')}T00:00:00Z"}
        values |= {name: chance.choice(IDS) for name in PARENTS.get(tag, {})}
        if tag in ("org", "campus", "fac", "net", "ix", "carrier"):
            values["name"] = chance.choice("ABCDEFGH")
        own: dict[str, dict[str, Any]] = {
            "net": {"asn": 64500 + chance.choice(IDS)},
            "ixlan": {"arp_sponge": chance.choice(("", None, "00:00:5e:00:53:01"))},
            "ixpfx": {"prefix": f"198.51.100.{16 * chance.choice(IDS)}/28"},
            "netixlan": {"asn": 64500, "ipaddr4": f"198.51.100.{chance.choice(IDS)}", "ipaddr6": chance.choice((None, "2001:db8::1"))},
            "poc": {"visible": "Public", "name": "Nora"},
        }
        return values | own.get(tag, {})

    return {tag: [row(tag, identity) for identity in IDS if chance.random() < 0.8] for tag in IMPORTED_TYPES}


def check_names(registry: Registry) -> None:
    contacts = registry.records()["contact"]
    assert all(row["name"] == ("" if row["status"] == "deleted" else "Nora") for row in contacts)


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.repetition)])
def test_a_second_import_of_any_world_changes_nothing(registry: Registry, seed: int, dose: Dose) -> None:
    chance = random.Random(seed)
    changed = 0
    rounds = dose(*ROUNDS)
    for number in range(rounds):
        dump = world(chance)
        full = bool(number % 2)
        first = registry.take(dump, full=full, force=True)
        check_consistent(registry)
        check_names(registry)
        before = registry.tables()
        second = registry.take(dump, full=full, force=True)
        assert registry.tables() == before
        assert second.problems == first.problems
        changed += first.outcome.changed
    assert changed == rounds


@pytest.mark.parametrize("seed", [4, pytest.param(5, marks=pytest.mark.repetition)])
def test_what_is_kept_here_stays_as_it_is_in_any_world(registry: Registry, seed: int, dose: Dose) -> None:
    chance = random.Random(seed)
    registry.take(world(chance))
    for number in range(dose(*ROUNDS)):
        keep_some(registry, chance)
        before = registry.tables()
        dump, full = world(chance), bool(number % 2)
        first = registry.take(dump, full=full, force=True)
        after = registry.tables()
        check_consistent(registry)
        check_kept(before, after)
        check_differences(dump, after)
        second = registry.take(dump, full=full, force=True)
        assert registry.tables() == after
        assert second.problems == first.problems


def check_differences(dump: Rows, after: Tables) -> None:
    """Another name, and a record that the file deletes, are told, and no name that is the same."""
    stored = {(row["record_type"], row["record_id"], row["field"]) for row in after["import_difference"] if not row["clash_id"]}
    for tag, kind in IMPORTED_TYPES.items():
        rows = {row["id"]: row for row in after[kind.table.name] if row["source"] == "here" and row["status"] != "deleted"}
        for given in dump[tag]:
            row = rows.get(given["id"])
            if row and given["status"] == "deleted":
                assert (tag, row["id"], "") in stored
            elif row and "name" in TYPES[tag].editable and "name" in given:
                assert ((tag, row["id"], "name") in stored) is (row["name"] != given["name"]), (tag, row["id"])


def keep_some(registry: Registry, chance: random.Random) -> None:
    objects = [
        name for name, status in registry.statuses().items() if status != "deleted" and (TYPES[name[0]].is_object or name[0] == "org")
    ]
    with registry.app.app_context():
        keep(*chance.sample(objects, 2))


def check_kept(before: Tables, after: Tables) -> None:
    """A row is as it was, but for what is counted, and unless it went with its other side; and nothing new is below one that is kept."""
    for tag, kind in IMPORTED_TYPES.items():
        rows = {row["id"]: row for row in after[kind.table.name]}
        old = {row["id"]: row for row in before[kind.table.name]}
        kept = {identity for identity, row in old.items() if row["source"] == "here"}
        assert {identity for identity, row in rows.items() if row["source"] == "here"} == kept
        for identity in kept:
            if rows[identity]["status"] == old[identity]["status"]:
                assert all(rows[identity][name] == old[identity][name] for name in TYPES[tag].editable), (tag, identity)
            else:
                assert rows[identity]["status"] == "deleted"
                assert tag in ("netixlan", "netfac", "ixfac", "carrierfac") or old[identity]["status"] == "pending"


def test_any_world_is_consistent_after_each_slice_and_ends_as_without_slices(
    registry: Registry, engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory, dose: Dose
) -> None:
    chance = random.Random(3)
    worlds = [world(chance) for _ in range(dose(*SLICED_ROUNDS))]
    with engine.fresh() as url, opened(settings_for(url, tmp_path_factory.mktemp("other"))) as app:
        other = Registry(app)
        for dump in worlds:
            other.take(dump, full=True, force=True)
        limit_slices(monkeypatch, ROWS_IN_SLICE)
        for dump in worlds:
            registry.take(dump, lambda _: check_consistent(registry), full=True, force=True)
        assert registry.version > other.version
        times = {"created", "updated"}  # what is deleted with its parent, or has no time in the file, has the time of the import
        assert [without(rows, times) for rows in registry.records().values()] == [without(rows, times) for rows in other.records().values()]


def without(rows: list[dict[str, Any]], columns: set[str]) -> list[dict[str, Any]]:
    left_out = columns | {name for name in (rows[0] if rows else ()) if name.endswith("_updated")}
    return [{name: row[name] for name in row if name not in left_out} for row in rows]
