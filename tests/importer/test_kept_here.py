"""Records that are kept here: the file doesn't change them. A member or a key keeps nothing."""

import pytest

from portal.db.session import lock
from portal.extensions import db
from portal.importer.problems import HOLDS_KEPT, KEPT_HERE
from portal.models import ApiKey
from tests.importer.keeps import keep
from tests.importer.members import add_admin
from tests.importer.registry import Registry, Rows

NETWORK_1 = {("net", 1), ("netixlan", 1), ("netfac", 1), ("netfac", 2), ("poc", 1), ("poc", 2)}


@pytest.fixture
def kept(registry: Registry, small: Rows) -> Rows:
    """Network 1 is kept here; the file then says something else of everything."""
    registry.take(small)
    with registry.app.app_context():
        keep(("net", 1))
    for tag, rows in small.items():
        for row in rows:
            row |= {"updated": "2026-06-01T00:00:00Z"} | ({"notes": "changed"} if tag in ("org", "net", "ix", "fac") else {})
    return small


def test_they_are_left_alone_with_what_goes_with_them_and_counted(registry: Registry, kept: Rows) -> None:
    before = registry.tables()
    taken = registry.take(kept)
    assert taken.outcome.clean
    left = {(tag, row) for tag, row, _, _ in taken.named(KEPT_HERE)}
    assert left == NETWORK_1
    assert taken.total("leftAlone") == len(left)
    after = registry.tables()
    assert after["contact"] == before["contact"]
    assert [row["notes"] for row in after["network"]] == ["", "changed"]
    assert (registry.row("org", 1)["notes"], registry.row("ix", 1)["notes"]) == ("changed", "changed")


def test_nothing_new_is_given_to_them_or_taken_from_them(registry: Registry, kept: Rows) -> None:
    with registry.app.app_context():
        keep(("ix", 1))
    kept["net"][0]["org_id"] = 2
    kept["poc"] += [{"id": 3, "net_id": 1, "role": "NOC"}, kept["poc"].pop() | {"net_id": 2}]
    kept["ixlan"].append({"id": 2, "ix_id": 1})
    kept["ixpfx"].append({"id": 3, "ixlan_id": 2, "protocol": "IPv4", "prefix": "203.0.113.0/24"})
    kept["netixlan"] += [
        {"id": 3, "net_id": 2, "ix_id": 1, "ixlan_id": 1, "asn": 64501, "ipaddr4": "198.51.100.3"},
        {"id": 4, "net_id": 2, "ix_id": 1, "ixlan_id": 2, "asn": 64501, "ipaddr4": "203.0.113.4"},
    ]
    taken = registry.take(kept)
    assert taken.outcome.clean
    assert taken.total("skipped") == 0
    assert (registry.row("net", 1)["organization_id"], registry.row("poc", 2)["network_id"]) == (1, 1)
    assert registry.statuses().keys() & {("poc", 3), ("ixlan", 2), ("ixpfx", 3), ("netixlan", 3), ("netixlan", 4)} == {("netixlan", 3)}


def test_a_full_import_deletes_none_of_them(registry: Registry, kept: Rows) -> None:
    for tag in ("netixlan", "netfac", "poc"):
        del kept[tag]
    kept["net"] = kept["net"][1:]
    assert registry.take(kept, full=True, force=True).total("deleted") == 1
    assert {name for name, status in registry.statuses().items() if status == "deleted"} == {("netixlan", 2)}


def test_their_port_and_presence_still_go_with_a_deleted_exchange_and_facility(registry: Registry, kept: Rows) -> None:
    kept["ix"][0]["status"] = kept["fac"][1]["status"] = "deleted"
    registry.take(kept)
    statuses = registry.statuses()
    assert (statuses["netixlan", 1], statuses["netfac", 2]) == ("deleted", "deleted")
    assert (statuses["net", 1], statuses["netfac", 1]) == ("ok", "ok")
    assert not registry.take(kept).outcome.changed


@pytest.mark.parametrize("gone", [False, True])
def test_what_they_live_under_stays(registry: Registry, kept: Rows, gone: bool) -> None:
    """An organization with a kept network, and one whose campus has a kept facility, though the file moves neither."""
    with registry.app.app_context():
        keep(("fac", 1))
    if gone:
        del kept["org"], kept["campus"], kept["ix"], kept["carrier"]
    else:
        for row in (*kept["org"], *kept["campus"], *kept["ix"]):
            row["status"] = "deleted"
    taken = registry.take(kept, full=gone, force=True)
    statuses = registry.statuses()
    assert {statuses[name] for name in (("org", 1), ("org", 2), ("campus", 1), ("fac", 1), ("net", 1))} == {"ok"}
    assert statuses["ix", 1] == "deleted"
    left = {(tag, row) for tag, row, _, _ in taken.named(HOLDS_KEPT)}
    assert left == (set() if gone else {("org", 1), ("org", 2), ("campus", 1)})
    assert not registry.take(kept, full=gone, force=True).outcome.changed


def test_an_organization_stays_for_the_campus_of_anothers_kept_facility(registry: Registry, kept: Rows) -> None:
    kept["org"] += [{"id": 3, "name": "Third Org"}, {"id": 4, "name": "Fourth Org"}]
    kept["campus"].append({"id": 2, "org_id": 3, "name": "Second Campus"})
    kept["fac"][1]["campus_id"] = 2
    registry.take(kept)
    with registry.app.app_context():
        keep(("fac", 2))
    for row in kept["org"][2:]:
        row["status"] = "deleted"
    kept["campus"][1]["org_id"] = 4  # where it couldn't live either
    registry.take(kept)
    statuses = registry.statuses()
    assert (statuses["org", 3], statuses["org", 4], statuses["campus", 2], statuses["fac", 2]) == ("ok", "deleted", "ok", "ok")
    assert registry.row("campus", 2)["organization_id"] == 3
    assert not registry.take(kept).outcome.changed
    kept["campus"][1]["org_id"] = 2
    registry.take(kept)
    assert (registry.statuses()["org", 3], registry.row("campus", 2)["organization_id"]) == ("deleted", 2)


def test_a_member_and_a_key_keep_nothing(registry: Registry, small: Rows) -> None:
    registry.take(small)
    with registry.app.app_context():
        add_admin(1)
        session = db.session()
        lock(session)
        key = ApiKey(id="k1", organization_id=1, name="robot", notify_email="noc@example.net", issued_by="Alice")
        key.expires_at = key.disabled_at = key.revoked_at = key.last_used_at = None
        session.add(key)
        session.commit()
    small["net"][0]["notes"] = "changed"
    taken = registry.take(small)
    assert (taken.total("updated"), taken.total("leftAlone")) == (1, 0)
