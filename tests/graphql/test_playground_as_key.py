"""The playground as one of the organization's keys: a session's only way to GraphQL, seen exactly as the key sees."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.access.token_refusals import MESSAGES, Reason
from portal.db.session import begin_writing, now
from portal.extensions import db
from portal.limits.budgets import PERSON_POINTS
from portal.limits.memory import Spending
from portal.models import ApiKey, ApiKeyDay, ApiKeyToken, AuditRow
from portal.runtime import account
from portal.settings import Settings
from tests.apps import opened, settings_for
from tests.browser import CSRF, Browser, text
from tests.people import PASSWORD, People, Robot
from tests.registry import Records
from tests.rows import change_key

pytestmark = pytest.mark.one_engine

Visit = Callable[[str], Browser]
MakeRobot = Callable[..., Robot]
VIEWER = "{ viewer { anonymous address key { id name scopes expiresAt } organization { name } } }"


def csrf(browser: Browser) -> str:
    match = CSRF.search(browser.get("/playground").get_data(as_text=True))
    assert match
    return match[1]


def send(browser: Browser, query: str, key: Robot | None, **more: Any) -> TestResponse:
    """As the editor's script does."""
    run_as = {"runAs": f"{key.organization_id}/{key.key_id}"} if key else {}
    return browser.client.post("/playground/run", json={"query": query, **run_as, **more}, headers={"X-CSRFToken": csrf(browser)})


def data(browser: Browser, query: str, key: Robot | None) -> Any:
    answer = send(browser, query, key)
    assert (answer.status_code, "errors" in body(answer)) == (200, False), body(answer)
    return body(answer)["data"]


def body(answer: TestResponse) -> Any:
    return answer.json


def error(answer: TestResponse) -> tuple[int, str, str]:
    assert answer.mimetype == "application/json"
    assert "data" not in body(answer)
    only = body(answer)["errors"][0]
    return answer.status_code, only["extensions"]["code"], only["message"]


def form(browser: Browser, query: str, key: Robot) -> TestResponse:
    """As the page does without script."""
    sent = {"query": query, "run_as": f"{key.organization_id}/{key.key_id}"}
    return browser.submit("/playground/run", sent, page="/playground")


def acted(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(AuditRow.subject_name).where(AuditRow.event == "api_key.acted_as")))


def test_the_viewer_is_the_key(visit: Visit, people: People, robot: MakeRobot, app: Flask) -> None:
    key = robot("networks:read", "contacts:read", name="nightly build")
    seen = data(visit("alice"), VIEWER, key)["viewer"]
    own = app.test_client().post("/graphql", json={"query": VIEWER}, headers=key.headers)
    assert seen == body(own)["data"]["viewer"]
    assert seen["key"]["name"] == "nightly build"
    assert seen["key"]["scopes"] == ["contacts:read", "networks:read"]


@pytest.mark.parametrize(
    ("grants", "visible"),
    [
        (("contacts:read",), {"PUBLIC", "USERS"}),
        (("contacts:read", "contacts:read_private"), {"PUBLIC", "USERS", "PRIVATE"}),
        (("networks:read",), None),
    ],
)
def test_contacts_are_seen_by_the_keys_grants_and_not_the_admins(
    visit: Visit, people: People, records: Records, robot: MakeRobot, app: Flask, grants: tuple[str, ...], visible: set[str] | None
) -> None:
    key, query = robot(*grants), "{ contacts { nodes { visible name email } } }"
    answer = send(visit("alice"), query, key)
    own = app.test_client().post("/graphql", json={"query": query}, headers=key.headers)
    if visible is None:
        assert error(answer)[:2] == (403, "FORBIDDEN")
        assert "contacts:read" in body(answer)["errors"][0]["extensions"]["requiredScopes"]
        assert body(answer)["errors"] == body(own)["errors"]
    else:
        assert {node["visible"] for node in body(answer)["data"]["contacts"]["nodes"]} == visible
        assert body(answer)["data"] == body(own)["data"]


def test_private_things_are_those_of_the_chosen_objects(visit: Visit, people: People, records: Records, robot: MakeRobot) -> None:
    key = robot("contacts:read", objects={"contacts:read_private": frozenset({records["second"]})})
    nodes = data(visit("alice"), "{ contacts(where: { visible: { eq: PRIVATE } }) { nodes { name } } }", key)["contacts"]["nodes"]
    assert [node["name"] for node in nodes] == ["Private person of AS64501"]


def test_the_form_runs_as_a_key_too_and_keeps_it_chosen(visit: Visit, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read", name="nightly build")
    answer = form(visit("alice"), VIEWER, key)
    assert answer.status_code == 200
    assert '"name": "nightly build"' in text(answer)
    page = " ".join(answer.get_data(as_text=True).split())
    assert f'<option value="{people.ours}/{key.key_id}" selected>' in page


def test_the_page_offers_an_admins_keys_and_nobody_elses(
    app: Flask, visit: Visit, people: People, robot: MakeRobot, browser: Browser
) -> None:
    key, off = robot("networks:read", name="nightly build"), robot("networks:read", name="switched off")
    change_key(app, off, disabled_at=now())
    alice = visit("alice")
    page = " ".join(alice.get(f"/playground?key={key.key_id}").get_data(as_text=True).split())
    assert f'<option value="{people.ours}/{key.key_id}" selected>nightly build</option>' in page
    assert f'<option value="{people.ours}/{off.key_id}" disabled>switched off (disabled)</option>' in page
    assert "can't be chosen" not in page
    for other in (off.key_id, "key_000000000000"):
        assert "This API key can't be chosen" in alice.get(f"/playground?key={other}").get_data(as_text=True).replace("&#39;", "'")
    assert f"/playground?key={key.key_id}" in alice.get(f"/organizations/{people.ours}/keys/{key.key_id}").get_data(as_text=True)
    for name in ("erin", "bob", "charlie", "dave", "olga"):
        assert "nightly build" not in visit(name).get(f"/playground?key={key.key_id}").get_data(as_text=True)
    assert "Run as" not in browser.get("/playground").get_data(as_text=True)


@pytest.mark.parametrize(("name", "status"), [("erin", 403), ("bob", 403), ("charlie", 404), ("dave", 404), ("olga", 404)])
def test_who_is_no_admin_is_refused(app: Flask, visit: Visit, people: People, robot: MakeRobot, name: str, status: int) -> None:
    key, browser = robot("networks:read"), visit(name)
    assert error(send(browser, VIEWER, key))[:2] == (status, {403: "FORBIDDEN", 404: "NOT_FOUND"}[status])
    answer = form(browser, VIEWER, key)
    assert (answer.status_code, "nightly" in text(answer)) == (status, False)
    assert acted(app) == []


def test_who_is_signed_out_is_asked_to_sign_in(app: Flask, browser: Browser, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    assert error(send(browser, VIEWER, key)) == (403, "FORBIDDEN", "You are signed out. Sign in again to run queries as an API key.")
    assert form(browser, VIEWER, key).status_code == 403
    assert acted(app) == []


@pytest.mark.parametrize(
    "run_as", ["key_000000000000", "/", "9/key_1", "x" * 5000, "٣/key_000000000000", "99999999999999999999/key_000000000000"]
)
def test_what_names_no_key_is_unknown(visit: Visit, people: People, run_as: str) -> None:
    answer = send(visit("alice"), VIEWER, None, runAs=run_as)
    assert error(answer) == (404, "NOT_FOUND", "There is no such API key.")


def test_another_organizations_key_answers_as_one_that_does_not_exist(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    alice, theirs = visit("alice"), robot("networks:read", charlie=True)
    unknown = [error(send(alice, VIEWER, Robot(key_id, "", people.ours))) for key_id in (theirs.key_id, "key_000000000000")]
    assert unknown == [(404, "NOT_FOUND", "There is no such API key.")] * 2
    assert error(send(alice, VIEWER, theirs))[:2] == (404, "NOT_FOUND")
    assert acted(app) == []


def test_a_form_without_its_csrf_token_runs_nothing(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read"), visit("alice")
    run_as = f"{key.organization_id}/{key.key_id}"
    for headers in ({}, {"X-CSRFToken": "wrong"}, {**key.headers}):
        answer = alice.client.post("/playground/run", json={"query": VIEWER, "runAs": run_as}, headers=headers)
        assert error(answer)[:2] == (400, "FORBIDDEN")
    answer = alice.client.post("/playground/run", data={"query": VIEWER, "run_as": run_as})
    assert (answer.status_code, '"name": "robot"' in text(answer)) == (400, False)
    answer = alice.client.post("/playground/run", data=b'{"query": "{ viewer { address } }"}', content_type="text/plain")
    assert answer.status_code == 400
    assert acted(app) == []


def test_a_revoked_key_runs_nothing_from_the_next_query_on(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read"), visit("alice")
    data(alice, VIEWER, key)
    change_key(app, key, revoked_at=now(), revoked_by="Alice")
    assert error(send(alice, VIEWER, key)) == (409, "CONFLICT", MESSAGES[Reason.REVOKED])
    answer = form(alice, VIEWER, key)
    assert (answer.status_code, "This API key was revoked." in text(answer)) == (409, True)


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"query": "mutation { __typename }"}, 405, "METHOD_NOT_ALLOWED"),
        ({"query": ""}, 400, "BAD_REQUEST"),
        ({"query": VIEWER, "runAs": 5}, 400, "BAD_REQUEST"),
        ({"query": VIEWER, "variables": []}, 400, "BAD_REQUEST"),
        ([], 400, "BAD_REQUEST"),
        ({"query": "x" * 300_000}, 413, "PAYLOAD_TOO_LARGE"),
    ],
)
def test_what_can_not_be_run_is_said_in_json(visit: Visit, people: People, sent: Any, status: int, code: str) -> None:
    alice = visit("alice")
    answer = alice.client.post("/playground/run", json=sent, headers={"X-CSRFToken": csrf(alice)})
    assert error(answer)[:2] == (status, code)


def test_what_is_wrong_with_a_query_is_told_as_by_the_api(visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read"), visit("alice")
    answer = send(alice, "{ nonsense }", key)
    assert (answer.status_code, body(answer)["errors"][0]["extensions"]["code"]) == (200, "GRAPHQL_VALIDATION_FAILED")
    answer = send(alice, "{ __schema { queryType { name } } }", key)
    assert body(answer)["data"] == {"__schema": {"queryType": {"name": "Query"}}}
    answer = send(alice, "query A { viewer { anonymous } } query B { viewer { address } }", key, operationName="A")
    assert body(answer)["data"] == {"viewer": {"anonymous": False}}


def test_it_is_never_counted_as_a_use_of_the_key(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read", name="nightly build"), visit("alice")
    for _ in range(3):
        data(alice, VIEWER, key)
    form(alice, VIEWER, key)
    send(alice, "{ contacts { nodes { name } } }", key)
    with app.app_context():
        account().flush()
        stored, token = db.session.get_one(ApiKey, key.key_id), db.session.scalars(select(ApiKeyToken)).one()
        assert (stored.last_used_at, stored.last_used_address, stored.last_used_agent) == (None, "", "")
        assert (token.first_used_at, token.last_used_at) == (None, None)
        assert db.session.scalars(select(ApiKeyDay)).all() == []
    assert acted(app) == ["nightly build"]
    assert "Alice ran queries in the playground as the API key nightly build" in text(alice.get(f"/organizations/{people.ours}/activity"))
    assert "Used in playground" in text(alice.get(f"/organizations/{people.ours}/keys/{key.key_id}"))


def test_the_budget_is_the_persons_and_the_keys_is_untouched(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read"), visit("alice")
    app.extensions["portal spending"] = spending = Spending()
    answer = send(alice, "{ rateLimit { limit remaining } }", key)
    assert body(answer)["data"]["rateLimit"] == {"limit": PERSON_POINTS, "remaining": PERSON_POINTS - 1}
    assert body(answer)["extensions"]["cost"]["actual"] == 1
    assert answer.headers["RateLimit-Policy"] == f'"person";q={PERSON_POINTS};w=60'
    assert list(spending.callers.by_subject) == [f"person {people.ids['alice']}"]
    spending.callers.by_subject[f"person {people.ids['alice']}"].spent = PERSON_POINTS
    answer = send(alice, VIEWER, key)
    assert error(answer)[:2] == (429, "RATE_LIMITED")
    assert int(answer.headers["Retry-After"]) >= 1
    assert app.test_client().post("/graphql", json={"query": VIEWER}, headers=key.headers).status_code == 200
    assert form(alice, VIEWER, key).status_code == 429


def test_it_needs_no_confirming(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read"), visit("alice")
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(db.text("UPDATE person_session SET confirmed_at = NULL"))
        db.session.commit()
    assert data(alice, VIEWER, key)["viewer"]["anonymous"] is False


def test_no_answer_may_be_kept_and_none_holds_a_token(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read"), visit("alice")
    answer = send(alice, VIEWER, key)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Request-ID"]
    for page in (answer, form(alice, VIEWER, key), alice.get(f"/playground?key={key.key_id}")):
        assert key.token[19:51] not in page.get_data(as_text=True)
        assert "unsafe" not in page.headers["Content-Security-Policy"]


def test_a_portal_without_anonymous_reading_still_runs_as_a_key(settings: Settings, app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with opened(settings_for(settings.database_url, settings.data, anonymous_reading=False)) as closed:
        alice = Browser(closed.test_client())
        alice.sign_in("alice@example.net", PASSWORD)
        assert data(alice, VIEWER, key)["viewer"]["key"]["id"] == key.key_id
        assert error(send(alice, VIEWER, None))[:2] == (403, "UNAUTHENTICATED")
