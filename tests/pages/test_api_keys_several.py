"""Several keys ticked in the list, named on a page of their own, and stopped by one act."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select, update
from werkzeug.test import TestResponse

from portal.access.permissions import Permission
from portal.access.principal import COMMAND_LINE
from portal.api_keys.lifecycle.create import issue
from portal.api_keys.lifecycle.draft import Draft
from portal.api_keys.page import PAGE_SIZE
from portal.db.session import begin_writing, now
from portal.extensions import db
from portal.models import ApiKey, AuditRow, PersonSession
from tests.browser import Browser, text
from tests.pages.api_keys import keys_of, use_key
from tests.pages.forms import form_of
from tests.people import PASSWORD, People, Robot
from tests.rows import change_key
from tests.threads import at_once

Visit = Callable[[str], Browser]
MakeRobot = Callable[..., Robot]


@pytest.fixture
def three(robot: MakeRobot) -> list[Robot]:
    return [robot("networks:read", name=name) for name in ("alpha", "bravo", "charlie")]


def tick(browser: Browser, people: People, keys: list[Robot], act: str, **typed: str) -> TestResponse:
    """What the list's button leads to."""
    token = form_of(browser.get(keys_of(people)))["csrf_token"]
    return browser.client.post(
        f"{keys_of(people)}/several", data={"csrf_token": token, "act": act, "key": [key.key_id for key in keys], **typed}
    )


def do(browser: Browser, people: People, page: TestResponse, **typed: str) -> TestResponse:
    return browser.client.post(f"{keys_of(people)}/several", data=form_of(page) | typed)


def states(app: Flask) -> dict[str, str]:
    with app.app_context():
        keys = db.session.scalars(select(ApiKey).order_by(ApiKey.name))
        return {key.name: "revoked" if key.revoked_at else "disabled" if key.disabled_at else "live" for key in keys}


def events(app: Flask) -> list[str]:
    with app.app_context():
        return [row for row in db.session.scalars(select(AuditRow.event).order_by(AuditRow.number)) if row != "api_key.issued"]


def test_the_list_offers_to_tick_keys_to_an_admin_alone(app: Flask, visit: Visit, people: People, three: list[Robot]) -> None:
    page = visit("alice").get(keys_of(people)).get_data(as_text=True)
    for key in three:
        assert f'name="key" value="{key.key_id}"' in page
    assert 'aria-label="Select bravo"' in page
    for words in ("Disable selected…", "Revoke selected…"):
        assert words in page
    assert "Enable selected…" not in page
    change_key(app, three[0], disabled_at=now())
    assert "Enable selected…" in visit("alice").get(keys_of(people)).get_data(as_text=True)
    for name in ("bob", "erin"):
        seen = visit(name).get(keys_of(people)).get_data(as_text=True)
        assert "selected…" not in seen
        assert 'type="checkbox"' not in seen


def test_ticked_keys_are_named_with_their_last_use_and_revoked(app: Flask, visit: Visit, people: People, three: list[Robot]) -> None:
    alice = visit("alice")
    use_key(app, three[0], now() - timedelta(days=9))
    page = tick(alice, people, three[:2], "revoke")
    for words in ("Revoke 2 API keys", "This can't be undone", "alpha", "9 days ago 192.0.2.77", "bravo", "never"):
        assert words in text(page)
    assert "charlie" not in text(page)
    assert "Yes, stop them" not in text(page)
    assert states(app) == dict.fromkeys(("alpha", "bravo", "charlie"), "live")
    answer = do(alice, people, page, reason="the laptop is lost")
    assert answer.headers["Location"] == keys_of(people)
    assert "2 API keys are revoked. Their next requests are refused." in text(alice.get(keys_of(people)))
    assert states(app) == {"alpha": "revoked", "bravo": "revoked", "charlie": "live"}
    assert events(app) == ["api_key.revoked"] * 2
    assert "the laptop is lost" in text(alice.get(f"{keys_of(people)}/{three[0].key_id}"))


def test_keys_are_disabled_and_enabled_again(app: Flask, visit: Visit, people: People, three: list[Robot]) -> None:
    alice = visit("alice")
    do(alice, people, tick(alice, people, three, "disable"))
    assert set(states(app).values()) == {"disabled"}
    page = tick(alice, people, three[:1], "enable")
    assert 'Enable "alpha"' in text(page)
    do(alice, people, page)
    assert '"alpha" is enabled.' in text(alice.get(keys_of(people)))
    assert states(app) == {"alpha": "live", "bravo": "disabled", "charlie": "disabled"}


@pytest.mark.parametrize(("act", "asks"), [("revoke", True), ("disable", True), ("enable", False)])
def test_a_key_that_was_used_lately_asks_for_a_tick(
    app: Flask, visit: Visit, people: People, three: list[Robot], act: str, asks: bool
) -> None:
    alice = visit("alice")
    use_key(app, three[1], now() - timedelta(days=6))
    if act == "enable":
        change_key(app, three[1], disabled_at=now())
    before, page = states(app), tick(alice, people, three, act)
    assert ('"bravo" was used in the last 7 days, so something will stop.' in text(page)) is asks
    answer = do(alice, people, page)
    assert (answer.status_code, states(app) == before) == ((400, True) if asks else (302, False))
    if asks:
        assert "Tick this box: some of them were used in the last 7 days." in text(answer)
        assert do(alice, people, answer, sure="y").status_code == 302
        assert before != states(app)


def test_what_somebody_did_meanwhile_is_named_and_no_error(app: Flask, visit: Visit, people: People, three: list[Robot]) -> None:
    alice = visit("alice")
    page = tick(alice, people, three, "revoke")
    change_key(app, three[1], revoked_at=now(), revoked_by="Another admin")
    again = tick(alice, people, three, "revoke")
    assert "1 of the chosen keys is left as it is bravo Revoked" in text(again)
    assert do(alice, people, page).status_code == 302
    said = text(alice.get(keys_of(people)))
    assert '2 API keys are revoked. Their next requests are refused. Left as they were: "bravo".' in said
    assert do(alice, people, page).status_code == 302
    assert 'Nothing was changed. Left as they were: "alpha", "bravo", "charlie".' in text(alice.get(keys_of(people)))
    assert events(app) == ["api_key.revoked"] * 2


def test_six_clicks_revoke_each_key_once(app: Flask, visit: Visit, people: People, three: list[Robot]) -> None:
    alice = visit("alice")
    form, answers = form_of(tick(alice, people, three, "revoke")), []
    cookie = alice.client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None

    def clicked() -> None:
        client = app.test_client()
        client.set_cookie(cookie.key, cookie.value)
        answers.append(client.post(f"{keys_of(people)}/several", data=form).status_code)

    assert at_once(app, *[clicked] * 6) == ["clicked"] * 6
    assert answers == [302] * 6
    assert events(app) == ["api_key.revoked"] * 3


@pytest.mark.parametrize(
    ("chosen", "words"), [([], "Tick at least one API key."), ([f"key_{number:012}" for number in range(501)], "At most 500 API keys")]
)
def test_none_and_too_many_lead_back_and_say_why(
    app: Flask, visit: Visit, people: People, three: list[Robot], chosen: list[str], words: str
) -> None:
    alice = visit("alice")
    answer = tick(alice, people, [Robot(key_id, "", people.ours) for key_id in chosen], "revoke")
    assert answer.headers["Location"] == keys_of(people)
    assert words in text(alice.get(keys_of(people)))
    assert tick(alice, people, three, "delete").headers["Location"] == keys_of(people)
    assert set(states(app).values()) == {"live"}


@pytest.mark.parametrize("do_it", [{}, {"do": "1", "sure": "y"}])
def test_a_key_that_is_not_ours_answers_as_one_that_does_not_exist(
    app: Flask, visit: Visit, people: People, three: list[Robot], robot: MakeRobot, do_it: dict[str, str]
) -> None:
    alice, theirs = visit("alice"), robot("networks:read", name="theirs", charlie=True)
    unknown = Robot("key_000000000000", "", people.ours)
    answers = [tick(alice, people, [*three, other], "revoke", **do_it) for other in (theirs, unknown)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert text(answers[0]) == text(answers[1])
    assert set(states(app).values()) == {"live"}


@pytest.mark.parametrize(("name", "status"), [("erin", 403), ("bob", 403), ("charlie", 404)])
def test_who_only_looks_stops_nothing(app: Flask, visit: Visit, people: People, three: list[Robot], name: str, status: int) -> None:
    browser = visit(name)
    token = form_of(browser.get("/account/password"))["csrf_token"]
    for more in ({}, {"do": "1", "sure": "y"}):
        sent = {"csrf_token": token, "act": "revoke", "key": [key.key_id for key in three], **more}
        assert browser.client.post(f"{keys_of(people)}/several", data=sent).status_code == status
    assert set(states(app).values()) == {"live"}


def test_stopping_asks_who_one_is_and_loses_nothing(app: Flask, visit: Visit, people: People, three: list[Robot]) -> None:
    """Trap 9: confirming one's password drops the filled form."""
    alice = visit("alice")
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(update(PersonSession).values(confirmed_at=now() - timedelta(minutes=61)))
        db.session.commit()
    page = tick(alice, people, three, "revoke")
    assert "Confirm who you are, then send this form again" in text(page)
    answer = do(alice, people, page, reason="the laptop is lost")
    assert (answer.status_code, form_of(answer)["reason"]) == (403, ["the laptop is lost"])
    alice.submit("/confirm-password", {"password": PASSWORD})
    assert do(alice, people, answer).status_code == 302
    assert set(states(app).values()) == {"revoked"}


def issue_many(app: Flask, people: People, number: int) -> None:
    day = now().date() + timedelta(days=90)
    with app.app_context():
        for index in range(number):
            draft = Draft(f"robot {index:03}", "noc@example.net", day, grants={Permission.NETWORKS_READ: None})
            issue(db.session(), COMMAND_LINE, people.ours, draft)
        db.session.commit()


def test_all_of_a_list_are_chosen_with_those_on_its_other_pages(app: Flask, visit: Visit, people: People, three: list[Robot]) -> None:
    issue_many(app, people, PAGE_SIZE)
    change_key(app, three[0], revoked_at=now(), revoked_by="Alice")
    alice = visit("alice")
    assert f"Select all {PAGE_SIZE + 2} in this list" in text(alice.get(keys_of(people)))
    page = tick(alice, people, [], "disable", all="active")
    assert f"Disable {PAGE_SIZE + 2} API keys" in text(page)
    assert "alpha" not in text(page)
    do(alice, people, page)
    assert list(states(app).values()).count("disabled") == PAGE_SIZE + 2


def test_the_list_takes_three_statements_and_the_page_one(app: Flask, visit: Visit, people: People, three: list[Robot]) -> None:
    alice = visit("alice")
    form = form_of(tick(alice, people, three, "disable"))
    form.pop("do")
    statements: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "api_key" in statement:
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    assert alice.get(keys_of(people)).status_code == 200
    assert len(statements) == 3
    assert alice.client.post(f"{keys_of(people)}/several", data=form).status_code == 200
    assert len(statements) == 4
    event.remove(engine, "before_cursor_execute", note)
