"""`--full`: what the file no longer has goes, but not too much at once, and nothing that was made here."""

import pytest

from portal.db.session import lock, next_id
from portal.extensions import db
from portal.importer.stream import DumpRefused
from portal.registry.organizations import Organization
from tests.importer.registry import Registry, Rows

MANY = 40


@pytest.fixture
def many(registry: Registry) -> Rows:
    """40 organizations, of which two may go, and one that was made here."""
    rows: Rows = {"org": [{"id": number, "name": f"Organization {number}"} for number in range(1, MANY + 1)]}
    registry.take(rows)
    with registry.app.app_context():
        session = db.session()
        lock(session)
        session.add(Organization(id=next_id(session), name="Made here", latitude=None, longitude=None))
        session.commit()
    return rows


def test_what_the_file_no_longer_has_is_deleted(registry: Registry, many: Rows) -> None:
    del many["org"][:2]
    taken = registry.take(many, full=True)
    assert taken.total("deleted") == 2
    assert {name for name, status in registry.statuses().items() if status == "deleted"} == {("org", 1), ("org", 2)}
    assert not registry.take(many, full=True).outcome.changed


def test_without_it_nothing_goes(registry: Registry, many: Rows) -> None:
    del many["org"][:2]
    assert not registry.take(many).outcome.changed


def test_a_twentieth_of_a_type_is_the_most_that_goes(registry: Registry, many: Rows) -> None:
    before = registry.tables(without=())
    del many["org"][:3]
    with pytest.raises(DumpRefused, match=r"More than 5% would be deleted: 3 of 40 org\."):
        registry.take(many, full=True)
    assert registry.tables(without=()) == before
    assert registry.take(many, full=True, force=True).total("deleted") == 3


def test_children_go_with_what_the_file_no_longer_has(imported: Registry, small: Rows) -> None:
    del small["ix"]
    taken = imported.take(small, full=True, force=True)
    fallen = {name for name, status in imported.statuses().items() if status == "deleted"}
    assert fallen == {("ix", 1), ("ixlan", 1), ("ixpfx", 1), ("ixpfx", 2), ("netixlan", 1), ("netixlan", 2), ("ixfac", 1)}
    assert taken.total("deleted") == 1
    assert not imported.take(small, full=True, force=True).outcome.changed


def test_a_row_that_is_in_the_file_but_skipped_does_not_go(imported: Registry, small: Rows) -> None:
    small["poc"][0]["net_id"] = 77
    assert imported.take(small, full=True).total("deleted") == 0
    assert imported.row("poc", 1)["status"] == "ok"
