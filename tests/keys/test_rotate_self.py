"""A key that rotates itself: only its newest token can, or within ten minutes the one whose own answer was lost; nothing else changes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from portal.access.permissions import GRANTABLE, Permission
from portal.access.principal import ANONYMOUS, COMMAND_LINE, Kind, Principal
from portal.access.token_refusals import MESSAGES, Reason, TokenRefused
from portal.api_keys.authenticate.authenticate import Origin, admit, credential
from portal.api_keys.authenticate.impersonate import impersonate
from portal.api_keys.lifecycle.leak import Way, report
from portal.api_keys.lifecycle.rotate import MAX_OVERLAP, Overlap
from portal.api_keys.lifecycle.rotate_self import HOUR, MAX_ROTATIONS_AN_HOUR, RETRY_WITHIN, rotate_self
from portal.api_keys.token import read_token
from portal.api_keys.usage import note_first_use
from portal.db.reader import Snapshot
from portal.db.session import now
from portal.errors import Conflict, Forbidden, Invalid, Limited
from portal.extensions import db
from portal.models import ApiKey, ApiKeyGrant, ApiKeyToken, AuditRow, Mail
from tests.keys.policies import change_policy
from tests.keys.tokens import answer_to, stored, token_id, turn
from tests.people import People, Robot
from tests.rows import change_rows
from tests.threads import at_once

MakeRobot = Callable[..., Robot]
ITSELF = Permission.KEYS_ROTATE_SELF.value
ONE_SECOND = timedelta(seconds=1)


def caller(text: str) -> Principal:
    with Snapshot(db.engine) as opened:
        return admit(credential([f"Bearer {text}"]), Origin("192.0.2.1", "a pipeline"), opened).principal


def rotated(text: str, overlap: Overlap = Overlap.DAY) -> str:
    """The new token that the key gets by a request with this one."""
    session = db.session()
    try:
        new = rotate_self(session, caller(text), overlap).token
        session.commit()
    finally:
        session.rollback()
    return new.reveal()


def use(text: str) -> None:
    note_first_use(db.session(), token_id(text))


def change_token(text: str, **values: Any) -> None:
    change_rows(ApiKeyToken, ApiKeyToken.token_id == token_id(text), **values)


def test_a_key_gets_a_new_token_and_nothing_else_about_it_changes(app: Flask, robot: MakeRobot) -> None:
    key = robot("networks:read", ITSELF)
    with app.app_context():
        before, grants = db.session.get_one(ApiKey, key.key_id).expires_at, caller(key.token).grants
        new = rotated(key.token, Overlap.HOUR)
        assert [answer_to(key.token), answer_to(new)] == [Kind.KEY, Kind.KEY]
        assert (db.session.get_one(ApiKey, key.key_id).expires_at, caller(new).grants) == (before, grants)
        old, newest = stored(key.token), stored(new)
        assert (old.retires_after, newest.retires_at, newest.made_with) == (3600, None, token_id(key.token))
        assert old.retires_at
        assert now() < old.retires_at <= now() + MAX_OVERLAP
        row = db.session.scalars(select(AuditRow).where(AuditRow.event == "api_key.rotated")).one()
        assert (row.actor_kind, row.actor_id, row.address, row.user_agent) == ("key", key.key_id, "192.0.2.1", "a pipeline")
        assert row.details == {"token_id": token_id(new), "replaces": token_id(key.token), "overlap": "1h"}
        assert [table.name for table in db.metadata.sorted_tables if new[19:51] in str(db.session.execute(select(table)).all())] == []


def test_all_admins_are_told_by_mail(app: Flask, robot: MakeRobot) -> None:
    key = robot("networks:read", ITSELF, name="nightly build")
    with app.app_context():
        lost = rotated(key.token)
        new = rotated(key.token)
        first, second = db.session.scalars(select(Mail).where(Mail.event.startswith("api_key.rotated")).order_by(Mail.id)).all()
        assert (first.recipient, first.subject) == ("alice@example.net", 'API key "nightly build" of Example Org rotated itself')
        assert f"from the address 192.0.2.1 with its token pport_{token_id(key.token)}." in first.text
        assert f"The new token begins with pport_{token_id(new)}." in second.text
        assert f"These tokens have ended: pport_{token_id(lost)}." in second.text


def test_the_newest_token_rotates_again_and_the_oldest_ends(app: Flask, robot: MakeRobot) -> None:
    key = robot("networks:read", ITSELF)
    with app.app_context():
        second = rotated(key.token)
        third = rotated(second)
        assert [answer_to(text) for text in (key.token, second, third)] == [MESSAGES[Reason.RETIRED], Kind.KEY, Kind.KEY]
        assert stored(second).first_used_at, "to rotate is a use"
        assert stored(third).first_used_at is None


def test_a_lost_answer_is_asked_for_again(app: Flask, robot: MakeRobot) -> None:
    """The old token has no more time by that, and what was lost can't be used by whoever finds it."""
    key = robot("networks:read", ITSELF)
    with app.app_context():
        lost = rotated(key.token, Overlap.HOUR)
        ends = now() + timedelta(days=2)
        change_token(key.token, retires_at=ends)
        new = rotated(key.token, Overlap.WEEK)
        assert [answer_to(text) for text in (key.token, lost, new)] == [Kind.KEY, MESSAGES[Reason.RETIRED], Kind.KEY]
        assert (stored(key.token).retires_at, stored(key.token).retires_after) == (ends, 3600)
        again = db.session.scalars(select(AuditRow).where(AuditRow.event == "api_key.rotated").order_by(AuditRow.number)).all()[1]
        assert (again.details["again"], again.details["ended"]) == (True, [token_id(lost)])
        change_rows(ApiKeyToken, ApiKeyToken.made_with == token_id(key.token), created=now() - RETRY_WITHIN + timedelta(minutes=1))
        newest = rotated(key.token)
        change_token(lost, created=now() - RETRY_WITHIN - ONE_SECOND)
        with pytest.raises(Conflict, match="only the newest"):
            rotated(key.token)  # ten minutes from the first answer, however often it was asked for since
        assert answer_to(newest) == Kind.KEY


REPLACED: dict[str, Callable[[People, Robot, str], object]] = {
    "used": lambda people, key, new: use(new),
    "counted as used": lambda people, key, new: change_token(new, last_used_at=now()),
    "made too long ago": lambda people, key, new: change_token(new, created=now() - RETRY_WITHIN - ONE_SECOND),
    "leaked": lambda people, key, new: leak(new),
    "replaced by an admin": lambda people, key, new: turn(people, key, new),
    "made by another token's request": lambda people, key, new: change_token(new, made_with="0" * 12),
}


def leak(text: str) -> None:
    token = read_token(text)
    assert token
    report(db.session(), ANONYMOUS, [token], Way.API)
    db.session.commit()


@pytest.mark.parametrize("how", REPLACED)
def test_an_old_token_cannot_win_the_key_once_the_newest_is(how: str, app: Flask, people: People, robot: MakeRobot) -> None:
    """Whoever stole the retiring token gets nothing, and an admin's rotation can't be undone by an old token."""
    key = robot("networks:read", ITSELF)
    with app.app_context():
        new = rotated(key.token)
        REPLACED[how](people, key, new)
        tokens = {token.token_id: (token.retires_at, token.leaked_at) for token in db.session.scalars(select(ApiKeyToken))}
        with pytest.raises(Conflict, match="replaced by a newer one"):
            rotated(key.token)
        db.session.rollback()
        assert {token.token_id: (token.retires_at, token.leaked_at) for token in db.session.scalars(select(ApiKeyToken))} == tokens


def test_a_token_that_an_admin_replaced_rotates_nothing(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read", ITSELF)
    with app.app_context():
        new = turn(people, key, key.token)
        with pytest.raises(Conflict):
            rotated(key.token)
        assert answer_to(rotated(new)) == Kind.KEY


def test_a_key_rotates_itself_six_times_an_hour(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read", ITSELF)
    with app.app_context():
        text = key.token
        for _ in range(MAX_ROTATIONS_AN_HOUR):
            text = rotated(text)
        with pytest.raises(Limited) as limited:
            rotated(text)
        assert HOUR.total_seconds() - 120 < limited.value.retry_after <= HOUR.total_seconds()
        assert len(db.session.scalars(select(ApiKeyToken)).all()) == 1 + MAX_ROTATIONS_AN_HOUR
        text = turn(people, key, text)
        with pytest.raises(Limited):
            rotated(text)
        first = db.session.scalars(select(ApiKeyToken.token_id).where(ApiKeyToken.made_with == token_id(key.token))).one()
        change_rows(ApiKeyToken, ApiKeyToken.token_id == first, created=now() - HOUR)
        assert answer_to(rotated(text)) == Kind.KEY


def test_a_policy_forbids_it_at_once(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read", ITSELF)
    change_policy(app, people, self_rotation_allowed=False)
    with app.app_context():
        with pytest.raises(Forbidden, match="policy"):
            rotated(key.token)
        assert stored(key.token).retires_at is None
    with pytest.raises(Invalid, match="rotate themselves"):
        robot("networks:read", ITSELF, name="another")
    change_policy(app, people, self_rotation_allowed=True)
    with app.app_context():
        assert answer_to(rotated(key.token)) == Kind.KEY


def test_a_key_cannot_stop_the_token_that_it_calls_with(app: Flask, robot: MakeRobot) -> None:
    key = robot("networks:read", ITSELF)
    with app.app_context(), pytest.raises(Invalid, match="no token would work"):
        rotated(key.token, Overlap.NOW)


def test_only_a_key_with_its_token_and_the_permission_rotates_itself(app: Flask, people: People, robot: MakeRobot) -> None:
    key, other = robot("networks:read", ITSELF), robot(*(grant for grant in GRANTABLE if grant != ITSELF), name="all but that")
    with app.app_context():
        acting = impersonate(db.session(), people.principal("alice"), people.ours, key.key_id).principal
        db.session.commit()
        for principal in (ANONYMOUS, COMMAND_LINE, people.principal("alice"), people.principal("olga"), acting, caller(other.token)):
            with pytest.raises(Forbidden):
                rotate_self(db.session(), principal)
        assert len(db.session.scalars(select(ApiKeyToken)).all()) == 2


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"revoked_at": now()}, Reason.REVOKED),
        ({"disabled_at": now()}, Reason.DISABLED),
        ({"expires_at": now() - ONE_SECOND}, Reason.EXPIRED),
        ({"addresses": ["198.51.100.0/24"]}, Reason.ADDRESS),
    ],
)
def test_a_key_that_was_stopped_meanwhile_gets_nothing(changed: dict[str, Any], reason: Reason, app: Flask, robot: MakeRobot) -> None:
    key = robot("networks:read", ITSELF)
    with app.app_context():
        principal = caller(key.token)
        change_rows(ApiKey, ApiKey.id == key.key_id, **changed)
        with pytest.raises(TokenRefused) as refused:
            rotate_self(db.session(), principal)
        assert refused.value.reason is reason
        db.session.rollback()
        assert stored(key.token).retires_at is None


def test_a_permission_that_was_taken_away_meanwhile_is_gone(app: Flask, robot: MakeRobot) -> None:
    key = robot("networks:read", ITSELF)
    with app.app_context():
        principal = caller(key.token)
        db.session.execute(delete(ApiKeyGrant).where(ApiKeyGrant.action == "rotate_self"))
        db.session.commit()
        with pytest.raises(Forbidden, match="lacks keys:rotate_self"):
            rotate_self(db.session(), principal)
        db.session.rollback()


def test_of_six_requests_at_once_one_token_is_the_newest(app: Flask, robot: MakeRobot) -> None:
    """Those that wait for the same lock conflict; one that begins later is a repeated request, and ends what the one before it made."""
    key = robot("networks:read", ITSELF)
    tokens: list[str] = []

    def rotate_itself() -> None:
        token = rotate_self(db.session(), caller(key.token)).token
        db.session.commit()
        tokens.append(token.reveal())

    outcomes = at_once(app, *[rotate_itself] * 6)
    with app.app_context():
        assert outcomes.count("rotate_itself") == len(tokens) >= 1
        assert [answer_to(text) for text in tokens].count(Kind.KEY) == 1
        assert answer_to(key.token) == Kind.KEY
        newest = db.session.scalars(select(ApiKeyToken).where(ApiKeyToken.retires_at.is_(None))).one()
        assert newest.made_with == token_id(key.token)
        assert len(db.session.scalars(select(AuditRow).where(AuditRow.event == "api_key.rotated")).all()) == len(tokens)
