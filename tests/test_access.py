"""The table of permissions against the table of the product, cell by cell, and the words of a refusal."""

from collections.abc import Mapping

import pytest

from portal.access.permissions import GRANTABLE, RULES, P, Permission, Role
from portal.access.principal import ANONYMOUS, COMMAND_LINE, Kind, Principal
from portal.access.require import ConfirmationNeeded, require
from portal.db.session import now
from portal.errors import Forbidden, NotFound

OURS, THEIRS = 7, 8
DIRECTORY = {"networks:read", "exchanges:read", "facilities:read", "carriers:read", "campuses:read", "contacts:read"}
PRIVATE = {"networks:read_private", "exchanges:read_private", "contacts:read_private"}
RECORDS = {
    f"{noun}:{act}"
    for noun in ("networks", "exchanges", "facilities", "carriers", "campuses", "contacts")
    for act in ("create", "update", "delete")
}
EXPECTED = {
    Role.VIEWER: DIRECTORY | PRIVATE | {"keys:see"},
    Role.EDITOR: DIRECTORY | PRIVATE | RECORDS | {"usage:read", "keys:see"},
    Role.ADMIN: DIRECTORY
    | PRIVATE
    | RECORDS
    | {"usage:read", "audit:read", "organization:update", "keys:see", "keys:act_as", "keys:manage", "members:manage"},
}


def member(role: Role) -> Principal:
    return Principal(Kind.MEMBER, "1", "Alice", roles={OURS: role}, confirmed_at=now())


def robot(grants: Mapping[Permission, frozenset[int] | None]) -> Principal:
    return Principal(Kind.KEY, "key_1", "nightly", grants=grants, organization_id=OURS)


@pytest.mark.parametrize("role", Role)
def test_a_role_may_exactly_what_the_product_says(role: Role) -> None:
    assert {permission.value for permission in Permission if member(role).may(permission, OURS)} == EXPECTED[role]


@pytest.mark.parametrize("role", Role)
def test_a_role_ends_at_the_border_of_its_organization(role: Role) -> None:
    assert {permission.value for permission in Permission if member(role).may(permission, THEIRS)} == DIRECTORY


@pytest.mark.parametrize("permission", GRANTABLE)
def test_a_grant_permits_itself_and_nothing_else(permission: Permission) -> None:
    assert [other for other in Permission if robot({permission: None}).may(other, OURS)] == [permission]
    beyond = [other for other in Permission if robot({permission: None}).may(other, THEIRS)]
    assert beyond == ([permission] if RULES[permission].directory else [])


def test_a_list_of_objects_is_the_whole_of_a_grant() -> None:
    principal = robot({Permission.NETWORKS_UPDATE: frozenset({20})})
    assert principal.may(Permission.NETWORKS_UPDATE, OURS, 20)
    assert not principal.may(Permission.NETWORKS_UPDATE, OURS, 21)
    assert not principal.may(Permission.NETWORKS_UPDATE, THEIRS, 20)
    assert not principal.may(Permission.NETWORKS_UPDATE, OURS)


def test_no_key_can_hold_what_is_for_people() -> None:
    people_only = {P.KEYS_SEE, P.KEYS_ACT_AS, P.KEYS_MANAGE, P.MEMBERS_MANAGE, P.REGISTRY_OPERATE}
    assert set(Permission) - set(GRANTABLE) == people_only
    assert not any(robot(dict.fromkeys(Permission)).may(permission, OURS) for permission in people_only)


def test_every_permission_has_a_rule() -> None:
    assert set(RULES) == set(Permission)


def test_strangers_are_told_nothing_and_members_what_they_lack() -> None:
    with pytest.raises(NotFound):
        require(member(Role.ADMIN), Permission.KEYS_SEE, THEIRS)
    with pytest.raises(NotFound):
        require(ANONYMOUS, Permission.KEYS_SEE, OURS)
    with pytest.raises(Forbidden, match="needs the role admin"):
        require(member(Role.EDITOR), Permission.KEYS_MANAGE, OURS)
    with pytest.raises(Forbidden, match="operators"):
        require(member(Role.ADMIN), Permission.REGISTRY_OPERATE)
    with pytest.raises(Forbidden, match="lacks networks:update") as refusal:
        require(robot({}), Permission.NETWORKS_UPDATE, OURS)
    assert refusal.value.required == ("networks:update",)


def test_confirming_is_asked_for_and_lapses() -> None:
    alice = Principal(Kind.MEMBER, "1", "Alice", roles={OURS: Role.ADMIN})
    with pytest.raises(ConfirmationNeeded):
        require(alice, Permission.KEYS_MANAGE, OURS)
    require(member(Role.ADMIN), Permission.KEYS_MANAGE, OURS)
    require(COMMAND_LINE, Permission.KEYS_MANAGE, OURS)


def test_rows_for_users_are_for_people_of_organizations_and_keys_that_read_contacts() -> None:
    readers = (member(Role.VIEWER), Principal(Kind.OPERATOR), robot({Permission.CONTACTS_READ: None}))
    others = (ANONYMOUS, Principal(Kind.MEMBER, "2", "Dave"), robot({Permission.NETWORKS_READ: None}))
    assert [principal.reads_users_rows for principal in (*readers, *others)] == [True, True, True, False, False, False]
