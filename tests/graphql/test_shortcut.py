"""The shortcut to /graphql answers as the app's own route would: the same status, headers and body."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import Client, TestResponse

from graphql_schema.http import LARGEST_BODY
from portal.settings import Settings
from tests.apps import opened
from tests.people import Robot

QUESTION = {"query": "{ networks { nodes { name } } }"}
ASKED: dict[str, dict[str, Any]] = {
    "a question": {"method": "POST", "json": QUESTION},
    "a GET": {"query_string": QUESTION},
    "a compressed answer": {"query_string": {"query": "{ __schema { types { name } } }"}, "headers": {"Accept-Encoding": "gzip"}},
    "no question": {},
    "a mistake": {"method": "POST", "json": {"query": "{ nothing }"}},
    "no JSON": {"method": "POST", "data": "{", "content_type": "application/json"},
    "a form": {"method": "POST", "data": {"query": "{ __typename }"}},
    "too much": {"method": "POST", "data": " " * (LARGEST_BODY + 1), "content_type": "application/json"},
    "an unknown token": {"method": "POST", "json": QUESTION, "headers": {"Authorization": "Bearer pport_x"}},
    "another media type": {"query_string": QUESTION, "headers": {"Accept": "text/html"}},
    "its head alone": {"method": "HEAD", "query_string": QUESTION},
    "another method": {"method": "DELETE"},
    "a path below": {"path": "/graphql/x"},
}
OF_ITS_OWN = {"X-Request-ID", "RateLimit"}


@pytest.fixture
def whole(app: Flask) -> Client:
    """Asks the app without its shortcut."""
    return Client(app.wsgi_app.otherwise, TestResponse)  # type: ignore[attr-defined]


def told(response: TestResponse) -> tuple[int, dict[str, str], bytes]:
    return response.status_code, {name: value for name, value in response.headers if name not in OF_ITS_OWN}, response.get_data()


@pytest.mark.parametrize("name", ASKED)
def test_the_shortcut_answers_as_the_app_does(name: str, client: FlaskClient, whole: Client) -> None:
    asked = {"path": "/graphql"} | ASKED[name]
    assert without_cost(told(client.open(**asked))) == without_cost(told(whole.open(**asked)))


def test_an_unchanged_answer_has_no_body_by_either_way(client: FlaskClient, whole: Client, robot: Callable[..., Robot]) -> None:
    headers = robot("networks:read").headers
    tag = client.get("/graphql", query_string=QUESTION, headers=headers).headers["ETag"]
    answers = [told(each.get("/graphql", query_string=QUESTION, headers=headers | {"If-None-Match": tag})) for each in (client, whole)]
    assert answers[0] == answers[1]
    assert (answers[0][0], answers[0][2], "Content-Type" in answers[0][1]) == (304, b"", False)


def test_over_https_both_insist_on_it(settings: Settings) -> None:
    with opened(replace(settings, public_url="https://portal.example.net")) as app:
        answers = [each.get("/graphql") for each in (app.test_client(), Client(app.wsgi_app.otherwise, TestResponse))]  # type: ignore[attr-defined]
    assert [answer.headers["Strict-Transport-Security"] for answer in answers] == ["max-age=31536000"] * 2


def without_cost(told: tuple[int, dict[str, str], bytes]) -> tuple[int, dict[str, str], bytes]:
    """The second question leaves fewer points."""
    status, headers, body = told
    return status, headers, body.partition(b'"extensions":{"cost"')[0] if status == 200 else body
