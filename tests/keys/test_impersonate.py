"""An admin asks as one of the organization's keys: with its grants, without its token, on the record, and never as a use of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.access.permissions import GRANTABLE, Permission, Role
from portal.access.principal import Kind, Principal
from portal.access.token_refusals import MESSAGES, Reason
from portal.api_keys.authenticate.authenticate import Origin, admit, credential
from portal.api_keys.authenticate.impersonate import Impersonation, impersonate, keys_to_impersonate
from portal.api_keys.lifecycle.freeze import freeze
from portal.api_keys.lifecycle.rotate import Overlap, rotate
from portal.db.reader import Snapshot
from portal.db.session import now, snapshot
from portal.errors import Conflict, Forbidden, NotFound, PortalError
from portal.extensions import db
from portal.models import ApiKey, ApiKeyDay, ApiKeyToken, AuditRow, Membership
from portal.registry.organizations import Organization
from tests.keys.tokens import token_id
from tests.people import People, Robot
from tests.registry import Records
from tests.rows import change_rows
from tests.threads import at_once

MakeRobot = Callable[..., Robot]


def act(people: People, key: Robot, name: str = "alice", address: str = "192.0.2.1") -> Impersonation:
    principal = replace(people.principal(name), address=address, user_agent="Firefox")
    try:
        acting = impersonate(db.session(), principal, people.ours, key.key_id)
        db.session.commit()
    finally:
        db.session.rollback()
    return acting


def rows() -> list[AuditRow]:
    return list(db.session.scalars(select(AuditRow).where(AuditRow.event == "api_key.acted_as").order_by(AuditRow.number)))


def test_it_is_the_caller_that_its_token_makes_without_token_and_budget(
    app: Flask, people: People, records: Records, robot: MakeRobot
) -> None:
    key = robot("networks:read", "contacts:read_private", objects={"networks:update": frozenset({records["net"]})})
    with app.app_context():
        with Snapshot(db.engine) as opened:
            admitted = admit(credential([f"Bearer {key.token}"]), Origin("192.0.2.1", "Firefox"), opened)
        acting = act(people, key)
        assert acting.principal == replace(admitted.principal, token_id="", points=None, organization_points=None)
        assert acting.expires_at == admitted.expires_at


def test_who_ran_as_which_key_is_known_once_an_hour(app: Flask, people: People, robot: MakeRobot) -> None:
    one, two = robot("networks:read", name="one"), robot("networks:read", name="two")
    with app.app_context():
        for _ in range(5):
            act(people, one)
        row = rows()[0]
        assert (len(rows()), row.actor_kind, row.actor_id, row.actor_name) == (1, "member", str(people.ids["alice"]), "Alice")
        assert (row.organization_id, row.subject_type, row.subject_id, row.subject_name) == (people.ours, "api_key", one.key_id, "one")
        assert (row.address, row.user_agent, row.details) == ("192.0.2.1", "Firefox", {})
        act(people, two)
        act(people, one, address="192.0.2.2")
        assert [(row.subject_name, row.address) for row in rows()[1:]] == [("two", "192.0.2.1"), ("one", "192.0.2.2")]
        change_rows(AuditRow, AuditRow.number == row.number, at=now() - timedelta(minutes=61))
        for _ in range(2):
            act(people, one)
        assert len(rows()) == 4


def test_another_admin_has_a_row_of_their_own(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        act(people, key)
        change_rows(Membership, Membership.person_id == people.ids["erin"], role="admin")
        erin = replace(people.principal("erin"), roles=people.principal("alice").roles, address="192.0.2.1")
        impersonate(db.session(), erin, people.ours, key.key_id)
        db.session.commit()
        assert [row.actor_name for row in rows()] == ["Alice", "Erin"]


def test_of_six_at_once_one_is_recorded(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")

    def acted() -> None:
        impersonate(db.session(), people.principal("alice"), people.ours, key.key_id)

    assert at_once(app, *[acted] * 6) == ["acted"] * 6
    with app.app_context():
        assert len(rows()) == 1


def test_it_is_never_a_use_of_the_key(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        act(people, key)
        stored, token = db.session.get_one(ApiKey, key.key_id), db.session.get_one(ApiKeyToken, token_id(key.token))
        assert (stored.last_used_at, stored.last_used_address, token.first_used_at, token.last_used_at) == (None, "", None, None)
        assert db.session.scalars(select(ApiKeyDay)).all() == []


@pytest.mark.parametrize("reason", [Reason.REVOKED, Reason.EXPIRED, Reason.DISABLED, Reason.FROZEN, Reason.LEAKED])
def test_a_key_that_does_not_work_is_refused_with_the_reason(app: Flask, people: People, robot: MakeRobot, reason: Reason) -> None:
    """Trap 5: a second look-up path with another idea of "live"."""
    key, at = robot("networks:read"), now() - timedelta(seconds=1)
    with app.app_context():
        act(people, key)
        if reason is Reason.FROZEN:
            freeze(db.session(), people.principal("alice"), people.ours)
            db.session.commit()
        elif reason is Reason.LEAKED:
            change_rows(ApiKeyToken, leaked_at=at)
        else:
            column = {Reason.REVOKED: "revoked_at", Reason.EXPIRED: "expires_at", Reason.DISABLED: "disabled_at"}[reason]
            change_rows(ApiKey, **{column: at})
        with pytest.raises(Conflict) as refusal:
            act(people, key)
        assert refusal.value.message == MESSAGES[reason]
        assert len(rows()) == 1


def test_a_deleted_organizations_keys_are_refused(app: Flask, people: People, robot: MakeRobot) -> None:
    """Trap 14: an organization that is deleted while its keys work on."""
    key = robot("networks:read")
    with app.app_context():
        change_rows(Organization, Organization.id == people.ours, status="deleted")
        with pytest.raises(Conflict):
            act(people, key)


def test_a_key_that_is_being_rotated_works_on(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        rotate(db.session(), people.principal("alice"), people.ours, key.key_id, seen=token_id(key.token), overlap=Overlap.NOW)
        db.session.commit()
        assert act(people, key).principal.id == key.key_id


@pytest.mark.parametrize(
    ("name", "refusal"), [("erin", Forbidden), ("bob", Forbidden), ("charlie", NotFound), ("dave", NotFound), ("olga", NotFound)]
)
def test_only_an_admin_of_the_organization_acts_as_its_keys(
    app: Flask, people: People, robot: MakeRobot, name: str, refusal: type[PortalError]
) -> None:
    key = robot("networks:read")
    with app.app_context():
        with pytest.raises(refusal):
            act(people, key, name)
        assert rows() == []


def test_no_key_acts_as_another_and_theirs_is_as_unknown(app: Flask, people: People, robot: MakeRobot) -> None:
    """Trap 1: a key looked up by its public id without the organization."""
    key, theirs = robot("networks:read"), robot("networks:read", name="theirs", charlie=True)
    caller = Principal(Kind.KEY, key.key_id, "robot", grants=dict.fromkeys(GRANTABLE), organization_id=people.ours)
    with app.app_context():
        with pytest.raises(Forbidden):
            impersonate(db.session(), caller, people.ours, key.key_id)
        with pytest.raises(NotFound, match="There is no such API key"):
            act(people, theirs)
        with pytest.raises(NotFound, match="There is no such API key"):
            act(people, Robot("key_000000000000", "", people.ours))
        with pytest.raises(NotFound):
            impersonate(db.session(), people.principal("charlie"), people.ours, key.key_id)
        assert rows() == []


def test_an_admin_who_was_made_a_viewer_meanwhile_is_refused(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        change_rows(Membership, Membership.person_id == people.ids["alice"], role="viewer")
        with pytest.raises(Forbidden):
            act(people, key)


def test_what_can_be_chosen_are_an_admins_keys_that_have_not_ended(app: Flask, people: People, robot: MakeRobot) -> None:
    keys = {name: robot("networks:read", name=name) for name in ("bravo", "alpha", "disabled", "expired", "revoked")}
    robot("networks:read", name="theirs", charlie=True)
    with app.app_context():
        for column, name in {"disabled_at": "disabled", "expires_at": "expired", "revoked_at": "revoked"}.items():
            change_rows(ApiKey, ApiKey.id == keys[name].key_id, **{column: now() - timedelta(seconds=1)})
        with snapshot(db.engine) as connection:
            choices = keys_to_impersonate(connection, people.principal("alice"))
            assert [(choice.key.name, choice.works) for choice in choices] == [("alpha", True), ("bravo", True), ("disabled", False)]
            assert {choice.organization_id for choice in choices} == {people.ours}
            assert choices[0].key.last_use is None
            for name in ("erin", "bob", "dave", "olga"):
                assert keys_to_impersonate(connection, people.principal(name)) == []
            assert [choice.key.name for choice in keys_to_impersonate(connection, people.principal("charlie"))] == ["theirs"]


def test_no_grant_shows_what_an_admin_may_not_see() -> None:
    """So acting as a key needs no confirming of who one is. Rotating shows nothing, and needs the key's token."""
    admin = Principal(Kind.MEMBER, "1", "Alice", roles={1: Role.ADMIN})
    assert [permission for permission in GRANTABLE if not admin.may(permission, 1)] == [Permission.KEYS_ROTATE_SELF]
