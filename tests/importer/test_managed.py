"""Organizations that are run here, by a member or a live key: the file doesn't change their records."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal.db.session import lock, now
from portal.extensions import db
from portal.models import ApiKey
from tests.importer.members import add_admin
from tests.importer.registry import Registry, Rows

RUN_HERE = "organization is run here"


@pytest.fixture
def by_member(registry: Registry, small: Rows) -> Rows:
    """Organization 1 has a member; the file then says something else of everything."""
    registry.take(small)
    with registry.app.app_context():
        add_admin(1)
    for tag, rows in small.items():
        for row in rows:
            row |= {"updated": "2026-06-01T00:00:00Z"} | ({"notes": "changed"} if tag in ("org", "net", "ix", "fac") else {})
    return small


@pytest.fixture
def add_key(registry: Registry) -> Callable[..., None]:
    def add(**values: object) -> None:
        with registry.app.app_context():
            session = db.session()
            lock(session)
            key = ApiKey(id="k1", organization_id=1, name="robot", notify_email="noc@example.net", issued_by="Alice")
            for name, value in ({"expires_at": None, "disabled_at": None, "revoked_at": None, "last_used_at": None} | values).items():
                setattr(key, name, value)
            session.add(key)
            session.commit()

    return add


def test_their_records_are_left_alone_and_counted(registry: Registry, by_member: Rows) -> None:
    before = registry.tables()
    taken = registry.take(by_member)
    assert taken.outcome.clean
    left = {(tag, row) for tag, row, _, _ in taken.named(RUN_HERE)}
    assert left == {
        ("org", 1),
        ("net", 1),
        ("net", 2),
        ("netixlan", 1),
        ("netixlan", 2),
        ("netfac", 1),
        ("netfac", 2),
        ("poc", 1),
        ("poc", 2),
    }
    assert taken.total("leftAlone") == len(left)
    assert registry.row("ix", 1)["notes"] == "changed"
    after = registry.tables()
    assert after["contact"] == before["contact"]
    assert [row["notes"] for row in after["network"]] == ["", ""]


def test_nothing_new_is_given_to_them_or_taken_from_them(registry: Registry, by_member: Rows) -> None:
    by_member["net"][0]["org_id"] = 2
    by_member["net"].append({"id": 3, "org_id": 1, "asn": 64502, "name": "Third"})
    by_member["poc"].append({"id": 3, "net_id": 3, "role": "NOC"})
    by_member["netixlan"].append({"id": 3, "net_id": 3, "ix_id": 1, "ixlan_id": 1, "asn": 64502, "ipaddr4": "198.51.100.3"})
    taken = registry.take(by_member)
    assert taken.outcome.clean
    assert taken.total("skipped") == 0
    assert registry.row("net", 1)["organization_id"] == 1
    assert not {("net", 3), ("poc", 3), ("netixlan", 3)} & registry.statuses().keys()


def test_a_full_import_deletes_nothing_of_theirs(registry: Registry, by_member: Rows) -> None:
    for tag in ("net", "netixlan", "netfac", "poc"):
        del by_member[tag]
    assert registry.take(by_member, full=True).total("deleted") == 0
    assert set(registry.statuses().values()) == {"ok"}


def test_their_port_still_goes_with_a_deleted_exchange(registry: Registry, by_member: Rows) -> None:
    by_member["ix"][0]["status"] = "deleted"
    registry.take(by_member)
    assert registry.statuses()["netixlan", 1] == "deleted"
    assert registry.statuses()["net", 1] == "ok"


def test_the_operator_can_overwrite_them(registry: Registry, by_member: Rows) -> None:
    taken = registry.take(by_member, overwrite_managed=True)
    assert taken.total("leftAlone") == 0
    assert registry.row("net", 1)["notes"] == "changed"


@pytest.mark.parametrize(
    ("state", "left"), [({}, 9), ({"disabled_at": now()}, 9), ({"revoked_at": now()}, 0), ({"expires_at": now() - timedelta(days=1)}, 0)]
)
def test_a_live_key_makes_an_organization_run_here(
    registry: Registry, small: Rows, add_key: Callable[..., None], state: dict[str, object], left: int
) -> None:
    registry.take(small)
    add_key(**state)
    assert registry.take(small).total("leftAlone") == left
