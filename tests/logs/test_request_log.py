"""One line for each request, on demand: enough to see what was asked for and how it went, and nothing secret."""

import json
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.api_keys.token import make_token
from portal.logs.format import JsonFormat, TextFormat
from portal.logs.request_log import LOGGER
from portal.settings import Settings
from tests.apps import opened
from tests.people import Robot

TOKEN = make_token().reveal()


@pytest.fixture
def logged(settings: Settings, caplog: pytest.LogCaptureFixture) -> Iterator[FlaskClient]:
    """A client of a portal that logs its requests."""
    with caplog.at_level(logging.INFO, LOGGER), opened(replace(settings, log_requests=True)) as app:
        yield app.test_client()


@pytest.fixture
def entries(caplog: pytest.LogCaptureFixture) -> Callable[[], list[Any]]:
    """What was logged of requests, as PORTAL_LOG_FORMAT=json writes it."""
    return lambda: [json.loads(JsonFormat().format(record)) for record in caplog.records if record.name == LOGGER]


Entries = Callable[[], list[Any]]


def test_a_line_says_what_was_asked_and_how_it_went(logged: FlaskClient, entries: Entries) -> None:
    answer = logged.get("/login?next=/account", buffered=True)
    (entry,) = entries()
    assert (entry["method"], entry["path"], entry["status"], entry["key"]) == ("GET", "/login", 200, None)
    assert entry["bytes"] == len(answer.data)
    assert entry["ms"] >= 0
    assert entry["request"] == answer.headers["X-Request-ID"]


def test_a_line_names_the_key(logged: FlaskClient, entries: Entries, robot: Callable[..., Robot]) -> None:
    key = robot("networks:read")
    answer = logged.post("/graphql", json={"query": "{ __typename }"}, headers=key.headers, buffered=True)
    (entry,) = entries()
    assert entry["key"] == answer.headers["X-Auth-Key"]
    assert (entry["status"], entry["bytes"]) == (200, len(answer.data))


def test_the_line_of_text_has_the_same(logged: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    logged.get("/healthz", buffered=True)
    assert re.search(r"portal\.requests: GET /healthz 200 \d+ bytes [\d.]+ ms key -$", TextFormat().format(caplog.records[-1]))


def test_a_body_that_is_not_sent_is_not_counted(logged: FlaskClient, entries: Entries) -> None:
    logged.head("/login", buffered=True)
    logged.head("/graphql/schema.graphql", buffered=True)
    assert [entry["bytes"] for entry in entries()] == [0, 0]


@pytest.mark.parametrize("path", ["/x\n2026-01-01T00:00:00.000Z ERROR 1 - portal: forged", "/x 200 5 bytes", f"/{'x' * 9000}", "/\xe9\x85"])
def test_a_path_stays_one_short_word(logged: FlaskClient, entries: Entries, path: str) -> None:
    logged.get(path, buffered=True)
    (entry,) = entries()
    assert re.fullmatch(r"/[!-~]*…?", entry["path"])
    assert len(entry["path"]) <= 301


def test_a_token_is_hidden_in_a_path_and_left_out_with_the_query(
    logged: FlaskClient, entries: Entries, caplog: pytest.LogCaptureFixture
) -> None:
    logged.get(f"/organizations/{TOKEN}/keys?token={TOKEN}", headers={"User-Agent": TOKEN}, buffered=True)
    logged.get(f"/{'x' * 250}{TOKEN}", buffered=True)
    assert entries()[0]["path"] == "/organizations/pport_[hidden]/keys"
    assert TOKEN[:30] not in "".join(map(TextFormat().format, caplog.records))


def test_a_portal_logs_no_request_unless_told_to(app: Flask, entries: Entries, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, LOGGER):
        app.test_client().get("/healthz")
    assert entries() == []
