"""Disable and enable: who may, that it is undone wholly, and that it lengthens nothing."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select

from portal.access.permissions import GRANTABLE
from portal.access.principal import Kind, Principal
from portal.access.require import ConfirmationNeeded
from portal.access.token_refusals import MESSAGES, Reason
from portal.api_keys.authenticate.authenticate import Origin, admit, credential
from portal.api_keys.lifecycle.stop import disable, enable, revoke
from portal.db.reader import Snapshot
from portal.db.session import lock, now
from portal.errors import Conflict, Forbidden, NotFound, PortalError, Unauthenticated
from portal.extensions import db
from portal.models import ApiKey, AuditRow
from tests.people import People, Robot

MakeRobot = Callable[..., Robot]
ACTS = pytest.mark.parametrize("act", [disable, enable])


def ask(key: Robot) -> Kind:
    with Snapshot(db.engine) as opened:
        return admit(credential([f"Bearer {key.token}"]), Origin("192.0.2.1"), opened).principal.kind


def refusal_of(key: Robot) -> str:
    with pytest.raises(Unauthenticated) as refusal:
        ask(key)
    return refusal.value.message


def events() -> list[str]:
    return list(db.session.scalars(select(AuditRow.event).order_by(AuditRow.number)))


def test_a_disabled_key_is_refused_until_it_is_enabled(app: Flask, people: People, robot: MakeRobot) -> None:
    key, other = robot("networks:read"), robot("networks:read", name="other")
    with app.app_context():
        session, alice = db.session(), people.principal("alice")
        disable(session, alice, people.ours, key.key_id)
        session.commit()
        assert refusal_of(key) == MESSAGES[Reason.DISABLED]
        assert ask(other) is Kind.KEY
        enable(session, alice, people.ours, key.key_id)
        session.commit()
        assert ask(key) is Kind.KEY
        assert events()[2:] == ["api_key.disabled", "api_key.enabled"]
        row = session.scalars(select(AuditRow).where(AuditRow.event == "api_key.disabled")).one()
        assert (row.actor_name, row.subject_id, row.organization_id) == ("Alice", key.key_id, people.ours)


@ACTS
@pytest.mark.parametrize(
    ("name", "refusal"), [("erin", Forbidden), ("bob", Forbidden), ("charlie", NotFound), ("dave", NotFound), ("olga", NotFound)]
)
def test_only_an_admin_of_the_organization_stops_a_key(
    app: Flask, people: People, robot: MakeRobot, act: Callable[..., ApiKey], name: str, refusal: type[PortalError]
) -> None:
    key = robot("networks:read")
    with app.app_context():
        with pytest.raises(refusal):
            act(db.session(), people.principal(name), people.ours, key.key_id)
        assert ask(key) is Kind.KEY


@ACTS
def test_a_key_stops_no_key(app: Flask, people: People, robot: MakeRobot, act: Callable[..., ApiKey]) -> None:
    key = robot("networks:read")
    caller = Principal(Kind.KEY, key.key_id, "robot", grants=dict.fromkeys(GRANTABLE), organization_id=people.ours, confirmed_at=now())
    with app.app_context(), pytest.raises(Forbidden):
        act(db.session(), caller, people.ours, key.key_id)


@ACTS
def test_an_admin_confirms_who_they_are_before_stopping_a_key(
    app: Flask, people: People, robot: MakeRobot, act: Callable[..., ApiKey]
) -> None:
    key = robot("networks:read")
    with app.app_context(), pytest.raises(ConfirmationNeeded):
        act(db.session(), people.principal("alice", confirmed=False), people.ours, key.key_id)


@ACTS
def test_a_key_to_stop_is_found_by_its_organization_and_its_id(
    app: Flask, people: People, robot: MakeRobot, act: Callable[..., ApiKey]
) -> None:
    """Trap 1: an admin of one organization can strip another's key."""
    key = robot("networks:read")
    with app.app_context(), pytest.raises(NotFound):
        act(db.session(), people.principal("charlie"), people.theirs, key.key_id)


def test_what_is_done_already_or_revoked_is_a_conflict(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        session, alice = db.session(), people.principal("alice")
        with pytest.raises(Conflict, match="isn't disabled"):
            enable(session, alice, people.ours, key.key_id)
        disable(session, alice, people.ours, key.key_id)
        session.commit()
        with pytest.raises(Conflict, match="disabled already"):
            disable(session, alice, people.ours, key.key_id)
        revoke(session, alice, people.ours, key.key_id)
        session.commit()
        for act in (disable, enable):
            with pytest.raises(Conflict, match="revoked"):
                act(session, alice, people.ours, key.key_id)
        assert refusal_of(key) == MESSAGES[Reason.REVOKED]
        assert events() == ["api_key.issued", "api_key.disabled", "api_key.revoked"]


def test_enabling_gives_an_expired_key_no_new_life(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        session, alice = db.session(), people.principal("alice")
        disable(session, alice, people.ours, key.key_id)
        session.commit()
        lock(session)
        end = session.get_one(ApiKey, key.key_id).expires_at = now() - timedelta(seconds=1)
        session.commit()
        enable(session, alice, people.ours, key.key_id)
        session.commit()
        assert session.get_one(ApiKey, key.key_id).expires_at == end
        assert refusal_of(key) == MESSAGES[Reason.EXPIRED]


def test_disable_against_revoke_leaves_a_revoked_key(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    barrier, outcomes = Barrier(6), []

    def run(act: Callable[..., ApiKey]) -> None:
        with app.app_context():
            barrier.wait()
            try:
                act(db.session(), people.principal("alice"), people.ours, key.key_id)
                db.session.commit()
                outcomes.append(act.__name__)
            except Conflict:
                outcomes.append("conflict")

    threads = [Thread(target=run, args=(act,)) for act in (disable, disable, disable, revoke, revoke, revoke)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert (len(outcomes), outcomes.count("revoke")) == (6, 1)
        assert outcomes.count("disable") == events().count("api_key.disabled") <= 1
        assert refusal_of(key) == MESSAGES[Reason.REVOKED]
