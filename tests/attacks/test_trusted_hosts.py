"""The portal answers to its own names alone; load balancers may call it what they like."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.settings import Settings
from tests.apps import opened
from tests.browser import Browser, text

OTHER = [
    "evil.example",
    "portal.example.net.evil.example",
    "portal.example.net@evil.example",
    "xportal.example.net",
    "[::2]",
    "127.0.0.2",
    "",
]
OWN = ["portal.example.net", "PORTAL.example.net.", "portal.example.net:8443", "localhost", "localhost:1", "127.0.0.1:65535", "[::1]:8000"]
API_PATHS = ["/graphql", "/graphql/schema.json", "/api/whoami", "/api/leaked-keys", "/export/net.ndjson.gz", "/.well-known/security.txt"]
PAGES = ["/", "/login", "/playground", "/organizations/1/keys", "/static/portal.css", "/nothing", "/healthz/x"]


@pytest.fixture
def named(settings: Settings) -> Iterator[Flask]:
    with opened(
        replace(settings, public_url="https://portal.example.net", trusted_hosts=frozenset({"portal.internal", "2001:db8::a"}))
    ) as app:
        yield app


@pytest.mark.parametrize("path", API_PATHS)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_the_api_refuses_another_name_in_json(named: Flask, path: str, method: str) -> None:
    response = named.test_client().open(path, method=method, headers={"Host": "evil.example"})
    (error,) = response.get_json()["errors"]
    assert (response.status_code, error["extensions"]["code"]) == (400, "BAD_REQUEST")
    assert "PORTAL_TRUSTED_HOSTS" in error["message"]
    assert "https://portal.example.net" in error["message"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_pages_refuse_another_name_on_a_page(named: Flask, path: str, method: str) -> None:
    response = named.test_client().open(path, method=method, headers={"Host": "evil.example"})
    assert (response.status_code, response.mimetype) == (400, "text/html")
    assert "PORTAL_TRUSTED_HOSTS" in text(response)
    assert "evil.example" not in response.get_data(as_text=True)


@pytest.mark.parametrize("host", OTHER)
def test_no_other_name_is_taken_for_ours(named: Flask, host: str) -> None:
    assert named.test_client().get("/login", headers={"Host": host}).status_code == 400
    assert named.test_client().get("/graphql/schema.json", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", [*OWN, "portal.internal", "[2001:db8::a]"])
def test_each_of_our_names_is_answered_with_any_port(named: Flask, host: str) -> None:
    assert named.test_client().get("/login", headers={"Host": host}).status_code == 200
    assert named.test_client().get("/graphql/schema.json", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_told_to_any_name(named: Flask, path: str) -> None:
    assert named.test_client().get(path, headers={"Host": "10.0.0.1:8000"}).status_code == 200


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:9"])
def test_local_mode_answers_on_this_machine(client: FlaskClient, host: str) -> None:
    assert client.get("/login", headers={"Host": host}).status_code == 200


def test_a_page_for_another_name_tells_nothing_of_who_is_signed_in(visit: Callable[[str], Browser]) -> None:
    alice = visit("alice")
    assert "Alice" in text(alice.get("/"))
    assert "Alice" not in text(alice.client.get("/", headers={"Host": "evil.example"}))
