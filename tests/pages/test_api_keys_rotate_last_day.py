"""Giving a key another last day on the page that rotates it."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from portal.api_keys.lifecycle.draft import end_of
from portal.extensions import db
from portal.models import ApiKey, ApiKeyToken
from tests.browser import Browser, text
from tests.dates import in_days
from tests.e2e.journeys import TOKEN
from tests.keys.policies import put_policy
from tests.pages.api_keys import key_page, rotate
from tests.pages.forms import form_of
from tests.people import People, Robot
from tests.rows import change_key

Visit = Callable[[str], Browser]
MakeRobot = Callable[..., Robot]


def state(app: Flask) -> tuple[object, int]:
    """The key's end, and how many tokens it has."""
    with app.app_context():
        return db.session.scalar(select(ApiKey.expires_at)), len(db.session.scalars(select(ApiKeyToken)).all())


def test_the_last_day_stays_unless_another_is_chosen(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read"), visit("alice")
    page = alice.get(key_page(key, "/rotate"))
    for words in ("Expiry", f"Keep {in_days(90)}", f"allows at most 366 days, so {in_days(366)} is the latest."):
        assert words in text(page)
    assert "Never: the key works" not in text(page)
    assert form_of(page)["expires"] == ["same"]
    rotate(alice, key)
    assert state(app) == (end_of(in_days(90)), 2)


def test_another_last_day_is_told_in_the_timeline_and_the_activity(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read"), visit("alice")
    rotate(alice, key, expires="date", expires_on=in_days(200).isoformat())
    assert state(app) == (end_of(in_days(200)), 2)
    said = f"expires on: {in_days(90)} → {in_days(200)}"
    assert said in text(alice.get(key_page(key)))
    assert f"{in_days(90)} → {in_days(200)}" in text(alice.get(f"/organizations/{people.ours}/activity"))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"expires": "date"}, "Choose a date, or keep the expiry as it is."),
        ({"expires": "date", "expires_on": "tomorrow"}, "Enter the date as year-month-day"),
        ({"expires": "date", "expires_on": "2026-01-01"}, "This date is in the past."),
        ({"expires": "date", "expires_on": "2099-01-01"}, "at most 366 days"),
        ({"expires": "same", "expires_on": "2027-01-01"}, "A date is given"),
        ({"expires": "never"}, "Not a valid choice"),
        ({"changed": "x"}, "This form is incomplete."),
    ],
)
def test_a_wrong_last_day_is_said_and_rotates_nothing(
    app: Flask, visit: Visit, people: People, robot: MakeRobot, typed: dict[str, str], words: str
) -> None:
    key, alice = robot("networks:read"), visit("alice")
    answer = alice.client.post(key_page(key, "/rotate"), data=form_of(alice.get(key_page(key, "/rotate"))) | typed)
    assert (answer.status_code, words in text(answer)) == (400, True)
    assert "Error: " in text(answer)
    assert state(app) == (end_of(in_days(90)), 1)


def test_never_can_be_chosen_where_the_policy_allows_it(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read"), visit("alice")
    with app.app_context():
        put_policy(people, never_allowed=True)
    assert "Never: the key works until an admin revokes it" in text(alice.get(key_page(key, "/rotate")))
    rotate(alice, key, expires="never")
    assert state(app) == (None, 2)
    assert "Keep it: the key never expires" in text(alice.get(key_page(key, "/rotate")))


def test_a_key_that_was_edited_meanwhile_is_asked_about_again(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read"), visit("alice")
    form = form_of(alice.get(key_page(key, "/rotate"))) | {"expires": "date", "expires_on": in_days(200).isoformat()}
    with app.app_context():
        number = db.session.scalar(select(ApiKey.changed))
    assert number is not None
    change_key(app, key, expires_at=end_of(in_days(5)), changed=number + 1)
    answer = alice.client.post(key_page(key, "/rotate"), data=form)
    assert answer.status_code == 409
    assert "Someone else changed this API key meanwhile." in text(answer)
    assert f"Keep {in_days(5)}" in text(answer)
    assert state(app) == (end_of(in_days(5)), 1)
    again = form_of(answer)
    assert again["expires_on"] == [in_days(200).isoformat()]
    assert TOKEN.search(text(alice.client.post(key_page(key, "/rotate"), data=again)))
    assert state(app) == (end_of(in_days(200)), 2)
