"""One id for each request: in its answer, in its lines of the log, and on the page that says it failed."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from portal.extensions import db
from tests.browser import Browser
from tests.browser import text as words
from tests.people import Robot

PATHS = ("/", "/login", "/nothing", "/static/portal.css", "/healthz", "/graphql?query={__typename}", "/graphql/nothing", "/api/whoami")


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_one_id(client: FlaskClient, path: str) -> None:
    ids = [number for _ in range(2) for number in client.get(path, buffered=True).headers.getlist("X-Request-ID")]
    assert len(ids) == len(set(ids)) == 2
    assert all(re.fullmatch("[0-9a-f]{16}", number) for number in ids)


def test_the_callers_own_id_is_not_taken(client: FlaskClient) -> None:
    assert client.get("/", headers={"X-Request-ID": "mine"}).headers["X-Request-ID"] != "mine"


@pytest.mark.own_database
def test_a_page_that_failed_shows_the_id_that_the_log_has(
    app: Flask, visit: Callable[[str], Browser], caplog: pytest.LogCaptureFixture
) -> None:
    alice = visit("alice")
    with app.app_context():
        db.session.execute(text("ALTER TABLE person_session RENAME TO gone"))
        db.session.commit()
    app.testing = False
    answer = alice.get("/account")
    assert answer.status_code == 500
    number = answer.headers["X-Request-ID"]
    assert f"Request {number}" in words(answer)
    assert number in caplog.text


def test_a_page_that_was_refused_shows_none(client: FlaskClient) -> None:
    answer = client.get("/nothing")
    assert answer.headers["X-Request-ID"] not in answer.text


def test_a_keys_answer_has_the_id_too(client: FlaskClient, robot: Callable[..., Robot]) -> None:
    answer = client.post("/graphql", json={"query": "{ __typename }"}, headers=robot("networks:read").headers)
    assert len(answer.headers.getlist("X-Request-ID")) == 1
