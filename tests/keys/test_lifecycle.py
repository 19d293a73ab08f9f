"""Issue, edit, revoke: who may, what is refused, and what the audit keeps."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from portal.access.permissions import Permission
from portal.access.require import ConfirmationNeeded
from portal.api_keys.lifecycle.create import issue
from portal.api_keys.lifecycle.draft import Draft
from portal.api_keys.lifecycle.edit import edit
from portal.api_keys.lifecycle.stop import revoke
from portal.audit.record import chain
from portal.db.session import lock, now
from portal.errors import Conflict, Forbidden, Invalid, NotFound, PortalError
from portal.extensions import db, settings
from portal.models import ApiKey, AuditRow, Membership, Person
from tests.people import People, Robot
from tests.registry import Records
from tests.threads import at_once

MakeRobot = Callable[..., Robot]


def draft(**changes: Any) -> Draft:
    plain = Draft("nightly build", "noc@example.net", now().date() + timedelta(days=90), grants={Permission.NETWORKS_READ: None})
    return replace(plain, **changes)


@pytest.mark.parametrize(
    ("name", "refusal"), [("erin", Forbidden), ("bob", Forbidden), ("charlie", NotFound), ("dave", NotFound), ("olga", NotFound)]
)
def test_only_an_admin_of_the_organization_issues_keys(app: Flask, people: People, name: str, refusal: type[PortalError]) -> None:
    with app.app_context(), pytest.raises(refusal):
        issue(db.session(), people.principal(name), people.ours, draft())


@pytest.mark.parametrize(("left", "refusal"), [(None, NotFound), ("viewer", Forbidden)])
def test_a_role_that_was_taken_away_while_the_request_was_on_its_way_is_gone(
    app: Flask, people: People, left: str | None, refusal: type[PortalError]
) -> None:
    with app.app_context():
        session, alice = db.session(), people.principal("alice")
        lock(session)
        membership = session.get_one(Membership, (people.ours, people.ids["alice"]))
        if left:
            membership.role = left
        else:
            session.delete(membership)
        session.commit()
        with pytest.raises(refusal):
            issue(session, alice, people.ours, draft())


def test_an_admin_confirms_who_they_are_first(app: Flask, people: People) -> None:
    with app.app_context(), pytest.raises(ConfirmationNeeded):
        issue(db.session(), people.principal("alice", confirmed=False), people.ours, draft())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"note": "x" * 1001}, "note"),
        ({"notify_email": "nobody"}, "notify_email"),
        ({"grants": {}}, "grants"),
        ({"grants": {Permission.KEYS_MANAGE: None}}, "grants"),
        ({"grants": {Permission.NETWORKS_READ: frozenset({1})}}, "grants"),
        ({"grants": {Permission.NETWORKS_UPDATE: frozenset()}}, "grants"),
        ({"expires_on": now().date() - timedelta(days=1)}, "expires_on"),
        ({"expires_on": now().date() + timedelta(days=400)}, "expires_on"),  # more than 366, also when midnight passes meanwhile
    ],
)
def test_a_wrong_draft_is_refused_on_its_field(app: Flask, people: People, changes: dict[str, Any], field: str) -> None:
    with app.app_context(), pytest.raises(Invalid) as refusal:
        issue(db.session(), people.principal("alice"), people.ours, draft(**changes))
    assert refusal.value.field == field


def test_a_grant_names_only_objects_of_the_organization(app: Flask, people: People, records: Records) -> None:
    chosen = {Permission.NETWORKS_UPDATE: frozenset({records["net"], records["other"]})}
    with app.app_context(), pytest.raises(Invalid, match=str(records["other"])):
        issue(db.session(), people.principal("alice"), people.ours, draft(grants=chosen))


def test_two_live_keys_do_not_share_a_name(app: Flask, people: People, robot: MakeRobot) -> None:
    first = robot("networks:read", name="nightly build")
    with app.app_context():
        session = db.session()
        with pytest.raises(Conflict):
            issue(session, people.principal("alice"), people.ours, draft())
        revoke(session, people.principal("alice"), people.ours, first.key_id)
        issue(session, people.principal("alice"), people.ours, draft())
        session.commit()


def test_a_key_is_found_by_its_organization_and_its_id(app: Flask, people: People, robot: MakeRobot) -> None:
    """Trap 1: an admin of one organization can strip another's key."""
    key = robot("networks:read")
    with app.app_context():
        session = db.session()
        with pytest.raises(NotFound):
            revoke(session, people.principal("charlie"), people.theirs, key.key_id)
        with pytest.raises(NotFound):
            edit(session, people.principal("charlie"), people.theirs, key.key_id, draft(), seen=0)
        with pytest.raises(NotFound):
            revoke(session, people.principal("charlie"), people.ours, key.key_id)


def test_an_edit_of_an_older_state_is_a_conflict(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        session = db.session()
        seen = session.get_one(ApiKey, key.key_id).changed
        edit(session, people.principal("alice"), people.ours, key.key_id, draft(name="first"), seen=seen)
        session.commit()
        with pytest.raises(Conflict, match="Someone else"):
            edit(session, people.principal("alice"), people.ours, key.key_id, draft(name="second"), seen=seen)


def test_an_edit_keeps_every_choice(app: Flask, people: People, records: Records, robot: MakeRobot) -> None:
    """Trap 15: choices the form offers but doesn't save."""
    key = robot("networks:read", "contacts:read")
    grants = {Permission.NETWORKS_READ: None, Permission.NETWORKS_UPDATE: frozenset({records["net"]}), Permission.CONTACTS_DELETE: None}
    with app.app_context():
        session = db.session()
        seen = session.get_one(ApiKey, key.key_id).changed
        edited = edit(session, people.principal("alice"), people.ours, key.key_id, draft(grants=grants, note="why"), seen=seen)
        session.commit()
        assert (edited.note, edited.name) == ("why", "nightly build")
        rows = session.scalars(select(AuditRow).where(AuditRow.event == "api_key.edited")).all()
        assert rows[0].details["grants"][1] == ["contacts:delete", "networks:read", f"networks:update {records['net']}"]


def test_an_edit_without_a_change_leaves_no_trace(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read", name="nightly build")
    with app.app_context():
        session = db.session()
        seen = session.get_one(ApiKey, key.key_id).changed
        edited = edit(session, people.principal("alice"), people.ours, key.key_id, draft(), seen=seen)
        session.commit()
        assert edited.changed == seen
        assert session.scalars(select(AuditRow.event).order_by(AuditRow.number)).all() == ["api_key.issued"]


def test_a_revoked_key_is_past_changing(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        session = db.session()
        revoke(session, people.principal("alice"), people.ours, key.key_id, reason="laptop lost")
        session.commit()
        with pytest.raises(Conflict, match="revoked"):
            revoke(session, people.principal("alice"), people.ours, key.key_id)
        row = session.scalars(select(AuditRow).where(AuditRow.event == "api_key.revoked")).one()
        assert (row.actor_name, row.subject_id, row.details) == ("Alice", key.key_id, {"reason": "laptop lost"})


def test_a_key_outlives_the_person_who_issued_it(app: Flask, people: People, robot: MakeRobot) -> None:
    """Trap 8: audit rows that vanish with the user; and the first promise of all."""
    key = robot("networks:read")
    with app.app_context():
        session = db.session()
        lock(session)
        session.execute(delete(Membership).where(Membership.person_id == people.ids["alice"]))
        session.execute(delete(Person).where(Person.id == people.ids["alice"]))
        session.commit()
        assert session.get_one(ApiKey, key.key_id).issued_by == "Alice"
        row = session.scalars(select(AuditRow).where(AuditRow.event == "api_key.issued")).one()
        assert (row.actor_name, row.actor_id) == ("Alice", str(people.ids["alice"]))


def test_audit_rows_are_chained(app: Flask, robot: MakeRobot) -> None:
    for number in range(3):
        robot("networks:read", name=f"robot {number}")
    with app.app_context():
        before = b""
        for row in db.session.scalars(select(AuditRow).order_by(AuditRow.number)):
            assert row.mac == chain(settings().audit_key, before, row)
            row.actor_name = "Mallory"
            assert row.mac != chain(settings().audit_key, before, row)
            before = row.mac
        db.session.rollback()


def test_ten_admins_who_issue_one_name_at_once_get_one_key(app: Flask, people: People) -> None:
    def issued() -> None:
        issue(db.session(), people.principal("alice"), people.ours, draft())

    outcomes = at_once(app, *[issued] * 10)
    assert sorted(outcomes) == ["conflict"] * 9 + ["issued"]
