"""Answers above a kilobyte are compressed as the caller accepts; a page that holds a token never is."""

import gzip
from collections.abc import Callable
from typing import Any

import orjson
import pytest
import zstandard
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.browser import Browser
from tests.pages.forms import form_of
from tests.people import People
from tests.registry import Records

DECODERS: dict[str | None, Callable[[bytes], bytes]] = {"gzip": gzip.decompress, "zstd": zstandard.decompress, None: bytes}
LARGE = {"query": "{ __schema { types { name description } } }"}


def post(client: FlaskClient, accepted: str | None, question: dict[str, str]) -> TestResponse:
    return client.post("/graphql", json=question, headers={"Accept-Encoding": accepted} if accepted is not None else {})


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        (None, None),
        ("", None),
        ("identity", None),
        ("br", None),
        ("*", None),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("zstd", "zstd"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("zstd;q=0.5, gzip", "gzip"),
        ("zstd;q=0, gzip;q=0.1", "gzip"),
        ("gzip;q=0", None),
    ],
)
def test_a_large_answer_is_compressed_as_accepted(accepted: str | None, encoding: str | None, client: FlaskClient) -> None:
    plain = post(client, None, LARGE).get_data()
    response = post(client, accepted, LARGE)
    body = response.get_data()
    assert response.headers.get("Content-Encoding") == encoding
    assert response.headers["Content-Length"] == str(len(body))
    assert "Accept-Encoding" in response.headers["Vary"].split(", ")
    assert orjson.loads(DECODERS[encoding](body))["data"] == orjson.loads(plain)["data"]
    assert encoding is None or len(body) < len(plain) / 2


def test_a_small_answer_stays_as_it_is(client: FlaskClient) -> None:
    response = post(client, "zstd, gzip", {"query": "{ __typename }"})
    assert response.get_json()["data"] == {"__typename": "Query"}
    assert "Content-Encoding" not in response.headers
    assert "Accept-Encoding" in response.headers["Vary"].split(", ")


def test_a_tag_is_the_same_however_its_answer_was_compressed(client: FlaskClient, records: Records) -> None:
    tags = [
        client.get("/graphql", query_string=LARGE, headers={"Accept-Encoding": accepted}).headers["ETag"] for accepted in ("gzip", "zstd")
    ]
    again: Any = client.get("/graphql", query_string=LARGE, headers={"Accept-Encoding": "zstd", "If-None-Match": tags[0]})
    assert tags[0] == tags[1]
    assert (again.status_code, "Content-Encoding" in again.headers) == (304, False)


def test_a_page_that_shows_a_token_is_never_compressed(visit: Callable[[str], Browser], people: People) -> None:
    url, browser = f"/organizations/{people.ours}/keys/new", visit("alice")
    filled = {"name": "nightly build", "notify_email": "noc@example.net", "expires": "90", "grants": ["networks:read"]}
    review = browser.client.post(url, data=form_of(browser.get(url)) | filled)
    shown = browser.client.post(url, data=form_of(review) | {"step": ["create"]}, headers={"Accept-Encoding": "zstd, gzip"})
    assert "Authorization: Bearer pport_" in shown.get_data(as_text=True)
    assert "Content-Encoding" not in shown.headers
