"""Two who act on one key at the same time: one outcome, and nobody sees an error page."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from portal.api_keys.lifecycle.rotate import rotate
from portal.api_keys.lifecycle.stop import revoke
from portal.api_keys.usage import Account, note_first_use
from portal.db.session import now
from portal.extensions import db
from portal.models import ApiKey, ApiKeyToken, AuditRow
from tests.browser import Browser, text
from tests.keys.tokens import turn
from tests.keys.uses import caller
from tests.pages.forms import form_of
from tests.people import People, Robot
from tests.threads import at_once

MakeRobot = Callable[..., Robot]


def tokens(app: Flask) -> list[ApiKeyToken]:
    with app.app_context():
        return list(db.session.scalars(select(ApiKeyToken).order_by(ApiKeyToken.retires_at.is_(None))))


def test_of_six_rotations_at_once_one_is_made(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    seen = tokens(app)[0].token_id

    def rotated() -> None:
        rotate(db.session(), people.principal("alice"), people.ours, key.key_id, seen=seen)

    assert at_once(app, *[rotated] * 6) == ["conflict"] * 5 + ["rotated"]
    assert [token.retires_at is None for token in tokens(app)] == [False, True]


@pytest.mark.parametrize("number", range(5))
def test_rotating_against_revoking_leaves_a_revoked_key(app: Flask, people: People, robot: MakeRobot, number: int) -> None:
    key = robot("networks:read", name=f"robot {number}")
    seen = tokens(app)[0].token_id

    def rotated() -> None:
        rotate(db.session(), people.principal("alice"), people.ours, key.key_id, seen=seen)

    def revoked() -> None:
        revoke(db.session(), people.principal("alice"), people.ours, key.key_id)

    outcomes = at_once(app, rotated, revoked, rotated, revoked)
    with app.app_context():
        events = list(db.session.scalars(select(AuditRow.event).order_by(AuditRow.number)))
        assert db.session.get_one(ApiKey, key.key_id).revoked_at is not None
    assert outcomes.count("revoked") == 1
    assert events in (["api_key.issued", "api_key.revoked"], ["api_key.issued", "api_key.rotated", "api_key.revoked"])
    assert len(tokens(app)) == len(events) - 1


def test_first_uses_and_the_account_of_use_do_not_stop_a_rotation(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        turn(people, key, key.token)
        ids = [token.token_id for token in tokens(app)]

    def rotated() -> None:
        rotate(db.session(), people.principal("alice"), people.ours, key.key_id, seen=ids[-1])

    def counted() -> None:
        account = Account(db.engine)
        for token_id in ids:
            account.note(caller(key), "ok", 1, token_id)
        account.flush()
        assert account.counts.empty, "it could not be written"

    def used() -> None:
        note_first_use(db.session(), ids[-1])

    outcomes = at_once(app, used, counted, rotated, counted, counted)
    assert outcomes == ["counted", "counted", "counted", "rotated", "used"]
    stored = tokens(app)
    assert len(stored) == 3
    assert [token.retires_at is None for token in stored] == [False, False, True]
    assert sum(token.retires_at is None or token.retires_at >= now() for token in stored) == 2
    assert all(token.last_used_at for token in stored[:2])


def test_a_form_that_is_sent_by_six_clicks_shows_one_token_and_no_error(
    app: Flask, visit: Callable[[str], Browser], people: People, robot: MakeRobot
) -> None:
    key, alice = robot("networks:read"), visit("alice")
    address = f"/organizations/{people.ours}/keys/{key.key_id}/rotate"
    form, answers = form_of(alice.get(address)), []
    cookie = alice.client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None

    def clicked() -> None:
        client = app.test_client()
        client.set_cookie(cookie.key, cookie.value)
        answers.append(client.post(address, data=form))

    assert at_once(app, *[clicked] * 6) == ["clicked"] * 6
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 5
    assert sum("has a new token" in text(answer) for answer in answers) == 1
    assert sum("was already rotated" in text(answer) for answer in answers) == 5
