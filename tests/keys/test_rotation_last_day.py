"""Rotating never lengthens a key's life, unless the admin gives it another last day on that very page: then it is an edit."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.access.require import ConfirmationNeeded
from portal.access.token_refusals import MESSAGES, Reason
from portal.api_keys.lifecycle.draft import end_of
from portal.api_keys.lifecycle.rotate import MAX_OVERLAP, Overlap, Same, rotate
from portal.api_keys.usage import note_first_use
from portal.db.session import now
from portal.errors import Conflict, Invalid
from portal.extensions import db
from portal.models import ApiKey, AuditRow
from tests.dates import in_days
from tests.keys.policies import put_policy
from tests.keys.tokens import answer_to, stored, token_id
from tests.people import People, Robot
from tests.rows import change_rows

MakeRobot = Callable[..., Robot]


def turn(people: People, key: Robot, day: date | Same | None, *, changed: int | None = None, minutes: int = 0) -> str:
    """The new token. `minutes`: since Alice confirmed who she is."""
    session, alice = db.session(), replace(people.principal("alice"), confirmed_at=now() - timedelta(minutes=minutes))
    try:
        seen = token_id(key.token)
        token = rotate(session, alice, people.ours, key.key_id, seen=seen, overlap=Overlap.WEEK, expires_on=day, changed=changed)[1]
        session.commit()
    except Exception:
        session.rollback()
        raise
    return token.reveal()


def end(key: Robot) -> datetime | None:
    db.session.rollback()
    return db.session.get_one(ApiKey, key.key_id).expires_at


def details() -> dict[str, object]:
    row = db.session.scalars(select(AuditRow).where(AuditRow.event == "api_key.rotated")).one()
    return row.details


@pytest.mark.parametrize("days", [1, 200, 366])
def test_a_last_day_that_is_chosen_is_the_keys_and_stands_in_the_audit(app: Flask, people: People, robot: MakeRobot, days: int) -> None:
    key = robot("networks:read")
    with app.app_context():
        new = turn(people, key, in_days(days))
        assert end(key) == end_of(in_days(days))
        assert details()["expires_on"] == [in_days(90).isoformat(), in_days(days).isoformat()]
        assert {answer_to(key.token), answer_to(new)} == {"key"}


@pytest.mark.parametrize("day", [Same.DAY, in_days(90)])
def test_the_same_last_day_is_no_edit(app: Flask, people: People, robot: MakeRobot, day: date | Same) -> None:
    key = robot("networks:read")
    with app.app_context():
        before = end(key)
        turn(people, key, day)
        assert end(key) == before
        assert "expires_on" not in details()


def test_an_old_token_never_outlives_an_earlier_last_day(app: Flask, people: People, robot: MakeRobot) -> None:
    """Trap 11: a grace period that outlives the old key's own expiry."""
    key = robot("networks:read")
    with app.app_context():
        new = turn(people, key, in_days(2))
        assert stored(key.token).retires_at == end_of(in_days(2))
        note_first_use(db.session(), token_id(new))
        assert stored(key.token).retires_at == end_of(in_days(2))
        change_rows(ApiKey, ApiKey.id == key.key_id, expires_at=now() - timedelta(seconds=1))
        assert {answer_to(key.token), answer_to(new)} == {MESSAGES[Reason.EXPIRED]}


def test_a_later_last_day_gives_the_old_token_no_more_than_its_overlap(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        turn(people, key, in_days(366))
        ends = stored(key.token).retires_at
        assert ends is not None
        assert ends <= now() + MAX_OVERLAP


@pytest.mark.parametrize(("days", "words"), [(-1, "This date is in the past"), (367, "at most 366 days"), (None, "requires every API key")])
def test_a_last_day_that_the_policy_refuses_rotates_nothing(
    app: Flask, people: People, robot: MakeRobot, days: int | None, words: str
) -> None:
    key = robot("networks:read")
    with app.app_context():
        before = end(key)
        with pytest.raises(Invalid, match=words) as refusal:
            turn(people, key, None if days is None else in_days(days))
        assert refusal.value.field == "expires_on"
        assert (end(key), stored(key.token).retires_at) == (before, None)


def test_never_is_a_last_day_where_the_organization_allows_it(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        put_policy(people, never_allowed=True)
        turn(people, key, None)
        assert end(key) is None
        assert details()["expires_on"] == [in_days(90).isoformat(), None]
        ends = stored(key.token).retires_at
        assert ends is not None
        assert ends <= now() + MAX_OVERLAP


def test_a_key_that_lives_longer_than_the_policy_may_be_rotated_as_it_is(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        put_policy(people, longest_days=30)
        before = end(key)
        turn(people, key, Same.DAY)
        assert end(key) == before


def test_a_last_day_that_another_admin_changed_meanwhile_is_a_conflict(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        seen = db.session.get_one(ApiKey, key.key_id).changed
        with pytest.raises(Conflict, match="changed this API key meanwhile"):
            turn(people, key, in_days(200), changed=seen - 1)
        assert stored(key.token).retires_at is None
        turn(people, key, Same.DAY, changed=seen - 1)
        assert end(key) == end_of(in_days(90))


@pytest.mark.parametrize(("days", "minutes", "lives"), [(200, 61, 90), (20, 61, 90), (200, 16, 90), (20, 16, 20), (200, 14, 200)])
def test_a_later_last_day_asks_the_admin_to_confirm_just_now(
    app: Flask, people: People, robot: MakeRobot, days: int, minutes: int, lives: int
) -> None:
    key = robot("networks:read")
    with app.app_context():
        with pytest.raises(ConfirmationNeeded) if lives == 90 else nullcontext():
            turn(people, key, in_days(days), minutes=minutes)
        assert end(key) == end_of(in_days(lives))
