"""Rotating: two tokens of one key, and the old one's end, which nothing but its time brings and nothing puts off."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.access.permissions import GRANTABLE
from portal.access.principal import Kind, Principal
from portal.access.require import ConfirmationNeeded
from portal.access.token_refusals import MESSAGES, Reason
from portal.api_keys.authenticate.authenticate import Origin, admit, credential
from portal.api_keys.lifecycle.retire import retire
from portal.api_keys.lifecycle.rotate import MAX_OVERLAP, Overlap, rotate
from portal.api_keys.lifecycle.stop import disable, revoke
from portal.api_keys.usage import note_first_use
from portal.db.reader import Snapshot
from portal.db.session import now
from portal.errors import Conflict, Forbidden, NotFound, PortalError
from portal.extensions import db
from portal.models import ApiKey, ApiKeyToken, AuditRow, Mail
from tests.keys.tokens import answer_to, stored, token_id, turn
from tests.people import People, Robot
from tests.rows import change_rows

MakeRobot = Callable[..., Robot]


def test_both_tokens_are_the_same_key(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        before = db.session.get_one(ApiKey, key.key_id).expires_at
        new = turn(people, key, key.token)
        for text in (key.token, new):
            with Snapshot(db.engine) as opened:
                principal = admit(credential([f"Bearer {text}"]), Origin("192.0.2.1"), opened).principal
            assert (principal.id, [permission.value for permission in principal.grants]) == (key.key_id, ["networks:read"])
        assert db.session.get_one(ApiKey, key.key_id).expires_at == before
        assert stored(new).retires_at is None
        row = db.session.scalars(select(AuditRow).where(AuditRow.event == "api_key.rotated")).one()
        assert row.details == {"token_id": token_id(new), "replaces": token_id(key.token), "overlap": "24h"}
        assert (row.actor_name, row.subject_id) == ("Alice", key.key_id)


@pytest.mark.parametrize(("overlap", "hours"), [(Overlap.HOUR, 1), (Overlap.DAY, 24), (Overlap.WEEK, 168)])
def test_the_old_token_has_its_time_from_the_new_ones_first_use(
    app: Flask, people: People, robot: MakeRobot, overlap: Overlap, hours: int
) -> None:
    """Trap 21: the first of twenty hosts to get the new token cuts off the other nineteen."""
    key = robot("networks:read")
    with app.app_context():
        at = now()
        new = turn(people, key, key.token, overlap)
        ends = stored(key.token).retires_at
        assert ends is not None
        assert at + MAX_OVERLAP <= ends <= now() + MAX_OVERLAP
        note_first_use(db.session(), token_id(key.token))
        assert stored(key.token).retires_at == ends
        note_first_use(db.session(), token_id(new))
        first = stored(new).first_used_at
        assert first is not None
        assert stored(key.token).retires_at == first + timedelta(hours=hours)
        assert answer_to(key.token) == Kind.KEY
        change_rows(ApiKeyToken, ApiKeyToken.token_id == token_id(new), first_used_at=first - timedelta(days=1))
        note_first_use(db.session(), token_id(new))
        assert stored(key.token).retires_at == first + timedelta(hours=hours)


def test_now_is_at_once(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        new = turn(people, key, key.token, Overlap.NOW)
        assert (answer_to(key.token), answer_to(new)) == (MESSAGES[Reason.RETIRED], Kind.KEY)


def test_a_retired_token_that_comes_back_never_touches_the_live_one(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        new = turn(people, key, key.token, Overlap.NOW)
    client = app.test_client()
    for text, status in ((key.token, 401), (new, 200), (key.token, 401), (new, 200)):
        headers = {"Authorization": f"Bearer {text}"}
        assert client.post("/graphql", json={"query": "{ viewer { address } }"}, headers=headers).status_code == status
    with app.app_context():
        assert stored(new).retires_at is None
        assert (stored(key.token).first_used_at, stored(new).first_used_at is None) == (None, False)


def test_an_overlap_ends_with_the_key(app: Flask, people: People, robot: MakeRobot) -> None:
    """Trap 11: a grace period that outlives the old key's own expiry."""
    key = robot("networks:read")
    with app.app_context():
        end = now() + timedelta(days=3)
        change_rows(ApiKey, ApiKey.id == key.key_id, expires_at=end)
        new = turn(people, key, key.token, Overlap.WEEK)
        assert stored(key.token).retires_at == end
        note_first_use(db.session(), token_id(new))
        assert stored(key.token).retires_at == end
        change_rows(ApiKey, ApiKey.id == key.key_id, expires_at=now() - timedelta(seconds=1))
        assert {answer_to(key.token), answer_to(new)} == {MESSAGES[Reason.EXPIRED]}


def test_rotating_again_ends_the_oldest_once_the_newest_is_used(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        second = turn(people, key, key.token)
        note_first_use(db.session(), token_id(second))
        third = turn(people, key, second)
        assert [answer_to(text) for text in (key.token, second, third)] == [MESSAGES[Reason.RETIRED], Kind.KEY, Kind.KEY]
        note_first_use(db.session(), token_id(third))
        assert answer_to(second) == Kind.KEY


def test_rotating_again_replaces_a_new_token_that_was_lost(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        lost = turn(people, key, key.token)
        ends = now() + timedelta(days=2)
        change_rows(ApiKeyToken, ApiKeyToken.token_id == token_id(key.token), retires_at=ends)
        third = turn(people, key, lost, Overlap.WEEK)
        assert [answer_to(text) for text in (key.token, lost, third)] == [Kind.KEY, MESSAGES[Reason.RETIRED], Kind.KEY]
        assert stored(key.token).retires_at == ends, "no rotation gives a token more time than it had"
        note_first_use(db.session(), token_id(third))
        assert stored(key.token).retires_at == ends


def test_a_leaked_newest_token_is_no_reason_to_end_the_one_that_works(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        leaked = turn(people, key, key.token)
        change_rows(ApiKeyToken, ApiKeyToken.token_id == token_id(leaked), leaked_at=now(), first_used_at=now())
        third = turn(people, key, leaked)
        assert (answer_to(key.token), answer_to(third), answer_to(leaked) == Kind.KEY) == (Kind.KEY, Kind.KEY, False)


def test_a_rotation_that_was_decided_before_another_is_a_conflict(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        turn(people, key, key.token)
        with pytest.raises(Conflict, match="rotated meanwhile"):
            turn(people, key, key.token)


def test_an_ended_key_is_not_rotated_and_a_disabled_one_stays_so(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        session, alice = db.session(), people.principal("alice")
        disable(session, alice, people.ours, key.key_id)
        session.commit()
        new = turn(people, key, key.token)
        assert answer_to(new) == MESSAGES[Reason.DISABLED]
        change_rows(ApiKey, ApiKey.id == key.key_id, expires_at=now() - timedelta(seconds=1))
        with pytest.raises(Conflict, match="expired"):
            turn(people, key, new)
        revoke(session, alice, people.ours, key.key_id)
        session.commit()
        with pytest.raises(Conflict, match="revoked"):
            turn(people, key, new)
        assert {answer_to(key.token), answer_to(new)} == {MESSAGES[Reason.REVOKED]}


def end_old(people: People, key: Robot, text: str, name: str = "alice") -> None:
    session = db.session()
    try:
        retire(session, people.principal(name), people.ours, key.key_id, token_id=token_id(text))
        session.commit()
    finally:
        session.rollback()


def test_an_admin_ends_the_old_token_now_and_that_one_only(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read", name="nightly build")
    with app.app_context():
        new = turn(people, key, key.token)
        end_old(people, key, key.token)
        assert [answer_to(text) for text in (key.token, new)] == [MESSAGES[Reason.RETIRED], Kind.KEY]
        row = db.session.scalars(select(AuditRow).where(AuditRow.event == "api_key.token_retired")).one()
        assert (row.actor_name, row.subject_id, row.details) == ("Alice", key.key_id, {"token_id": token_id(key.token)})
        mail = db.session.scalars(select(Mail).where(Mail.event.startswith("api_key.token_retired"))).one()
        assert mail.subject == 'The old token of API key "nightly build" of Example Org was ended'
        for text, words in ((key.token, "has ended already"), (new, "newest token"), ("pport_" + "0" * 12, "no such token")):
            with pytest.raises((Conflict, NotFound), match=words):
                retire(db.session(), people.principal("alice"), people.ours, key.key_id, token_id=text[6:18])
            db.session.rollback()


@pytest.mark.parametrize(
    ("name", "refusal"), [("erin", Forbidden), ("bob", Forbidden), ("charlie", NotFound), ("dave", NotFound), ("olga", NotFound)]
)
def test_only_an_admin_of_the_organization_rotates_and_ends_old_tokens(
    app: Flask, people: People, robot: MakeRobot, name: str, refusal: type[PortalError]
) -> None:
    key = robot("networks:read")
    with app.app_context():
        with pytest.raises(refusal):
            turn(people, key, key.token, name=name)
        assert stored(key.token).retires_at is None
        turn(people, key, key.token)
        with pytest.raises(refusal):
            end_old(people, key, key.token, name)
        assert answer_to(key.token) == Kind.KEY


def test_a_key_cannot_rotate_itself_nor_charlie_it_as_theirs(app: Flask, people: People, robot: MakeRobot) -> None:
    """Trap 1: a key looked up by its public id without the organization."""
    key = robot("networks:read")
    caller = Principal(Kind.KEY, key.key_id, "robot", grants=dict.fromkeys(GRANTABLE), organization_id=people.ours, confirmed_at=now())
    seen = token_id(key.token)
    with app.app_context():
        with pytest.raises(Forbidden):
            rotate(db.session(), caller, people.ours, key.key_id, seen=seen)
        with pytest.raises(NotFound):
            rotate(db.session(), people.principal("charlie"), people.theirs, key.key_id, seen=seen)
        with pytest.raises(ConfirmationNeeded):
            rotate(db.session(), people.principal("alice", confirmed=False), people.ours, key.key_id, seen=seen)
