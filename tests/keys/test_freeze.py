"""Freeze and thaw: one act for all keys of an organization, and for nobody else's."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from portal.access.permissions import GRANTABLE
from portal.access.principal import COMMAND_LINE, Kind, Principal
from portal.access.require import ConfirmationNeeded
from portal.access.token_refusals import MESSAGES, Reason
from portal.api_keys.authenticate.authenticate import Origin, admit, credential
from portal.api_keys.lifecycle.freeze import freeze, thaw
from portal.api_keys.lifecycle.stop import disable
from portal.db.reader import Snapshot
from portal.db.session import now
from portal.errors import Conflict, Forbidden, NotFound, PortalError, Unauthenticated
from portal.extensions import db
from portal.models import AuditRow
from portal.registry.organizations import Organization
from tests.people import People, Robot
from tests.threads import at_once

MakeRobot = Callable[..., Robot]
Act = Callable[..., Organization]
ACTS = pytest.mark.parametrize("act", [freeze, thaw])


def answer_to(key: Robot) -> str:
    """`key`, or with which words it is refused."""
    with Snapshot(db.engine) as opened:
        try:
            return admit(credential([f"Bearer {key.token}"]), Origin("192.0.2.1"), opened).principal.kind
        except Unauthenticated as refusal:
            return refusal.message


def test_one_act_stops_all_keys_of_the_organization_and_one_lets_them_go(app: Flask, people: People, robot: MakeRobot) -> None:
    ours, theirs = [robot("networks:read", name=name) for name in ("first", "second")], robot("networks:read", charlie=True)
    asleep = robot("networks:read", name="asleep")
    with app.app_context():
        session, alice = db.session(), people.principal("alice")
        disable(session, alice, people.ours, asleep.key_id)
        freeze(session, alice, people.ours)
        session.commit()
    later = robot("networks:read", name="issued meanwhile")
    with app.app_context():
        session = db.session()
        assert {answer_to(key) for key in (*ours, later, asleep)} == {MESSAGES[Reason.FROZEN]}
        assert answer_to(theirs) == Kind.KEY
        thaw(session, people.principal("alice"), people.ours)
        session.commit()
        assert {answer_to(key) for key in (*ours, later)} == {Kind.KEY}
        assert answer_to(asleep) == MESSAGES[Reason.DISABLED]
        rows = session.scalars(select(AuditRow).where(AuditRow.subject_type == "organization").order_by(AuditRow.number)).all()
        assert [(row.event, row.actor_name, row.subject_id) for row in rows] == [
            ("organization.keys_frozen", "Alice", str(people.ours)),
            ("organization.keys_thawed", "Alice", str(people.ours)),
        ]


@ACTS
@pytest.mark.parametrize(
    ("name", "refusal"), [("erin", Forbidden), ("bob", Forbidden), ("charlie", NotFound), ("dave", NotFound), ("olga", NotFound)]
)
def test_only_an_admin_of_the_organization_freezes_and_thaws(
    app: Flask, people: People, robot: MakeRobot, act: Act, name: str, refusal: type[PortalError]
) -> None:
    key = robot("networks:read")
    with app.app_context():
        with pytest.raises(refusal):
            act(db.session(), people.principal(name), people.ours)
        assert answer_to(key) == Kind.KEY


@ACTS
def test_a_key_freezes_and_thaws_nothing(app: Flask, people: People, robot: MakeRobot, act: Act) -> None:
    key = robot("networks:read")
    caller = Principal(Kind.KEY, key.key_id, "robot", grants=dict.fromkeys(GRANTABLE), organization_id=people.ours, confirmed_at=now())
    with app.app_context(), pytest.raises(Forbidden):
        act(db.session(), caller, people.ours)


@ACTS
def test_an_admin_confirms_who_they_are_before_freezing_and_thawing(app: Flask, people: People, act: Act) -> None:
    with app.app_context(), pytest.raises(ConfirmationNeeded):
        act(db.session(), people.principal("alice", confirmed=False), people.ours)


@ACTS
def test_an_organization_that_is_not_there_has_nothing_to_freeze(app: Flask, people: People, act: Act) -> None:
    with app.app_context(), pytest.raises(NotFound):
        act(db.session(), COMMAND_LINE, 987654321)


def test_freezing_keeps_the_organizations_own_record(app: Flask, people: People) -> None:
    with app.app_context():
        session = db.session()
        before = session.get_one(Organization, people.ours)
        facts = (before.name, before.name_fold, before.city_fold, before.updated)
        session.rollback()
        freeze(session, people.principal("alice"), people.ours)
        session.commit()
        after = session.get_one(Organization, people.ours)
        assert (after.name, after.name_fold, after.city_fold, after.updated) == facts


def test_what_is_done_already_is_a_conflict(app: Flask, people: People) -> None:
    with app.app_context():
        session, alice = db.session(), people.principal("alice")
        with pytest.raises(Conflict, match="aren't frozen"):
            thaw(session, alice, people.ours)
        freeze(session, alice, people.ours)
        session.commit()
        with pytest.raises(Conflict, match="frozen already"):
            freeze(session, alice, people.ours)


def test_six_admins_who_freeze_at_once_freeze_once(app: Flask, people: People) -> None:
    def frozen() -> None:
        freeze(db.session(), people.principal("alice"), people.ours)

    outcomes = at_once(app, *[frozen] * 6)
    with app.app_context():
        assert sorted(outcomes) == ["conflict"] * 5 + ["frozen"]
        assert db.session.scalars(select(AuditRow.event).order_by(AuditRow.number)).all() == ["organization.keys_frozen"]
