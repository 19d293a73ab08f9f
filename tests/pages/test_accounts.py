"""Signing in, confirming and one's own account, as a reader sees them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from portal.access.principal import COMMAND_LINE
from portal.accounts import remove_member, reset_password
from portal.accounts.attempts import MAX_FAILURES_BY_EMAIL, WINDOW
from portal.db.session import begin_writing, now
from portal.extensions import db
from portal.models import FailedSignIn, Person, PersonSession
from tests.browser import Browser, text
from tests.pages.forms import form_of
from tests.people import PASSWORD, People
from tests.rows import change_all

Visit = Callable[[str], Browser]
NEW = "a brand new password"


def test_a_member_signs_in_and_is_led_to_where_they_wanted(browser: Browser, people: People) -> None:
    target = f"/organizations/{people.ours}/keys"
    answer = browser.get(target, follow=False)
    assert answer.headers["Location"] == f"/login?next={target}"
    page = browser.submit(answer.headers["Location"], {"email": "alice@example.net", "password": PASSWORD})
    assert page.request.path == target
    assert "Alice" in text(page)


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\r\nSet-Cookie: x=y",
        "evil.example",
        " //evil.example",
        "",
    ],
)
def test_next_leads_only_to_our_own_paths(browser: Browser, people: People, target: str) -> None:
    page = browser.get("/login")
    data = {"csrf_token": form_of(page)["csrf_token"], "email": "alice@example.net", "password": PASSWORD}
    answer = browser.client.post("/login", query_string={"next": target}, data=data)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert browser.client.get("/login", query_string={"next": target}).headers["Location"] == "/"


def test_no_page_tells_whether_an_account_exists(app: Flask, people: People) -> None:
    pages = []
    for email in ("alice@example.net", "nobody@example.net"):
        answer = Browser(app.test_client()).submit("/login", {"email": email, "password": "wrong password"})
        pages.append((answer.status_code, text(answer), len(answer.get_data()) - len(email)))
    assert pages[0] == pages[1]
    assert "The e-mail address or the password is wrong." in pages[0][1]
    assert pages[0][1].startswith("Error: Sign in")


def test_a_password_is_never_sent_back(browser: Browser, people: People) -> None:
    answer = browser.submit("/login", {"email": "alice@example.net", "password": "a wrong password"})
    assert "a wrong password" not in answer.get_data(as_text=True)
    assert form_of(answer)["email"] == ["alice@example.net"]


def test_too_many_failures_say_how_long_to_wait(app: Flask, browser: Browser, people: People) -> None:
    """Trap 17: 429 without Retry-After, or "available in 0 hours"."""
    for _ in range(MAX_FAILURES_BY_EMAIL):
        browser.submit("/login", {"email": "alice@example.net", "password": "wrong password"})
    answer = browser.sign_in("alice@example.net", PASSWORD)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= WINDOW.total_seconds()
    assert "Wait 15 minutes" in text(answer)
    change_all(app, FailedSignIn, at=now() - WINDOW)
    assert "Alice" in text(browser.sign_in("alice@example.net", PASSWORD))


def test_where_somebody_has_signed_in_before_strangers_shut_nobody_out(app: Flask, sign_in: Visit) -> None:
    alices = sign_in("alice")
    alices.submit("/logout", page="/account")
    stranger = Browser(app.test_client())
    for _ in range(MAX_FAILURES_BY_EMAIL + 1):
        refused = stranger.submit("/login", {"email": "alice@example.net", "password": "wrong password"})
    assert refused.status_code == 429
    assert "Alice" in text(alices.sign_in("alice@example.net", PASSWORD))


def test_a_forged_or_foreign_browser_cookie_counts_as_none(app: Flask, visit: Visit, people: People) -> None:
    bobs = visit("bob")
    bobs.submit("/logout", page="/account")
    for _ in range(MAX_FAILURES_BY_EMAIL):
        bobs.submit("/login", {"email": "alice@example.net", "password": "wrong password"})
    assert bobs.sign_in("alice@example.net", PASSWORD).status_code == 429
    bobs.client.set_cookie("portal-known", "eyJmb3JnZWQiOiJ4In0.forged")
    assert bobs.sign_in("alice@example.net", PASSWORD).status_code == 429


def test_the_session_is_renewed_at_sign_in(client: FlaskClient, people: People) -> None:
    browser = Browser(client)
    browser.get("/login")
    with client.session_transaction() as before:
        before["planted"] = "by somebody else"
        old = dict(before)
    browser.sign_in("alice@example.net", PASSWORD)
    with client.session_transaction() as after:
        assert "planted" not in after
        assert after.get("csrf_token") != old["csrf_token"]


def test_cookies_are_hardened_and_none_remembers(visit: Visit, app: Flask) -> None:
    alice = visit("alice")
    assert alice.client.get_cookie("remember_token") is None
    answer = alice.client.get("/login")
    fresh = app.test_client().get("/login")
    assert answer.status_code == 302
    cookie = fresh.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires" not in cookie, "it ends with the browser"


def test_the_cookie_of_a_known_browser_holds_no_address(sign_in: Visit) -> None:
    cookie = sign_in("alice").client.get_cookie("portal-known")
    assert cookie is not None
    assert "alice" not in cookie.value
    assert cookie.http_only


def test_signing_in_as_somebody_else_ends_the_session_before(visit: Visit, app: Flask) -> None:
    browser = visit("alice")
    assert "Bob" in text(browser.sign_in("bob@example.net", PASSWORD))
    with app.app_context():
        assert len(db.session.scalars(select(PersonSession)).all()) == 1
    assert "bob@example.net" in text(browser.get("/account"))


def test_a_character_that_is_no_text_is_refused(visit: Visit, browser: Browser, people: People) -> None:
    assert browser.sign_in("alice\0@example.net", PASSWORD).status_code == 400
    assert visit("alice").get(f"/organizations/{people.ours}/keys/key_%00").status_code == 400


def test_signing_out_needs_a_post_and_ends_the_session_at_once(visit: Visit, app: Flask) -> None:
    alice = visit("alice")
    stolen = alice.client.get_cookie("portal")
    assert stolen is not None
    assert alice.get("/logout").status_code == 405
    assert "You are signed out." in text(alice.submit("/logout", page="/account"))
    thief = app.test_client()
    thief.set_cookie("portal", stolen.value)
    assert "/login" in thief.get("/account").headers["Location"]


@pytest.mark.parametrize(("column", "age"), [("last_seen", timedelta(hours=12, minutes=1)), ("created", timedelta(days=14, minutes=1))])
def test_a_session_ends_by_itself(app: Flask, visit: Visit, column: str, age: timedelta) -> None:
    alice = visit("alice")
    assert alice.get("/account", follow=False).status_code == 200
    change_all(app, PersonSession, **{column: now() - age})
    assert "/login" in alice.get("/account", follow=False).headers["Location"]


def test_a_removed_member_is_out_at_once(app: Flask, visit: Visit, people: People) -> None:
    bob = visit("bob")
    keys = f"/organizations/{people.ours}/keys"
    assert bob.get(keys, follow=False).status_code == 200
    with app.app_context():
        remove_member(db.session(), people.principal("alice"), people.ours, people.ids["bob"])
        db.session.commit()
    assert "/login" in bob.get(keys, follow=False).headers["Location"]
    bob.sign_in("bob@example.net", PASSWORD)
    assert bob.get(keys).status_code == 404


def test_a_deleted_person_is_signed_out(app: Flask, visit: Visit, people: People) -> None:
    bob = visit("bob")
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(delete(Person).where(Person.id == people.ids["bob"]))
        db.session.commit()
    assert "/login" in bob.get("/account", follow=False).headers["Location"]


def test_who_got_their_password_from_somebody_changes_it_before_anything_else(app: Flask, browser: Browser, people: People) -> None:
    with app.app_context():
        password = reset_password(db.session(), COMMAND_LINE, "alice@example.net")
        db.session.commit()
    target = f"/organizations/{people.ours}/keys"
    page = browser.submit(f"/login?next={target}", {"email": "alice@example.net", "password": password})
    assert "First choose a password of your own" in text(page)
    for address in ("/", "/account", target, "/confirm-password"):
        assert browser.get(address, follow=False).headers["Location"].startswith("/account/password")
    page = browser.submit(f"/account/password?next={target}", {"current": password, "new": NEW, "again": NEW})
    assert page.request.path == target
    assert "Your password is changed." in text(page)


@pytest.mark.parametrize(
    ("new", "again", "words"),
    [
        ("short", "short", "at least 12 characters"),
        ("ü" * 37, "ü" * 37, "74 bytes"),
        (NEW, "another one here", "isn't the same"),
        ("", "", "Choose a new password."),
        (PASSWORD, PASSWORD, "that you have now"),
        (PASSWORD.title(), PASSWORD.title(), "that you have now"),
        ("Password1234", "Password1234", "common passwords"),
    ],
)
def test_a_new_password_is_refused_in_words(visit: Visit, new: str, again: str, words: str) -> None:
    answer = visit("alice").submit("/account/password", {"current": PASSWORD, "new": new, "again": again})
    assert answer.status_code == 400
    assert text(answer).startswith("Error: Change your password")
    assert words in text(answer)
    assert f'href="#{"again" if new == NEW else "new"}"' in answer.get_data(as_text=True)


def test_a_changed_password_signs_out_everywhere_else(visit: Visit) -> None:
    current, elsewhere = visit("alice"), visit("alice")
    current.submit("/account/password", {"current": PASSWORD, "new": NEW, "again": NEW})
    assert current.get("/account", follow=False).status_code == 200
    assert "/login" in elsewhere.get("/account", follow=False).headers["Location"]


def test_the_account_lists_sessions_and_ends_the_others(visit: Visit) -> None:
    current, elsewhere, bobs = visit("alice"), visit("alice"), visit("bob")
    page = current.get("/account")
    assert ("alice@example.net" in text(page), text(page).count("Another browser"), text(page).count("This browser")) == (True, 1, 1)
    page = current.submit("/account/sign-out-others", page="/account")
    assert "You are signed out everywhere else." in text(page)
    assert "Another browser" not in text(page)
    assert "/login" in elsewhere.get("/account", follow=False).headers["Location"]
    assert bobs.get("/account", follow=False).status_code == 200


def test_a_wrong_confirmation_says_so_and_a_right_one_leads_on(app: Flask, visit: Visit, people: People) -> None:
    """Trap 9: confirming one's password drops the filled form, and a wrong one says nothing."""
    alice = visit("alice")
    change_all(app, PersonSession, confirmed_at=now() - timedelta(minutes=16))
    new = f"/organizations/{people.ours}/keys/new?template=find-peers"
    location = alice.get(new, follow=False).headers["Location"]
    assert location.startswith("/confirm-password?next=")
    answer = alice.submit(location, {"password": "wrong password"})
    assert answer.status_code == 400
    assert "This isn't your password." in text(answer)
    page = alice.submit(location, {"password": PASSWORD})
    assert page.request.full_path == new
    with app.app_context():
        row = db.session.scalars(select(PersonSession)).one()
        assert row.confirmed_at is not None
        assert now() - row.confirmed_at < timedelta(minutes=1)


def test_signed_in_pages_are_kept_by_nobody(visit: Visit) -> None:
    alice = visit("alice")
    for address in ("/account", "/account/password", "/confirm-password", "/"):
        assert alice.get(address).headers["Cache-Control"] == "no-store"


def test_forms_without_their_token_are_refused(visit: Visit, client: FlaskClient) -> None:
    assert client.post("/login", data={"email": "alice@example.net", "password": PASSWORD}).status_code == 400
    alice = visit("alice")
    assert alice.client.post("/account/password", data={"current": PASSWORD, "new": NEW, "again": NEW}).status_code == 400
    assert alice.client.post("/logout").status_code == 400
