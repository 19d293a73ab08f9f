"""Rows whose parents are missing, skipped or deleted."""

from tests.importer.registry import Registry, Rows

ABSENT, ORPHAN, FALLEN = "absent reference", "parent was skipped", "parent is deleted"
PERSONAL = ("name", "name_fold", "phone", "email", "url")


def test_a_row_without_its_parent_is_skipped_and_named_with_its_children(registry: Registry, small: Rows) -> None:
    small["net"][0]["org_id"] = 77
    taken = registry.take(small)
    assert not taken.outcome.clean
    assert taken.named(ABSENT) == [("net", 1, "org_id", 77)]
    assert {(tag, row) for tag, row, _, _ in taken.named(ORPHAN)} == {("netixlan", 1), ("netfac", 1), ("netfac", 2), ("poc", 1), ("poc", 2)}
    assert taken.total("skipped") == 6
    assert [row["id"] for row in registry.tables()["network"]] == [2]


def test_every_reference_of_a_port_counts(registry: Registry, small: Rows) -> None:
    small["netixlan"][0] |= {"net_id": 71, "ix_id": 72, "ixlan_id": 73, "net_side_id": 74, "ix_side_id": 75}
    taken = registry.take(small)
    expected = {("net_id", 71), ("ix_id", 72), ("ixlan_id", 73), ("net_side_id", 74), ("ix_side_id", 75)}
    assert {(field, parent) for _, _, field, parent in taken.named(ABSENT)} == expected
    assert taken.total("skipped") == 1


def test_a_missing_side_facility_or_campus_becomes_null(registry: Registry, small: Rows) -> None:
    small["netixlan"][0]["ix_side_id"] = 75
    small["campus"][0]["org_id"] = 77
    taken = registry.take(small)
    assert taken.named(ABSENT) == [("campus", 1, "org_id", 77), ("netixlan", 1, "ix_side_id", 75)]
    assert taken.named(ORPHAN) == [("fac", 1, "campus_id", 1)]
    assert (registry.row("netixlan", 1)["ix_side_id"], registry.row("netixlan", 1)["net_side_id"]) == (None, 1)
    assert registry.row("fac", 1)["campus_id"] is None
    assert taken.total("skipped") == 1


def test_a_stored_parent_is_as_good_as_one_in_the_file(imported: Registry) -> None:
    taken = imported.take({"poc": [{"id": 3, "net_id": 2, "role": "NOC"}]})
    assert taken.outcome.clean
    assert imported.row("poc", 3)["network_id"] == 2


def test_children_of_a_deleted_parent_are_deleted_and_counted(registry: Registry, small: Rows) -> None:
    small["net"][0]["status"] = "deleted"
    taken = registry.take(small)
    assert taken.outcome.clean
    assert {(tag, row) for tag, row, _, _ in taken.named(FALLEN)} == {("netixlan", 1), ("netfac", 1), ("netfac", 2), ("poc", 1), ("poc", 2)}
    assert {name for name, status in registry.statuses().items() if status == "deleted"} == {
        ("net", 1),
        *((tag, row) for tag, row, _, _ in taken.named(FALLEN)),
    }
    assert registry.row("ix", 1)["net_count"] == 1
    before = registry.tables()
    registry.take(small)
    assert registry.tables() == before


def test_stored_children_fall_with_a_parent_that_the_file_deletes(imported: Registry, small: Rows) -> None:
    taken = imported.take({"ix": [{**small["ix"][0], "status": "deleted"}]})
    fallen = {name for name, status in imported.statuses().items() if status == "deleted"}
    assert fallen == {("ix", 1), ("ixlan", 1), ("ixpfx", 1), ("ixpfx", 2), ("netixlan", 1), ("netixlan", 2), ("ixfac", 1)}
    assert taken.total("deleted") == 6
    assert imported.row("netixlan", 1)["changed"] == 2


def test_a_deleted_contact_is_blanked(imported: Registry, small: Rows) -> None:
    imported.take({"poc": [{**small["poc"][0], "status": "deleted"}], "net": small["net"]})
    assert [imported.row("poc", 1)[name] for name in PERSONAL] == [""] * 5
    assert imported.row("poc", 2)["name"] == "Paul Peering"
    imported.take({"net": [{**small["net"][0], "status": "deleted"}]})
    assert [imported.row("poc", 2)[name] for name in PERSONAL] == [""] * 5


def test_a_row_can_come_back(registry: Registry, small: Rows) -> None:
    registry.take(small | {"org": [{**row, "status": "deleted"} for row in small["org"]]})
    assert set(registry.statuses().values()) == {"deleted"}
    assert registry.take(small).outcome.clean
    assert set(registry.statuses().values()) == {"ok"}


def test_who_could_once_see_a_contact_is_remembered(imported: Registry, small: Rows) -> None:
    assert [imported.row("poc", number)["was_visible"] for number in (1, 2)] == ["Public", "Users"]
    small["poc"][0]["visible"] = "Private"
    small["poc"][1]["visible"] = "Public"
    imported.take({"poc": small["poc"]})
    assert [imported.row("poc", number)["visible"] for number in (1, 2)] == ["Private", "Public"]
    assert [imported.row("poc", number)["was_visible"] for number in (1, 2)] == ["Public", "Public"]
