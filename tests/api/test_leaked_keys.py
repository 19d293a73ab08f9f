"""Reporting leaked tokens, by POST /api/leaked-keys and on the page: neutral to strangers, limited, and nothing of a token stays."""

import logging
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.api_keys.lifecycle.leak import find_tokens
from portal.api_keys.token import make_token
from portal.extensions import db
from portal.limits.budgets import MAX_REPORTED_TOKENS
from tests.browser import Browser, text
from tests.pages.forms import form_of
from tests.people import Robot

Make = Callable[..., Robot]
API, PAGE = "/api/leaked-keys", "/leaked-keys"


def works(client: FlaskClient, key: Robot) -> bool:
    return client.get("/api/whoami", headers=key.headers).status_code == 200


def test_a_scanner_ends_a_token(client: FlaskClient, robot: Make) -> None:
    key = robot("networks:read")
    response = client.post(API, json={"tokens": ["what isn't one", f" {key.token}\n", "ø" * 57]})
    assert (response.status_code, response.data, response.headers["Cache-Control"]) == (204, b"", "no-store")
    refused = client.get("/api/whoami", headers=key.headers)
    assert refused.status_code == 401
    assert "reported as leaked" in refused.get_json()["errors"][0]["message"]


def test_the_answer_tells_nothing_of_what_was_reported(client: FlaskClient, robot: Make) -> None:
    key = robot("networks:read")
    wrong = make_token().reveal()
    answers = [client.post(API, json={"tokens": [text]}) for text in (key.token, key.token, wrong, "nothing", "")]
    assert {answer.status_code for answer in answers} == {204}
    assert len({str([header for header in answer.headers if header[0] != "X-Request-ID"]) for answer in answers}) == 1


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"json": {"tokens": []}}, 400, "BAD_USER_INPUT"),
        ({"json": {"tokens": ["x"] * 101}}, 400, "BAD_USER_INPUT"),
        ({"json": {"tokens": "x"}}, 400, "BAD_USER_INPUT"),
        ({"json": {"tokens": [1]}}, 400, "BAD_USER_INPUT"),
        ({"json": ["x"]}, 400, "BAD_USER_INPUT"),
        ({"data": b"{", "content_type": "application/json"}, 400, "BAD_REQUEST"),
        ({"data": {"tokens": "x"}}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ({"json": {"tokens": ["x" * 300_000]}}, 413, "PAYLOAD_TOO_LARGE"),
        ({"data": b"x" * 2_000_000, "content_type": "application/json"}, 413, "PAYLOAD_TOO_LARGE"),
    ],
)
def test_a_report_of_another_form_is_refused_in_json(client: FlaskClient, sent: dict[str, Any], status: int, code: str) -> None:
    response = client.post(API, **sent)
    assert (response.status_code, response.get_json()["errors"][0]["extensions"]["code"]) == (status, code)


def test_a_report_that_breaks_off_is_refused(client: FlaskClient, robot: Make) -> None:
    key = robot("networks:read")
    body = BytesIO(f'{{"tokens": ["{key.token}"'.encode())
    cut = {"CONTENT_LENGTH": "500", "CONTENT_TYPE": "application/json", "wsgi.input": body}
    response = client.post(API, environ_overrides=cut)
    assert (response.status_code, response.get_json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")
    assert works(client, key)


def test_an_address_reports_so_many_tokens_a_minute(client: FlaskClient, robot: Make, browser: Browser) -> None:
    key = robot("networks:read")
    for _ in range(MAX_REPORTED_TOKENS // 100):
        assert client.post(API, json={"tokens": ["x"] * 100}).status_code == 204
    limited = client.post(API, json={"tokens": [key.token]})
    assert (limited.status_code, limited.get_json()["errors"][0]["extensions"]["code"]) == (429, "RATE_LIMITED")
    assert 1 <= int(limited.headers["Retry-After"]) <= 60
    page = browser.submit(PAGE, {"text": key.token})
    assert page.status_code == 429
    assert "tokens reported by an address is used up" in text(page)
    assert works(client, key)
    elsewhere = client.post(API, json={"tokens": [key.token]}, environ_base={"REMOTE_ADDR": "192.0.2.99"})
    assert elsewhere.status_code == 204
    assert not works(client, key)


def test_reports_leave_failed_tokens_and_good_keys_alone(client: FlaskClient, robot: Make) -> None:
    """A scanner that reports what isn't ours is no guesser."""
    key = robot("networks:read")
    client.post(API, json={"tokens": [make_token().reveal() for _ in range(100)]})
    assert works(client, key)
    wrong = {"Authorization": f"Bearer {make_token().reveal()}"}
    assert client.get("/api/whoami", headers=wrong).status_code == 401


def test_a_finder_ends_tokens_on_the_page_without_signing_in(client: FlaskClient, robot: Make, browser: Browser) -> None:
    first, second = robot("networks:read", name="first"), robot("networks:read", name="second")
    page = browser.submit(PAGE, {"text": f"KEY={first.token}\nOTHER={second.token}"})
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    assert "We read 2 tokens" in text(page)
    assert not works(client, first)
    assert not works(client, second)


def test_the_page_says_the_same_of_tokens_that_are_nobodys(browser: Browser, robot: Make) -> None:
    ours, nobodys = (text(browser.submit(PAGE, {"text": token})) for token in (robot("networks:read").token, make_token().reveal()))
    assert ours == nobodys


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Paste at least one token"),
        ("pport_abc", "no whole token"),
        ("a\0b", "isn't text"),
        (" ".join(make_token().reveal() for _ in range(101)), "at most 100"),
    ],
)
def test_the_page_says_what_is_wrong_with_a_form(browser: Browser, typed: str, words: str) -> None:
    page = browser.submit(PAGE, {"text": typed})
    assert page.status_code == 400
    assert words in text(page)


def test_no_page_shows_a_token_again(browser: Browser, robot: Make) -> None:
    key = robot("networks:read")
    half = key.token[:-1]
    for typed in (key.token, half, f"{key.token} " * 2):
        assert half not in browser.submit(PAGE, {"text": typed}).get_data(as_text=True)


def test_an_admin_sees_the_report_in_the_keys_history(client: FlaskClient, visit: Callable[[str], Browser], robot: Make) -> None:
    key = robot("networks:read")
    client.post(API, json={"tokens": [key.token]}, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    shown = text(visit("alice").get(f"/organizations/{key.organization_id}/keys/{key.key_id}"))
    assert "Token reported as leaked and revoked Leak report 203.0.113.9" in shown
    activity = text(visit("alice").get(f"/organizations/{key.organization_id}/activity"))
    assert "Leak report revoked a leaked token of the API key robot" in activity


def test_a_key_whose_token_leaked_gets_a_new_one_by_rotating(client: FlaskClient, visit: Callable[[str], Browser], robot: Make) -> None:
    key, alice, bob = robot("networks:read"), visit("alice"), visit("bob")
    place = f"/organizations/{key.organization_id}/keys/{key.key_id}"
    client.post(API, json={"tokens": [key.token]})
    assert "newest token of this key was reported as leaked and is revoked. Every request with it is refused." in text(alice.get(place))
    assert "An admin of Example Org can create a new one." in text(bob.get(place))
    shown = text(alice.client.post(f"{place}/rotate", data=form_of(alice.get(f"{place}/rotate"))))
    (token,) = find_tokens(shown)
    assert not works(client, key)
    assert works(client, replace(key, token=token.reveal()))
    assert "newest token of this key was reported as leaked" not in text(alice.get(place))


@pytest.mark.own_database
def test_a_failure_of_ours_is_masked_and_logs_no_token(
    app: Flask, client: FlaskClient, robot: Make, caplog: pytest.LogCaptureFixture
) -> None:
    key = robot("networks:read")
    with app.app_context():
        db.drop_all()
    with caplog.at_level(logging.DEBUG):
        response = client.post(API, json={"tokens": [key.token]})
    assert response.status_code == 500
    assert response.get_json()["errors"][0]["extensions"]["requestId"] == response.headers["X-Request-ID"]
    assert caplog.text
    assert key.token[19:] not in caplog.text + response.get_data(as_text=True)
