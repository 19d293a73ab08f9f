"""HTTP: methods, media types, bodies, credentials; every answer is JSON with a code, never a page and never a 5xx."""

from time import monotonic
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from graphql import build_client_schema, build_schema, get_introspection_query
from hypothesis import HealthCheck, given, strategies
from hypothesis import settings as hypothesis_settings
from werkzeug.test import TestResponse

from portal.extensions import db
from portal.http.graphql_http import GRAPHQL
from portal.http.json_answers import JSON
from portal.http.json_requests import MAX_BODY_BYTES
from portal.registry.read import sizes
from portal.settings import Settings
from tests.apps import opened, settings_for

VIEWER = {"query": "{ viewer { anonymous } }"}


def code(response: TestResponse) -> str:
    assert response.mimetype in {GRAPHQL, JSON}
    body: Any = response.get_json()
    assert "data" not in body
    return str(body["errors"][0]["extensions"]["code"])


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_other_methods_are_refused(method: str, client: FlaskClient) -> None:
    response = client.open("/graphql", method=method)
    assert (response.status_code, code(response)) == (405, "METHOD_NOT_ALLOWED")
    assert {"GET", "POST"} <= set(response.headers["Allow"].split(", "))


@pytest.mark.parametrize("path", ["/graphql/", "/graphql/nothing", "/graphql/schema.graphql/x"])
def test_what_is_not_there_says_so_in_json(path: str, client: FlaskClient) -> None:
    response = client.get(path)
    assert (response.status_code, code(response)) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/json; charset=latin-1", ""]
)
def test_a_form_is_no_question(kind: str, client: FlaskClient) -> None:
    response = client.post("/graphql", data="query=1", content_type=kind)
    assert (response.status_code, code(response)) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"7",
        b'"x"',
        b"[]",
        b"{}",
        b'[{"query": "{ viewer { anonymous } }"}]',
        b'{"query": ""}',
        b'{"query": 7}',
        b'{"query": null}',
        b'{"query": "{ viewer { anonymous } }", "variables": []}',
        b'{"query": "{ viewer { anonymous } }", "variables": "x"}',
        b'{"query": "{ viewer { anonymous } }", "operationName": 1}',
        b'{"query": "{ viewer { anonymous } }", "extensions": 1}',
        b'{"query": "\xff"}',
        b'{"query": "\\ud800"}',
        b"[" * 100_000,
        b'{"query":' * 20_000,
    ],
)
def test_a_body_that_holds_no_question_is_refused(body: bytes, client: FlaskClient) -> None:
    response = client.post("/graphql", data=body, content_type=JSON)
    assert (response.status_code, code(response)) == (400, "BAD_REQUEST")


def test_a_large_body_is_refused(client: FlaskClient) -> None:
    response = client.post("/graphql", data=b"x" * (MAX_BODY_BYTES + 1), content_type=JSON)
    assert (response.status_code, code(response)) == (413, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, JSON),
        ("*/*", JSON),
        (JSON, JSON),
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL}, {JSON}", GRAPHQL),
        (f"{JSON}, {GRAPHQL};q=0.5", JSON),
        ("text/html, */*;q=0.1", JSON),
        ("application/*", JSON),
        (f"{JSON}; charset=utf-8", JSON),
        (f"{GRAPHQL};charset=UTF-8;q=0.9, {JSON};charset=utf-8;q=0.8", GRAPHQL),
    ],
)
def test_the_media_type_is_what_was_asked_for(accept: str | None, kind: str, client: FlaskClient) -> None:
    response = client.post("/graphql", json=VIEWER, headers={"Accept": accept} if accept else {})
    assert (response.status_code, response.mimetype) == (200, kind)
    body: Any = response.get_json()
    assert body["data"] == {"viewer": {"anonymous": True}}


def test_a_media_type_that_does_not_exist_is_refused(client: FlaskClient) -> None:
    response = client.post("/graphql", json=VIEWER, headers={"Accept": f"text/html, {JSON}; charset=utf-8;q=0"})
    assert (response.status_code, code(response)) == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize(("accept", "status"), [(GRAPHQL, 400), (JSON, 200)])
@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nonsense }", "GRAPHQL_VALIDATION_FAILED"),
        ("query ($a: ASN!) { network(asn: $a) { id } }", "BAD_USER_INPUT"),
        ("query A { viewer { address } } query B { viewer { address } }", "BAD_USER_INPUT"),
        ("{ networks(first: 5000) { totalCount } }", "BAD_USER_INPUT"),
        ("mutation { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
    ],
)
def test_a_refused_question_has_a_code_and_no_data(accept: str, status: int, query: str, word: str, client: FlaskClient) -> None:
    response = client.post("/graphql", json={"query": query}, headers={"Accept": accept})
    assert (response.status_code, code(response)) == (status, word)


def test_a_get_asks_and_never_acts(client: FlaskClient) -> None:
    parameters = {
        "query": "query A($no: Boolean!) { viewer { anonymous address @skip(if: $no) } }",
        "variables": '{"no": true}',
        "operationName": "A",
    }
    assert client.get("/graphql", query_string=parameters).get_json() == {"data": {"viewer": {"anonymous": True}}}
    for document in ("mutation { nothing }", "mutation { __typename }", "subscription { nothing }"):
        response = client.get("/graphql", query_string={"query": document})
        assert (response.status_code, code(response), response.headers["Allow"]) == (405, "METHOD_NOT_ALLOWED", "POST")
    assert code(client.get("/graphql", query_string={"query": "{ viewer { address } }", "variables": "{"})) == "BAD_REQUEST"


def test_at_most_five_errors_are_told(client: FlaskClient) -> None:
    body = client.post("/graphql", json={"query": "{ a b c d e f g h }"}).get_json()
    assert len(body["errors"]) == 5


def test_introspection_works(client: FlaskClient) -> None:
    body = client.post("/graphql", json={"query": get_introspection_query()}).get_json()
    assert "Network" in build_client_schema(body["data"]).type_map


def test_an_answer_is_for_its_caller_alone(client: FlaskClient) -> None:
    response = client.post("/graphql", json=VIEWER)
    assert response.headers["Cache-Control"] == "private, no-store"
    assert set(response.headers["Vary"].split(", ")) == {"Authorization", "Accept", "Accept-Encoding"}
    assert response.headers["X-Request-ID"]
    assert "Set-Cookie" not in response.headers
    assert "X-Auth-Key" not in response.headers


@pytest.mark.parametrize("encoding", ["identity", "gzip", "zstd"])
@pytest.mark.parametrize("form", ["graphql", "json"])
def test_the_schema_can_be_fetched_and_revalidated(form: str, encoding: str, client: FlaskClient) -> None:
    headers = {"Accept-Encoding": encoding}
    response = client.get(f"/graphql/schema.{form}", headers=headers)
    again = client.get(f"/graphql/schema.{form}", headers=headers | {"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.get_data(), again.headers["Vary"]) == (304, b"", "Accept-Encoding")
    assert not response.headers["ETag"].startswith("W/")
    assert response.headers.get("Content-Encoding", "identity") == encoding
    other = {"Accept-Encoding": "zstd" if encoding == "gzip" else "gzip", "If-None-Match": response.headers["ETag"]}
    assert client.get(f"/graphql/schema.{form}", headers=other).status_code == 200


def test_the_schema_is_the_same_in_both_forms(client: FlaskClient) -> None:
    text = client.get("/graphql/schema.graphql").get_data(as_text=True)
    assert text.count("type Network implements Node") == 1
    introspection: Any = client.get("/graphql/schema.json").get_json()
    assert build_client_schema(introspection["data"]).type_map.keys() == build_schema(text).type_map.keys()


def test_a_portal_without_anonymous_reading_asks_for_a_key(settings: Settings) -> None:
    closed = settings_for(settings.database_url, settings.data, anonymous_reading=False)
    with opened(closed) as app:
        response = app.test_client().post("/graphql", json=VIEWER)
    assert (response.status_code, code(response)) == (401, "UNAUTHENTICATED")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="peering-portal"'


@pytest.mark.own_database
def test_a_failure_of_ours_is_masked_and_logged_once(app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with app.app_context():
        sizes.latest[db.engine] = sizes.Counted(monotonic(), sizes.TYPICAL)
        db.session.connection().exec_driver_sql("DROP TABLE contact")
        db.session.commit()
    response = client.post("/graphql", json={"query": "{ contacts { totalCount } viewer { anonymous } }"})
    body: Any = response.get_json()
    assert response.status_code == 200
    assert body["errors"][0]["extensions"] == {"code": "INTERNAL_SERVER_ERROR", "requestId": response.headers["X-Request-ID"]}
    assert "contact" not in body["errors"][0]["message"]
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert response.headers["X-Request-ID"] in caplog.text


LEAVES = strategies.none() | strategies.booleans() | strategies.integers() | strategies.floats() | strategies.text(max_size=20)
VALUES = strategies.recursive(
    LEAVES, lambda inner: strategies.lists(inner, max_size=4) | strategies.dictionaries(strategies.text(max_size=8), inner, max_size=4)
)
QUESTIONS = strategies.fixed_dictionaries(
    {"query": strategies.text(max_size=60) | VALUES}, optional={"variables": VALUES, "operationName": VALUES}
)


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=strategies.binary(max_size=60) | VALUES | QUESTIONS)
def test_no_body_is_a_failure_of_ours(body: Any, app: Flask, client: FlaskClient) -> None:
    app.extensions.pop("portal spending", None)
    sent = {"data": body, "content_type": JSON} if isinstance(body, bytes) else {"json": body}
    response = client.post("/graphql", **sent)
    assert response.status_code < 500
    assert response.mimetype == JSON
    assert response.get_json() is not None
