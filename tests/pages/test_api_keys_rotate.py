"""Rotating a key in the browser: the new token is shown once, and everybody sees what still works."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.api_keys.usage import note_first_use
from portal.db.session import begin_writing, now
from portal.extensions import db
from portal.models import ApiKey, ApiKeyToken, AuditRow, PersonSession
from tests.browser import Browser, text
from tests.e2e.journeys import TOKEN
from tests.keys.tokens import answer_to, token_id
from tests.pages.api_keys import key_page, rotate
from tests.pages.forms import form_of
from tests.people import PASSWORD, People, Robot
from tests.rows import change_rows

Visit = Callable[[str], Browser]
MakeRobot = Callable[..., Robot]


def answers(app: Flask, *tokens: str) -> list[bool]:
    with app.app_context():
        return [answer_to(token) == "key" for token in tokens]


def test_the_new_token_is_shown_once_and_both_work(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read", name="nightly build"), visit("alice")
    assert key_page(key, "/rotate") in alice.get(key_page(key)).get_data(as_text=True)
    page = alice.get(key_page(key, "/rotate"))
    assert 'Rotate "nightly build"' in text(page)
    assert form_of(page)["overlap"] == ["24h"]
    answer = alice.client.post(key_page(key, "/rotate"), data=form_of(page))
    for words in ('"nightly build" has a new token', "Copy the new token of your API key now. This is the only time we show it."):
        assert words in text(answer)
    new = TOKEN.search(text(answer))
    assert new
    assert answers(app, key.token, new[0]) == [True, True]
    for address in (key_page(key), key_page(key, "/rotate"), f"/organizations/{people.ours}/keys"):
        assert new[0][19:51] not in alice.get(address).get_data(as_text=True)


def test_pages_show_both_tokens_with_their_last_use(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice, bob = robot("networks:read"), visit("alice"), visit("bob")
    new = rotate(alice, key)
    with app.app_context():
        begin_writing(db.session())
        used = update(ApiKeyToken).where(ApiKeyToken.token_id == token_id(key.token)).values(last_used_at=now() - timedelta(hours=2))
        db.session.execute(used)
        db.session.commit()
    old, end = f"pport_{token_id(key.token)}_…{key.token[-4:]}", now() + timedelta(days=30)
    said = text(alice.get(key_page(key)))
    for words in (
        "This key is being rotated: its old token still works",
        f"The old token {old} stops 24 hours after the new one is first used, or on {end:%Y-%m-%d}",
        f"Token pport_{token_id(new)}_…{new[-4:]}",
        "last used 2 hours ago",
        "never used",
        "Rotated Alice",
    ):
        assert words in said
    assert f"pport_{key.token[6:10]}…{key.token[-4:]} stops in" in text(alice.get(f"/organizations/{people.ours}/keys"))
    seen = text(bob.get(key_page(key)))
    assert old in seen
    for words in ("last used", "first used", "2 hours ago"):
        assert words not in seen
    with app.app_context():
        note_first_use(db.session(), token_id(new))
    assert "after the new one is first used" not in text(alice.get(key_page(key)))


def test_the_old_token_ends_at_once_where_that_is_chosen(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read"), visit("alice")
    new = rotate(alice, key, overlap="now")
    assert answers(app, key.token, new) == [False, True]
    said = text(alice.get(key_page(key)))
    assert "being rotated" not in said
    assert "Old token" not in said


def test_the_old_token_is_ended_from_the_keys_page(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice, bob = robot("networks:read", name="nightly build"), visit("alice"), visit("bob")
    place = key_page(key, "/end-old-token")
    assert alice.get(place, follow=False).headers["Location"] == key_page(key), "there is none"
    new = rotate(alice, key)
    assert [place in browser.get(key_page(key)).get_data(as_text=True) for browser in (alice, bob)] == [True, False]
    page = alice.get(place)
    for words in ('End the old token of "nightly build"', f"pport_{token_id(key.token)}", "New token last used never"):
        assert words in text(page)
    refused = alice.client.post(place, data=form_of(page))
    assert (refused.status_code, "Tick this box: something may still use the old token." in text(refused)) == (400, True)
    assert answers(app, key.token, new) == [True, True]
    done = alice.client.post(place, data=form_of(page) | {"sure": "y"}, follow_redirects=True)
    assert 'The old token of "nightly build" has ended. Its next request is refused.' in text(done)
    assert "Old token ended Alice" in text(done)
    assert answers(app, key.token, new) == [False, True]
    assert place not in done.get_data(as_text=True)


def test_an_old_token_that_nothing_uses_any_more_is_ended_without_a_tick(app: Flask, visit: Visit, robot: MakeRobot) -> None:
    key, alice = robot("networks:read"), visit("alice")
    new, place = rotate(alice, key), key_page(key, "/end-old-token")
    with app.app_context():
        change_rows(ApiKeyToken, ApiKeyToken.token_id == token_id(key.token), last_used_at=now() - timedelta(days=2))
        change_rows(ApiKeyToken, ApiKeyToken.token_id == token_id(new), last_used_at=now())
    form = form_of(alice.get(place))
    assert "sure" not in alice.get(place).get_data(as_text=True)
    alice.client.post(place, data=form | {"seen": token_id(new)})
    assert answers(app, key.token, new) == [True, True], "the newest token is never ended so"
    alice.client.post(place, data=form)
    assert answers(app, key.token, new) == [False, True]


def test_a_form_that_is_sent_again_makes_no_second_token(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read"), visit("alice")
    form = form_of(alice.get(key_page(key, "/rotate")))
    assert alice.client.post(key_page(key, "/rotate"), data=form).status_code == 200
    again = alice.client.post(key_page(key, "/rotate"), data=form)
    assert again.status_code == 409
    assert '"robot" was already rotated' in text(again)
    assert not TOKEN.search(again.get_data(as_text=True))
    assert answers(app, key.token) == [True]
    with app.app_context():
        assert db.session.scalars(select(AuditRow.event).order_by(AuditRow.number)).all() == ["api_key.issued", "api_key.rotated"]
    page = text(alice.get(key_page(key, "/rotate")))
    assert "Two tokens of this key work now" in page


@pytest.mark.parametrize("values", [{"revoked_at": now(), "revoked_by": "Alice"}, {"expires_at": now() - timedelta(days=1)}])
def test_an_ended_key_leads_back_to_its_page(app: Flask, visit: Visit, people: People, robot: MakeRobot, values: dict[str, object]) -> None:
    key, alice = robot("networks:read"), visit("alice")
    form = form_of(alice.get(key_page(key, "/rotate")))
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(update(ApiKey).values(**values))
        db.session.commit()
    assert alice.get(key_page(key, "/rotate"), follow=False).headers["Location"] == key_page(key)
    assert alice.client.post(key_page(key, "/rotate"), data=form).headers["Location"] == key_page(key)
    assert key_page(key, "/rotate") not in alice.get(key_page(key)).get_data(as_text=True)


@pytest.mark.parametrize(("typed", "words"), [({"overlap": "99d"}, "Not a valid choice"), ({"seen": ""}, "This form is incomplete.")])
def test_a_wrong_form_is_said_and_rotates_nothing(
    app: Flask, visit: Visit, people: People, robot: MakeRobot, typed: dict[str, str], words: str
) -> None:
    key, alice = robot("networks:read"), visit("alice")
    answer = alice.client.post(key_page(key, "/rotate"), data=form_of(alice.get(key_page(key, "/rotate"))) | typed)
    assert (answer.status_code, words in text(answer)) == (400, True)
    with app.app_context():
        assert len(db.session.scalars(select(ApiKeyToken)).all()) == 1


def test_rotating_asks_who_one_is_and_loses_nothing(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    """Trap 9: confirming one's password drops the filled form."""
    key, alice = robot("networks:read"), visit("alice")
    form = form_of(alice.get(key_page(key, "/rotate"))) | {"overlap": "7d"}
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(update(PersonSession).values(confirmed_at=now() - timedelta(minutes=61)))
        db.session.commit()
    assert alice.get(key_page(key, "/rotate"), follow=False).headers["Location"] == f"/confirm-password?next={key_page(key, '/rotate')}"
    answer = alice.client.post(key_page(key, "/rotate"), data=form)
    assert (answer.status_code, form_of(answer)["overlap"]) == (403, ["7d"])
    alice.submit("/confirm-password", {"password": PASSWORD})
    assert TOKEN.search(text(alice.client.post(key_page(key, "/rotate"), data=form_of(answer))))


@pytest.mark.parametrize(("name", "status"), [("erin", 403), ("bob", 403), ("charlie", 404)])
def test_who_only_looks_rotates_nothing(app: Flask, visit: Visit, people: People, robot: MakeRobot, name: str, status: int) -> None:
    key, browser = robot("networks:read"), visit(name)
    sent = {"csrf_token": form_of(browser.get("/account/password"))["csrf_token"], "seen": token_id(key.token), "overlap": "now"}
    for answer in (browser.get(key_page(key, "/rotate")), browser.client.post(key_page(key, "/rotate"), data=sent)):
        assert answer.status_code == status
    assert answers(app, key.token) == [True]
