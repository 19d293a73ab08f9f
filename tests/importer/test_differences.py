"""An import says how what is kept here differs from the file, to whom may see it."""

from dataclasses import replace
from typing import Any

import pytest

from portal.access.permissions import Permission, Role
from portal.access.principal import ANONYMOUS, COMMAND_LINE, Kind, Principal
from portal.db.session import lock
from portal.extensions import db
from portal.registry.networks import Network
from portal.registry.read.differences.read_differences import Difference, read_differences
from tests.importer.keeps import keep
from tests.importer.registry import Registry, Rows

Differences = set[tuple[str, int, str, Any, Any]]


def differences_of(registry: Registry, tag: str, identity: int, principal: Principal = COMMAND_LINE) -> Differences:
    """(record type, id, field, here, in the file), with the names of a whole record's values that aren't empty."""

    def brief(value: Any) -> Any:
        return frozenset(name for name, entry in value.items() if entry not in (None, "")) if isinstance(value, dict) else value

    with registry.app.app_context(), db.engine.connect() as connection:
        rows: list[Difference] = read_differences(connection, principal, tag, identity)
        return {(row.record_type, row.record_id, row.field, brief(row.stored), brief(row.imported)) for row in rows}


@pytest.fixture
def kept(registry: Registry, small: Rows) -> Rows:
    registry.take(small)
    with registry.app.app_context():
        keep(("net", 1), ("ix", 1))
    return small


def test_each_field_and_each_record_that_only_one_side_has_is_differences_of(registry: Registry, kept: Rows) -> None:
    assert registry.take(kept).outcome.differences == 0
    kept["net"][0] |= {"notes": "of the file", "org_id": 2, "asn": 64999, "updated": "2026-06-01T00:00:00Z"}
    kept["poc"][0]["email"] = "new@example.net"
    del kept["poc"][1]
    kept["netfac"][1]["status"] = "deleted"
    kept["netixlan"].append({"id": 3, "net_id": 1, "ix_id": 1, "ixlan_id": 1, "asn": 64500, "ipaddr4": "198.51.100.3", "speed": 1000})
    kept["ixlan"].append({"id": 2, "ix_id": 1})
    kept["ixpfx"].append({"id": 3, "ixlan_id": 2, "protocol": "IPv4", "prefix": "203.0.113.0/24"})
    taken = registry.take(kept)
    contact = frozenset({"network_id", "role", "visible", "name", "email"})
    network = {(tag, number, field) for tag, number, field, _, _ in differences_of(registry, "net", 1)}
    assert network == {("net", 1, "notes"), ("poc", 1, "email"), ("poc", 2, ""), ("netfac", 2, ""), ("netixlan", 3, "")}
    assert ("poc", 1, "email", "noc@example.net", "new@example.net") in differences_of(registry, "net", 1)
    assert ("poc", 2, "", contact, None) in differences_of(registry, "net", 1)
    assert {(tag, number, field, stored) for tag, number, field, stored, _ in differences_of(registry, "ix", 1)} == {
        ("ixlan", 2, "", None),
        ("ixpfx", 3, "", None),
    }
    assert taken.outcome.differences == 7
    before = registry.tables()
    registry.take(kept)
    assert registry.tables() == before


def test_they_end_when_the_file_or_the_record_says_the_same_and_stay_where_a_file_says_nothing(registry: Registry, kept: Rows) -> None:
    kept["net"][0]["notes"], kept["ix"][0]["notes"] = "one", "two"
    registry.take(kept)
    registry.take({"net": [kept["net"][0] | {"notes": ""}]})
    assert differences_of(registry, "net", 1) == set()
    assert differences_of(registry, "ix", 1) == {("ix", 1, "notes", "", "two")}
    kept["ix"][0]["notes"] = ""
    registry.take(kept)
    assert differences_of(registry, "ix", 1) == set()
    assert differences_of(registry, "net", 1) == {("net", 1, "notes", "", "one")}


def test_what_a_full_import_would_delete_and_what_clashes_is_differences_of(registry: Registry, kept: Rows) -> None:
    del kept["net"][0], kept["org"][0]
    kept["net"].append({"id": 3, "org_id": 2, "asn": 64500, "name": "Third"})
    kept["ix"][0]["status"] = "deleted"
    registry.take(kept, full=True, force=True)
    assert {(tag, number, field) for tag, number, field, _, _ in differences_of(registry, "net", 1)} == {("net", 1, ""), ("net", 1, "asn")}
    assert {(tag, number, field) for tag, number, field, _, _ in differences_of(registry, "ix", 1)} == {("ix", 1, "")}
    assert differences_of(registry, "org", 1) == {("org", 1, "status", "ok", "deleted")}
    with registry.app.app_context(), db.engine.connect() as connection:
        clash = read_differences(connection, ANONYMOUS, "net", 1)[-1]
    assert (clash.field, clash.stored, clash.clash_id) == ("asn", 64500, 3)


def test_nobody_sees_of_a_difference_what_it_may_not_see_of_the_field(registry: Registry, kept: Rows) -> None:
    kept["net"][0]["notes_private"] = "secret"
    kept["poc"][0] |= {"visible": "Private", "email": "private@example.net"}  # Public here
    kept["poc"][1]["email"] = "users@example.net"  # Users on both sides
    kept["poc"] += [{"id": 3, "net_id": 1, "role": "NOC", "visible": "Private"}, {"id": 4, "net_id": 1, "role": "NOC", "visible": "Public"}]
    kept["ixlan"][0]["ixf_ixp_member_list_url"] = "https://ix.example.net/members.json"
    registry.take(kept)
    member = Principal(Kind.MEMBER, id="1", roles={1: Role.VIEWER})

    def fields(principal: Principal) -> set[tuple[str, int, str]]:
        return {(tag, number, field) for tag, number, field, _, _ in differences_of(registry, "net", 1, principal)}

    every = {("net", 1, "notes_private"), ("poc", 1, "visible"), ("poc", 1, "email"), ("poc", 2, "email"), ("poc", 3, ""), ("poc", 4, "")}
    assert fields(member) == every
    assert fields(replace(member, roles={2: Role.VIEWER})) == {("poc", 2, "email"), ("poc", 4, "")}
    assert fields(ANONYMOUS) == {("poc", 4, "")}
    key = Principal(Kind.KEY, id="k1", organization_id=1, grants={Permission.NETWORKS_READ: None})
    assert fields(key) == set()
    assert fields(
        replace(key, grants=dict.fromkeys((Permission.NETWORKS_READ, Permission.NETWORKS_READ_PRIVATE, Permission.CONTACTS_READ)))
    ) == {
        ("net", 1, "notes_private"),
        ("poc", 2, "email"),
        ("poc", 4, ""),
    }
    assert differences_of(registry, "ix", 1, member) == set()
    assert differences_of(registry, "ix", 1, replace(member, roles={2: Role.VIEWER})) != set()


def test_a_network_that_is_kept_and_hidden_tells_nothing(registry: Registry, kept: Rows) -> None:
    kept["net"][0]["notes"] = "of the file"
    registry.take(kept)
    with registry.app.app_context():
        lock(db.session())
        db.session.get_one(Network, 1).status = "pending"
        db.session.commit()
    assert differences_of(registry, "net", 1, ANONYMOUS) == set()
