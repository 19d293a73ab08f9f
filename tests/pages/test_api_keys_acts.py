"""Editing and revoking a key: nothing typed is lost, nobody overwrites unawares, and what stops is said before it stops."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from portal.access.permissions import Permission
from portal.api_keys.authenticate.authenticate import Origin, admit, credential
from portal.db.reader import Snapshot
from portal.db.session import begin_writing, now
from portal.errors import Unauthenticated
from portal.extensions import db
from portal.models import ApiKey, AuditRow, PersonSession
from tests.browser import Browser, text
from tests.pages.api_keys import key_page
from tests.pages.forms import chosen_grants, finish, form_of
from tests.people import PASSWORD, People, Robot
from tests.registry import Records

Visit = Callable[[str], Browser]
MakeRobot = Callable[..., Robot]


def write(app: Flask, row: type[Any], **values: Any) -> None:
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(update(row).values(**values))
        db.session.commit()


def stored(app: Flask, key: Robot) -> ApiKey:
    with app.app_context():
        return db.session.get_one(ApiKey, key.key_id)


def granted(app: Flask, key: Robot) -> dict[Permission, frozenset[int] | None]:
    with app.app_context(), Snapshot(db.engine) as opened:
        return dict(admit(credential([f"Bearer {key.token}"]), Origin("192.0.2.1"), opened).principal.grants)


def save(browser: Browser, key: Robot, data: dict[str, Any]) -> TestResponse:
    """Sends the form, and what its review shows."""
    return finish(browser, key_page(key, "/edit"), browser.client.post(key_page(key, "/edit"), data=data), "apply")


def test_a_form_that_is_sent_unchanged_changes_nothing(
    app: Flask, visit: Visit, people: People, records: Records, robot: MakeRobot
) -> None:
    """Trap 15: choices the form offers but doesn't save."""
    objects = {"networks:update": frozenset({records["net"], records["second"]}), "networks:delete": frozenset({records["net"]})}
    key = robot("contacts:read", "contacts:update", "usage:read", objects=objects)
    before, alice = granted(app, key), visit("alice")
    answer = alice.client.post(key_page(key, "/edit"), data=form_of(alice.get(key_page(key, "/edit"))))
    assert answer.status_code == 302
    assert granted(app, key) == before
    with app.app_context():
        assert db.session.scalars(select(AuditRow.event).order_by(AuditRow.number)).all() == ["api_key.issued"]


def test_an_edit_holds_from_the_next_request_on(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read", "contacts:read"), visit("alice")
    day = now().date() + timedelta(days=30)
    typed = {
        "name": "renamed",
        "note": "why",
        "notify_email": "ops@example.net",
        "expires_on": day.isoformat(),
        "grants": ["networks:read"],
    }
    answer = alice.client.post(key_page(key, "/edit"), data=form_of(alice.get(key_page(key, "/edit"))) | typed, follow_redirects=True)
    said = text(answer)
    for words in ('"renamed" is changed.', "ops@example.net", f"{day} 23:59 UTC", "Changed Alice", "name: robot → renamed"):
        assert words in said
    assert granted(app, key) == {Permission.NETWORKS_READ: None}


def test_an_expired_key_is_extended_in_place(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read"), visit("alice")
    write(app, ApiKey, expires_at=now() - timedelta(days=3))
    with pytest.raises(Unauthenticated, match="expired"):
        granted(app, key)
    form = form_of(alice.get(key_page(key, "/edit"))) | {"expires_on": (now().date() + timedelta(days=9)).isoformat()}
    assert save(alice, key, form).status_code == 302
    assert granted(app, key) == {Permission.NETWORKS_READ: None}


def test_a_change_made_meanwhile_is_a_conflict_that_loses_nothing(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, first, second = robot("networks:read"), visit("alice"), visit("alice")
    form = form_of(first.get(key_page(key, "/edit")))
    save(second, key, form_of(second.get(key_page(key, "/edit"))) | {"name": "theirs", "grants": ["usage:read"]})
    answer = first.client.post(key_page(key, "/edit"), data=form | {"name": "mine", "note": "typed with care"})
    said = text(answer)
    assert answer.status_code == 409
    assert said.startswith("Error: Edit")
    assert "Someone else changed this key while you were editing it" in said
    assert "Name theirs" in said
    assert "Permissions Reads usage" in said
    kept = form_of(answer)
    assert (kept["name"], kept["note"], chosen_grants(answer)) == (["mine"], ["typed with care"], {"networks:read"})
    assert stored(app, key).name == "theirs"
    assert save(first, key, kept).status_code == 302
    assert stored(app, key).name == "mine"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": ""}, "Give the key a name."),
        ({"expires_on": ""}, "Choose a date, or one of the periods above."),
        ({"expires_on": "2199-01-01"}, "at most 366 days"),
        ({"grants": []}, "Choose at least one thing"),
        ({"seen": ""}, "incomplete"),
    ],
)
def test_a_wrong_edit_is_said_and_saves_nothing(
    app: Flask, visit: Visit, people: People, robot: MakeRobot, typed: dict[str, object], words: str
) -> None:
    key, alice = robot("networks:read"), visit("alice")
    form = form_of(alice.get(key_page(key, "/edit"))) | {"note": "typed with care"} | typed
    answer = alice.client.post(key_page(key, "/edit"), data=form)
    assert answer.status_code == 400
    assert words in text(answer)
    assert form_of(answer)["note"] == ["typed with care"]
    assert stored(app, key).note == ""


def test_a_revoked_key_is_refused_and_keeps_its_story(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read", name="nightly build"), visit("alice")
    page = alice.get(key_page(key, "/revoke"))
    assert 'Revoke "nightly build"' in text(page)
    assert "Automation using this key will stop." in text(page)
    answer = alice.client.post(key_page(key, "/revoke"), data=form_of(page) | {"reason": "laptop lost"}, follow_redirects=True)
    assert '"nightly build" is revoked. Its next request is refused.' in text(answer)
    assert "Reason: laptop lost" in text(answer)
    assert "Revoked Alice" in text(answer)
    with pytest.raises(Unauthenticated, match="revoked"):
        granted(app, key)


def test_a_key_that_was_used_lately_is_revoked_only_on_purpose(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read"), visit("alice")
    write(app, ApiKey, last_used_at=now() - timedelta(days=6), last_used_address="192.0.2.77", last_used_agent="build-script/2.0")
    page = alice.get(key_page(key, "/revoke"))
    for words in ("6 days ago", "192.0.2.77", "build-script/2.0"):
        assert words in text(page)
    answer = alice.client.post(key_page(key, "/revoke"), data=form_of(page) | {"reason": "typed"})
    assert answer.status_code == 400
    assert "Tick this box: the key was used in the last 7 days." in text(answer)
    assert form_of(answer)["reason"] == ["typed"]
    assert granted(app, key)
    assert alice.client.post(key_page(key, "/revoke"), data=form_of(answer) | {"sure": "y"}).status_code == 302
    assert stored(app, key).revoked_reason == "typed"


def test_a_key_that_slept_for_a_week_needs_no_tick(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read"), visit("alice")
    write(app, ApiKey, last_used_at=now() - timedelta(days=8))
    page = alice.get(key_page(key, "/revoke"))
    assert "Yes, stop whatever uses this key" not in text(page)
    assert alice.client.post(key_page(key, "/revoke"), data=form_of(page)).status_code == 302


def test_revoking_twice_is_no_error(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read"), visit("alice")
    form = form_of(alice.get(key_page(key, "/revoke")))
    for _ in range(2):
        assert alice.client.post(key_page(key, "/revoke"), data=form).headers["Location"] == key_page(key)
    for act in ("/edit", "/revoke"):
        assert alice.get(key_page(key, act), follow=False).headers["Location"] == key_page(key)
    with app.app_context():
        assert db.session.scalars(select(AuditRow.event).order_by(AuditRow.number)).all() == ["api_key.issued", "api_key.revoked"]


@pytest.mark.parametrize("act", ["/edit", "/revoke"])
def test_acting_asks_who_one_is_and_loses_nothing(app: Flask, visit: Visit, people: People, robot: MakeRobot, act: str) -> None:
    """Trap 9: confirming one's password drops the filled form."""
    key, alice = robot("networks:read"), visit("alice")
    form = form_of(alice.get(key_page(key, act))) | {"note": "typed with care", "reason": "typed with care"}
    write(app, PersonSession, confirmed_at=now() - timedelta(minutes=61))
    assert alice.get(key_page(key, act), follow=False).headers["Location"] == f"/confirm-password?next={key_page(key, act)}"
    answer = alice.client.post(key_page(key, act), data=form)
    assert answer.status_code == 403
    assert "Confirm who you are, then send this form again" in text(answer)
    assert "typed with care" in answer.get_data(as_text=True)
    alice.submit("/confirm-password", {"password": PASSWORD})
    assert alice.client.post(key_page(key, act), data=form_of(answer)).status_code == 302


@pytest.mark.parametrize("name", ["erin", "bob"])
def test_who_only_looks_can_not_act(app: Flask, visit: Visit, people: People, robot: MakeRobot, name: str) -> None:
    key, browser = robot("networks:read"), visit(name)
    token = form_of(browser.get("/account/password"))["csrf_token"]
    for address in (f"/organizations/{people.ours}/keys/new", key_page(key, "/edit"), key_page(key, "/revoke")):
        for answer in (browser.get(address), browser.client.post(address, data={"csrf_token": token})):
            assert answer.status_code == 403
            assert "This needs the role admin in the organization." in text(answer)
    assert granted(app, key)
