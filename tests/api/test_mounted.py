"""The API is mounted before Flask's pages: it answers its own paths alone, in JSON and without sessions."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from portal.settings import Settings
from tests.apps import opened
from tests.people import Robot

QUERY = {"query": "{ networks { nodes { name } } }"}
PATHS = ("/graphql", "/graphql/schema.graphql", "/graphql/schema.json", "/export/net.ndjson.gz", "/api/whoami")


@pytest.mark.parametrize("path", ["/graphql/", "/graphql/x", "/export", "/api", "/api/", "/api//whoami", "/.well-known", "/.well-known/x"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_what_is_not_there_is_said_in_json(client: FlaskClient, path: str, method: str) -> None:
    response = client.open(path, method=method)
    assert (response.status_code, response.get_json()["errors"][0]["extensions"]["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("path", ["/graphqlx", "/apis", "/nothing"])
def test_other_paths_are_the_pages(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (404, "text/html")


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/graphql", "GET, HEAD, OPTIONS, POST"),
        ("/api/whoami", "GET, HEAD, OPTIONS"),
        ("/api/leaked-keys", "OPTIONS, POST"),
        ("/api/rotate", "OPTIONS, POST"),
    ],
)
def test_another_method_is_refused_with_those_that_there_are(client: FlaskClient, path: str, allowed: str) -> None:
    refused, options = client.delete(path), client.options(path)
    assert (refused.status_code, refused.headers["Allow"], refused.mimetype) == (405, allowed, "application/json")
    assert (options.status_code, options.headers["Allow"], options.get_data()) == (200, allowed, b"")


@pytest.mark.parametrize("path", PATHS)
def test_a_head_is_the_answer_without_its_body(client: FlaskClient, path: str) -> None:
    query = QUERY if path == "/graphql" else {}
    head, whole = client.head(path, query_string=query), client.get(path, query_string=query)
    assert (head.status_code, head.get_data()) == (200, b"")
    assert head.headers["Content-Length"] == str(len(whole.get_data()))


@pytest.mark.parametrize("path", [path for path in PATHS if path != "/api/whoami"])
def test_an_unchanged_answer_has_no_body(client: FlaskClient, robot: Callable[..., Robot], path: str) -> None:
    headers, query = robot("networks:read").headers, QUERY if path == "/graphql" else {}
    tag = client.get(path, query_string=query, headers=headers).headers["ETag"]
    response = client.get(path, query_string=query, headers=headers | {"If-None-Match": tag})
    assert (response.status_code, response.get_data(), "Content-Type" in response.headers) == (304, b"", False)


@pytest.mark.parametrize("path", [*PATHS, "/api/nothing", "/.well-known/peering-portal-token.json"])
def test_every_answer_has_its_headers_once_and_sets_no_cookie(settings: Settings, path: str) -> None:
    with opened(replace(settings, public_url="https://portal.example.net")) as app:
        headers = app.test_client().get(path).headers
    assert headers.getlist("Strict-Transport-Security") == ["max-age=31536000"]
    assert headers.getlist("X-Content-Type-Options") == ["nosniff"]
    assert "Set-Cookie" not in headers
    assert "Cookie" not in headers.get("Vary", "")
