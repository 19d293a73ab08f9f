"""Real rows: the complete dump comes in clean, and the window of it loses exactly what has no parent there."""

import json
import random
from collections import Counter
from typing import Any

import pytest

from tests.apps import opened, settings_for
from tests.engines import Engine
from tests.importer.dumps import content_of
from tests.importer.registry import Registry, Rows, export

pytestmark = pytest.mark.needs("data")

ABSENT = {
    ("ix", "org_id"): 367,
    ("carrierfac", "fac_id"): 341,
    ("carrier", "org_id"): 259,
    ("net", "org_id"): 241,
    ("fac", "org_id"): 200,
    ("ixfac", "fac_id"): 169,
    ("netixlan", "net_id"): 166,
    ("netfac", "net_id"): 91,
    ("campus", "org_id"): 42,
    ("ixpfx", "ixlan_id"): 39,
    ("netfac", "fac_id"): 13,
    ("poc", "net_id"): 6,
    ("netixlan", "ix_id"): 5,
    ("netixlan", "ixlan_id"): 5,
    ("netixlan", "net_side_id"): 5,
    ("netixlan", "ix_side_id"): 6,
}


def test_the_complete_dump_comes_in_clean_and_every_value_comes_out_again(registry: Registry) -> None:
    taken = registry.take(content_of("complete.json"))
    assert taken.outcome.clean
    assert (taken.total("inFile"), taken.total("added")) == (5390 + 1915, 5390 + 1915)
    assert taken.problems == []
    before = registry.tables()
    assert not registry.take(content_of("complete.json")).outcome.changed
    assert registry.tables() == before
    check_export(registry)


def test_the_window_loses_what_has_no_parent_there_and_shuffled_the_same(
    registry: Registry, engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    taken = registry.take(content_of("slice.json"))
    absent = [problem for problem in taken.problems if problem["problem"] == "absent reference"]
    skipped = {
        outcome: {(row["type"], row["id"]) for row in absent if row["outcome"] == outcome}
        for outcome in ("skipped", "reference set to null")
    }
    assert Counter((problem["type"], problem["field"]) for problem in absent) == ABSENT
    assert len(absent) == 1955
    assert len(skipped["skipped"]) == 1931
    assert sum(problem["outcome"] == "reference set to null" for problem in absent) == 11
    assert (taken.total("inFile"), taken.total("added"), taken.total("skipped")) == (5390, 2016, 1931 + 1443)
    assert not taken.outcome.clean
    before = registry.tables()
    assert not registry.take(content_of("slice.json")).outcome.changed
    assert registry.tables() == before
    with engine.fresh() as url, opened(settings_for(url, tmp_path_factory.mktemp("other"))) as app:
        other = Registry(app)
        assert other.take(shuffled_window()).problems == taken.problems
        assert other.records() == registry.records()


def shuffled_window() -> Rows:
    dump: dict[str, dict[str, list[Any]]] = json.loads(content_of("slice.json"))
    order = random.Random(20260416)
    return {tag: order.sample(dump[tag]["data"], len(dump[tag]["data"])) for tag in order.sample(list(dump), len(dump))}


def check_export(registry: Registry) -> None:
    """Every value of the complete dump comes out again."""
    given: dict[str, Any] = json.loads(content_of("complete.json"))
    written: dict[str, Any] = json.loads(export(registry))
    counted = {"ix_count", "fac_count", "net_count", "carrier_count", "netixlan_updated", "netfac_updated", "poc_updated"}
    for tag, rows in given.items():
        exported = {row["id"]: row for row in written[tag]["data"]}
        for row in rows["data"]:
            kept = {name: value for name, value in row.items() if name in exported[row["id"]] and name not in counted}
            assert kept == {name: exported[row["id"]][name] if kept[name] is not None else None for name in kept}, (tag, row["id"])
            assert all(exported[row["id"]][name] in (None, "") for name, value in kept.items() if value is None)
