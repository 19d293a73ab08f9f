"""Disabling and enabling a key, freezing and thawing all of them, in the browser."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.api_keys.authenticate.authenticate import Origin, admit, credential
from portal.db.reader import Snapshot
from portal.db.session import begin_writing, now
from portal.errors import Unauthenticated
from portal.extensions import db
from portal.models import AuditRow, PersonSession
from tests.browser import Browser, text
from tests.pages.api_keys import key_page
from tests.pages.forms import form_of
from tests.people import PASSWORD, People, Robot

Visit = Callable[[str], Browser]
MakeRobot = Callable[..., Robot]


def works(app: Flask, key: Robot) -> bool:
    with app.app_context(), Snapshot(db.engine) as opened:
        try:
            return bool(admit(credential([f"Bearer {key.token}"]), Origin("192.0.2.1"), opened))
        except Unauthenticated:
            return False


def events(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(AuditRow.event).order_by(AuditRow.number)))


def test_a_key_is_disabled_and_enabled_again(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read", name="nightly build"), visit("alice")
    assert key_page(key, "/disable") in alice.get(key_page(key)).get_data(as_text=True)
    page = alice.get(key_page(key, "/disable"))
    assert 'Disable "nightly build"' in text(page)
    assert "Automation using this key will stop" in text(page)
    answer = alice.client.post(key_page(key, "/disable"), data=form_of(page), follow_redirects=True)
    for words in ('"nightly build" is disabled. Its next request is refused.', "This key is disabled.", "Disabled Alice"):
        assert words in text(answer)
    assert key_page(key, "/disable") not in answer.get_data(as_text=True)
    assert not works(app, key)
    page = alice.get(key_page(key, "/enable"))
    answer = alice.client.post(key_page(key, "/enable"), data=form_of(page), follow_redirects=True)
    assert '"nightly build" is enabled.' in text(answer)
    assert "Enabled Alice" in text(answer)
    assert works(app, key)


def test_sending_a_form_twice_does_it_once_and_is_no_error(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read"), visit("alice")
    for act in ("/disable", "/enable"):
        form = form_of(alice.get(key_page(key, act)))
        for _ in range(2):
            assert alice.client.post(key_page(key, act), data=form).headers["Location"] == key_page(key)
        assert alice.get(key_page(key, act), follow=False).headers["Location"] == key_page(key)
    assert events(app) == ["api_key.issued", "api_key.disabled", "api_key.enabled"]


def test_a_revoked_key_can_be_neither_disabled_nor_enabled(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, first, second = robot("networks:read"), visit("alice"), visit("alice")
    form = form_of(first.get(key_page(key, "/disable")))
    second.client.post(key_page(key, "/revoke"), data=form_of(second.get(key_page(key, "/revoke"))))
    for act in ("/disable", "/enable"):
        answer = first.client.post(key_page(key, act), data=form, follow_redirects=True)
        assert (answer.status_code, "This key is revoked." in text(answer)) == (200, True)
        assert first.get(key_page(key, act), follow=False).headers["Location"] == key_page(key)
    assert events(app) == ["api_key.issued", "api_key.revoked"]


@pytest.mark.parametrize("act", ["/disable", "/enable"])
def test_stopping_asks_who_one_is(app: Flask, visit: Visit, people: People, robot: MakeRobot, act: str) -> None:
    key, alice = robot("networks:read"), visit("alice")
    form = form_of(alice.get(key_page(key, "/disable")))
    if act == "/enable":
        alice.client.post(key_page(key, "/disable"), data=form)
    before = works(app, key)
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(update(PersonSession).values(confirmed_at=now() - timedelta(minutes=61)))
        db.session.commit()
    assert alice.get(key_page(key, act), follow=False).headers["Location"] == f"/confirm-password?next={key_page(key, act)}"
    answer = alice.client.post(key_page(key, act), data=form)
    assert answer.status_code == 403
    assert "Confirm who you are, then send this form again" in text(answer)
    assert works(app, key) is before
    alice.submit("/confirm-password", {"password": PASSWORD})
    assert alice.client.post(key_page(key, act), data=form_of(answer)).status_code == 302
    assert works(app, key) is not before


@pytest.mark.parametrize(("name", "status"), [("erin", 403), ("bob", 403), ("charlie", 404)])
def test_who_only_looks_stops_nothing(app: Flask, visit: Visit, people: People, robot: MakeRobot, name: str, status: int) -> None:
    key, browser = robot("networks:read"), visit(name)
    token = form_of(browser.get("/account/password"))["csrf_token"]
    for act in ("/disable", "/enable"):
        for answer in (browser.get(key_page(key, act)), browser.client.post(key_page(key, act), data={"csrf_token": token})):
            assert answer.status_code == status
    assert works(app, key)
    assert "/disable" not in browser.get(key_page(key)).get_data(as_text=True)


def list_of(people: People, act: str = "") -> str:
    return f"/organizations/{people.ours}/keys{act}"


def test_all_keys_are_frozen_and_thawed(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, theirs, alice = robot("networks:read"), robot("networks:read", charlie=True), visit("alice")
    assert list_of(people, "/freeze") in alice.get(list_of(people)).get_data(as_text=True)
    page = alice.get(list_of(people, "/freeze"))
    for words in ("Freeze all API keys of Example Org", "All automation of Example Org will stop", "1 key stops."):
        assert words in text(page)
    answer = alice.client.post(list_of(people, "/freeze"), data=form_of(page), follow_redirects=True)
    for words in ("All API keys of Example Org are frozen. Every request with them is refused.", "Thaw them"):
        assert words in text(answer)
    assert list_of(people, "/freeze") not in answer.get_data(as_text=True)
    assert "An admin of Example Org can thaw them." in text(visit("bob").get(list_of(people)))
    assert "frozen" not in text(visit("charlie").get(f"/organizations/{people.theirs}/keys"))
    assert (works(app, key), works(app, theirs)) == (False, True)
    answer = alice.client.post(list_of(people, "/thaw"), data=form_of(alice.get(list_of(people, "/thaw"))), follow_redirects=True)
    assert "The API keys of Example Org are thawed." in text(answer)
    assert works(app, key)


def test_freezing_and_thawing_twice_is_no_error(app: Flask, visit: Visit, people: People) -> None:
    alice = visit("alice")
    for act in ("/freeze", "/thaw"):
        form = form_of(alice.get(list_of(people, act)))
        for _ in range(2):
            assert alice.client.post(list_of(people, act), data=form).headers["Location"] == list_of(people)
        assert alice.get(list_of(people, act), follow=False).headers["Location"] == list_of(people)
    assert events(app) == ["organization.keys_frozen", "organization.keys_thawed"]


@pytest.mark.parametrize("act", ["/freeze", "/thaw"])
def test_freezing_asks_who_one_is(app: Flask, visit: Visit, people: People, robot: MakeRobot, act: str) -> None:
    key, alice = robot("networks:read"), visit("alice")
    form = form_of(alice.get(list_of(people, "/freeze")))
    if act == "/thaw":
        alice.client.post(list_of(people, "/freeze"), data=form)
    before = works(app, key)
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(update(PersonSession).values(confirmed_at=now() - timedelta(minutes=61)))
        db.session.commit()
    assert alice.get(list_of(people, act), follow=False).headers["Location"] == f"/confirm-password?next={list_of(people, act)}"
    answer = alice.client.post(list_of(people, act), data=form)
    assert (answer.status_code, "Confirm who you are, then send this form again" in text(answer)) == (403, True)
    assert works(app, key) is before


@pytest.mark.parametrize(("name", "status"), [("erin", 403), ("bob", 403), ("charlie", 404)])
def test_who_only_looks_freezes_nothing(app: Flask, visit: Visit, people: People, robot: MakeRobot, name: str, status: int) -> None:
    key, browser = robot("networks:read"), visit(name)
    token = form_of(browser.get("/account/password"))["csrf_token"]
    for act in ("/freeze", "/thaw"):
        for answer in (browser.get(list_of(people, act)), browser.client.post(list_of(people, act), data={"csrf_token": token})):
            assert answer.status_code == status
    assert works(app, key)
    assert "/freeze" not in browser.get(list_of(people)).get_data(as_text=True)
