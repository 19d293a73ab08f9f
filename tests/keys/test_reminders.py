"""What time makes due: an expiry in 30, 7 and 1 days, and keys that nobody uses; each told once, whoever asks how often."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.api_keys.lifecycle.stop import revoke
from portal.api_keys.notices.reminders import Due, find_due, put_due
from portal.db.session import begin_writing, lock, now
from portal.extensions import db
from portal.models import ApiKeyPolicy, Mail
from portal.registry.organizations import Organization
from tests.people import People, Robot
from tests.rows import change_key

MakeRobot = Callable[..., Robot]
YEAR = timedelta(days=365)


def end_in(days: int) -> datetime:
    return datetime.combine(now().date() + timedelta(days=days), time(23, 59, 59), UTC)


def put(app: Flask) -> list[str]:
    """The subjects of what became due."""
    with app.app_context():
        reminders = put_due(db.session())
        db.session.commit()
        return [due.letter.subject for due in reminders]


def mails(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        query = select(Mail.event, Mail.recipient).where(
            Mail.event.startswith("api_key.expiring") | Mail.event.startswith("api_key.unused")
        )
        return [(event, recipient) for event, recipient in db.session.execute(query.order_by(Mail.id))]


@pytest.fixture
def key(app: Flask, robot: MakeRobot) -> Robot:
    """A key that was made a year ago and is used today."""
    robot_key = robot("networks:read")
    change_key(app, robot_key, created=now() - YEAR, last_used_at=now(), expires_at=end_in(200))
    return robot_key


def expires(when: str) -> str:
    return f'API key "robot" of Example Org expires {when}'


def test_an_expiry_is_told_30_7_and_1_days_before_once_each(app: Flask, key: Robot) -> None:
    said = []
    for days in (31, 30, 29, 8, 7, 6, 2, 1, 0, -1):
        change_key(app, key, expires_at=end_in(days))
        with app.app_context():  # the clock goes on, the key's last day stays: each stage's mail is of the same day
            begin_writing(db.session())
            today = f"api_key.expiring {end_in(days).date()}"
            for mail in db.session.scalars(select(Mail).where(Mail.event.startswith("api_key.expiring"))):
                mail.event = f"{today} {mail.event.rpartition(' ')[2]}"
            db.session.commit()
        said += [(days, subject) for subject in put(app)]
        assert put(app) == []
    assert said == [(30, expires("in 30 days")), (7, expires("in 7 days")), (1, expires("tomorrow"))]


def test_stages_that_passed_unnoticed_are_told_as_one(app: Flask, key: Robot) -> None:
    change_key(app, key, expires_at=end_in(3))
    assert put(app) == [expires("in 3 days")]
    change_key(app, key, expires_at=end_in(0))
    assert put(app) == [expires("today")]


def test_a_key_that_was_extended_is_told_of_its_new_day(app: Flask, key: Robot) -> None:
    change_key(app, key, expires_at=end_in(1))
    assert put(app) == [expires("tomorrow")]
    change_key(app, key, expires_at=end_in(20))
    assert put(app) == [expires("in 20 days")]


def test_who_has_just_made_a_key_for_a_week_needs_no_reminder(app: Flask, key: Robot) -> None:
    change_key(app, key, created=now(), expires_at=end_in(7))
    assert put(app) == []
    change_key(app, key, created=now() - timedelta(days=6), expires_at=end_in(1))
    assert put(app) == [expires("tomorrow")]


@pytest.mark.parametrize("values", [{"expires_at": None}, {"expires_at": end_in(-1)}, {"expires_at": end_in(5), "revoked_at": now()}])
def test_keys_that_never_expire_or_have_ended_are_not_told_of(app: Flask, key: Robot, values: dict[str, Any]) -> None:
    change_key(app, key, **values)
    assert put(app) == []


def test_a_key_that_nobody_uses_is_told_of_once_until_it_is_used_again(app: Flask, key: Robot) -> None:
    change_key(app, key, last_used_at=now() - timedelta(days=59))
    assert put(app) == []
    change_key(app, key, last_used_at=now() - timedelta(days=60))
    assert put(app) == ['API key "robot" of Example Org hasn\'t been used for 60 days']
    assert put(app) == []
    change_key(app, key, last_used_at=now() - timedelta(days=61))  # it was used meanwhile, and left alone again
    assert len(put(app)) == 1


def test_a_key_that_was_never_used_counts_from_the_day_it_was_made(app: Flask, key: Robot) -> None:
    change_key(app, key, last_used_at=None)
    assert len(put(app)) == 1
    with app.app_context():
        assert "It was never used." in db.session.scalars(select(Mail.text).where(Mail.event.startswith("api_key.unused"))).one()


@pytest.mark.parametrize("values", [{"disabled_at": now()}, {"expires_at": end_in(-1)}, {"revoked_at": now()}])
def test_a_key_that_cannot_be_used_is_not_told_of_as_unused(app: Flask, key: Robot, values: dict[str, Any]) -> None:
    change_key(app, key, last_used_at=now() - YEAR, **values)
    assert put(app) == []


@pytest.mark.parametrize(("values", "expected"), [({"keys_frozen": True}, 0), ({"status": "deleted"}, 0), ({"keys_frozen": False}, 1)])
def test_keys_of_a_frozen_or_deleted_organization_are_not_told_of_as_unused(
    app: Flask, people: People, key: Robot, values: dict[str, Any], expected: int
) -> None:
    change_key(app, key, last_used_at=now() - YEAR)
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(update(Organization).where(Organization.id == people.ours).values(**values))
        db.session.commit()
    assert len(put(app)) == expected


@pytest.mark.parametrize(("days", "expected"), [(10, 1), (40, 0), (None, 0)])
def test_the_policy_says_after_how_many_days(app: Flask, people: People, key: Robot, days: int | None, expected: int) -> None:
    change_key(app, key, last_used_at=now() - timedelta(days=20))
    with app.app_context():
        lock(db.session())
        policy = {"longest_days": 366, "unused_days": days, "key_points": None, "organization_points": None}
        db.session.add(ApiKeyPolicy(organization_id=people.ours, **policy))
        db.session.commit()
    assert len(put(app)) == expected


def test_looking_puts_nothing(app: Flask, key: Robot) -> None:
    change_key(app, key, expires_at=end_in(5))
    with app.app_context():
        reminders: list[Due] = find_due(db.session())
    assert [due.key_id for due in reminders] == [key.key_id]
    assert mails(app) == []


def test_many_who_put_at_once_put_each_once(app: Flask, people: People, robot: MakeRobot) -> None:
    for number in range(5):
        change_key(app, robot("networks:read", name=f"robot {number}"), created=now() - YEAR, expires_at=end_in(5))
    together = Barrier(4)

    def run() -> None:
        with app.app_context():
            together.wait()
            put_due(db.session())
            db.session.commit()

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    events = [event.partition(" ")[0] for event, _ in mails(app)]
    assert sorted(events) == ["api_key.expiring"] * 5 + ["api_key.unused"] * 5


def test_a_key_that_is_revoked_is_due_no_more(app: Flask, people: People, key: Robot) -> None:
    change_key(app, key, expires_at=end_in(5))
    with app.app_context():
        revoke(db.session(), people.principal("alice"), people.ours, key.key_id)
        db.session.commit()
    assert put(app) == []
