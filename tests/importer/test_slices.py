"""Imports are written in slices: the registry is consistent after each, and others write between them."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from portal.access.principal import COMMAND_LINE
from portal.api_keys.lifecycle.stop import revoke
from portal.db.session import lock, next_id
from portal.extensions import db
from portal.importer.apply.time_limit import TooLong, time_limit
from portal.models import ApiKey, ImportRun
from portal.registry.organizations import Organization
from tests.importer.consistency import check_consistent
from tests.importer.keeps import keep
from tests.importer.registry import Registry, Rows
from tests.importer.slices import limit_slices

ROWS_IN_SLICE = 3
ENDLESS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers) SELECT count(*) FROM numbers"


@pytest.fixture(autouse=True)
def many_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    limit_slices(monkeypatch, ROWS_IN_SLICE)


def before_slices(act: Callable[[int], None]) -> Callable[[str], None]:
    """A watcher that acts before each slice, and is told which one it is, from 0 on."""
    numbers = iter(range(1000))

    def watch(doing: str) -> None:
        if doing == "Applying":
            act(next(numbers))

    return watch


def edited(rows: Rows) -> Rows:
    for tag in rows:
        for row in rows[tag]:
            row |= {"updated": "2026-06-01T00:00:00Z"} | ({"notes": "of the file"} if tag in ("org", "net", "ix", "fac") else {})
    return rows


def test_each_slice_has_a_version_of_its_own_and_leaves_the_registry_consistent(registry: Registry, small: Rows) -> None:
    versions: list[int] = []

    def look(number: int) -> None:
        check_consistent(registry)
        versions.append(registry.version)
        assert len(registry.tables(without=())["import_run"]) == min(number, 1)

    registry.take(small, before_slices(look))
    rows = sum(map(len, small.values()))
    assert versions == list(range(-(-rows // ROWS_IN_SLICE)))
    assert registry.version == len(versions)
    check_consistent(registry)
    [audit_row] = registry.tables()["audit_row"]
    assert audit_row["details"]["counts"]["netixlan"]["added"] == 2


def test_keys_are_revoked_between_slices(registry: Registry, small: Rows) -> None:
    with registry.app.app_context():
        session = db.session()
        lock(session)
        ours = Organization(id=next_id(session), name="Made here", latitude=None, longitude=None)
        session.add(ours)
        session.flush()
        for number in range(20):
            key = ApiKey(id=f"k{number}", organization_id=ours.id, name=f"robot {number}", notify_email="", issued_by="Alice")
            key.expires_at = key.disabled_at = key.revoked_at = key.last_used_at = None
            session.add(key)
        organization = ours.id
        session.commit()
    revoked: list[str] = []

    def stop_a_key(number: int) -> None:
        revoke(db.session(), COMMAND_LINE, organization, f"k{number}", reason="")
        db.session.commit()
        revoked.append(f"k{number}")

    taken = registry.take(small, before_slices(stop_a_key))
    rows = sum(map(len, small.values()))
    assert len(revoked) == -(-rows // ROWS_IN_SLICE)
    assert {key["id"] for key in registry.tables()["api_key"] if key["revoked_at"]} == set(revoked)
    assert taken.total("added") == rows


def test_a_record_that_is_kept_here_meanwhile_is_left_alone_and_gets_nothing_new(registry: Registry, small: Rows) -> None:
    registry.take(small)
    small["poc"].append({"id": 3, "net_id": 1, "role": "NOC"})

    def keep_network(number: int) -> None:
        if number == 1:
            keep(("net", 1))

    taken = registry.take(edited(small), before_slices(keep_network))
    assert ("net", 1, None, None) in taken.named("kept here")
    assert [row["notes"] for row in registry.tables()["network"]] == ["", "of the file"]
    assert ("poc", 3) not in registry.statuses()
    assert registry.row("ix", 1)["notes"] == "of the file"
    check_consistent(registry)


def test_what_a_facility_that_is_kept_here_meanwhile_lives_under_stays(registry: Registry, small: Rows) -> None:
    registry.take(small)
    for tag in ("org", "campus", "ix", "carrier"):
        small[tag] = [row | {"status": "deleted"} for row in small[tag]]

    def keep_facility(number: int) -> None:
        if number == 1:
            keep(("fac", 1))

    registry.take(small, before_slices(keep_facility))
    statuses = registry.statuses()
    assert {statuses[name] for name in (("fac", 1), ("campus", 1), ("org", 2))} == {"ok"}
    assert {statuses[name] for name in (("net", 1), ("org", 1))} == {"deleted"}
    check_consistent(registry)


def test_a_row_that_others_change_meanwhile_is_planned_again(registry: Registry, small: Rows) -> None:
    registry.take(small)
    seen: list[str] = []

    def rename(number: int) -> None:
        if number == 0:
            session = db.session()
            lock(session)
            session.get_one(Organization, 2).name = "Renamed meanwhile"
            session.commit()
        seen.append(registry.row("org", 2)["name"])

    small["org"] = [small["org"][0] | {"notes": "of the file"}, small["org"][1] | {"notes": "of the file"}]
    taken = registry.take(small, before_slices(rename))
    assert seen == ["Renamed meanwhile"] * 3  # two passes don't write the row, the next plan does
    assert taken.total("updated") == 2
    assert (registry.row("org", 2)["name"], registry.row("org", 2)["notes"]) == ("Other Org", "of the file")


def test_a_slice_that_takes_too_long_is_stopped(app: Flask) -> None:
    with app.app_context():
        lock(db.session())
        connection = db.session.connection()
        with pytest.raises(TooLong), time_limit(connection, 0.1):
            connection.execute(text(ENDLESS))
        db.session.rollback()
        assert lock(db.session())
        assert db.session.query(ImportRun).count() == 0
