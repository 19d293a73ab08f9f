"""GET /api/whoami tells a caller what it is, and asking is never a use."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.db.session import now
from portal.extensions import db, settings
from portal.limits.budgets import KEY_POINTS, Budget
from portal.limits.memory import Spending
from portal.models import ApiKey, ApiKeyDay, ApiKeyToken
from tests.browser import Browser
from tests.keys.tokens import token_id
from tests.people import People, Robot
from tests.registry import Records

Make = Callable[..., Robot]


def test_a_key_learns_what_it_is(client: FlaskClient, robot: Make, records: Records) -> None:
    chosen = {"networks:update": frozenset({records["second"], records["net"]}), "contacts:update": frozenset({records["net"]})}
    key = robot("networks:read", name="nightly build", objects=chosen)
    answer = client.get("/api/whoami", headers=key.headers, environ_base={"REMOTE_ADDR": "2001:db8::7"}).get_json()
    ends = answer["key"].pop("expiresAt")
    assert ends[10:] == "T23:59:59Z"
    assert answer["key"].pop("token")["id"] == token_id(key.token)
    reset = answer["rateLimit"].pop("resetAt")
    assert reset > f"{now():%Y-%m-%dT%H:%M:%SZ}"
    networks = sorted((records["net"], records["second"]))
    assert answer == {
        "anonymous": False,
        "address": "2001:db8::7",
        "organization": {"id": f"org:{key.organization_id}", "name": "Example Org"},
        "key": {
            "id": key.key_id,
            "name": "nightly build",
            "scopes": [
                {"scope": "contacts:update", "objects": [f"net:{records['net']}"]},
                {"scope": "networks:read", "objects": None},
                {"scope": "networks:update", "objects": [f"net:{number}" for number in networks]},
            ],
        },
        "rateLimit": {"limit": KEY_POINTS, "remaining": KEY_POINTS - 1},
    }


def test_a_caller_without_a_key_is_told_so(client: FlaskClient) -> None:
    answer = client.get("/api/whoami").get_json()
    assert (answer["anonymous"], answer["address"], answer["key"], answer["organization"]) == (True, "127.0.0.1", None, None)
    assert answer["rateLimit"]["remaining"] == answer["rateLimit"]["limit"] - 1


def test_where_anonymous_reading_is_off_nothing_sent_is_401_without_an_error_word(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        app.config["SETTINGS"] = replace(settings(), anonymous_reading=False)
    response = client.get("/api/whoami")
    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, 'Bearer realm="peering-portal"')


def test_asking_is_never_a_use(app: Flask, client: FlaskClient, robot: Make) -> None:
    key = robot("networks:read")
    for _ in range(3):
        assert client.get("/api/whoami", headers=key.headers).status_code == 200
    assert "portal usage" not in app.extensions
    with app.app_context():
        assert db.session.scalars(select(ApiKeyDay)).all() == []
        assert db.session.scalars(select(ApiKeyToken.first_used_at)).one() is None
        assert db.session.scalars(select(ApiKey.last_used_at)).one() is None


def test_asking_costs_a_point_as_every_request(app: Flask, client: FlaskClient, robot: Make) -> None:
    key = robot("networks:read")
    spending = app.extensions["portal spending"] = Spending()
    spending.spend([Budget("key", f"key {key.key_id}", KEY_POINTS)], KEY_POINTS - 1)
    last, beyond = (client.get("/api/whoami", headers=key.headers) for _ in range(2))
    assert (last.status_code, last.get_json()["rateLimit"]["remaining"]) == (200, 0)
    assert (beyond.status_code, beyond.get_json()["errors"][0]["extensions"]["code"]) == (429, "RATE_LIMITED")
    assert 1 <= int(beyond.headers["Retry-After"]) <= 60


def test_nobody_may_keep_the_answer(client: FlaskClient, robot: Make) -> None:
    key = robot("networks:read")
    headers = client.get("/api/whoami", headers=key.headers).headers
    assert headers["Cache-Control"] == "private, no-store"
    assert "Authorization" in headers["Vary"]
    assert headers["X-Auth-Key"] == key.key_id
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert {"X-Request-ID", "RateLimit", "RateLimit-Policy"} <= set(headers.keys())


def test_a_session_is_never_looked_at(visit: Callable[[str], Browser], people: People) -> None:
    response = visit("alice").client.get("/api/whoami")
    assert response.get_json()["anonymous"]
    assert "Set-Cookie" not in response.headers


def test_the_answer_never_holds_the_token(client: FlaskClient, robot: Make) -> None:
    key = robot("networks:read")
    response = client.get("/api/whoami", headers=key.headers)
    said = response.get_data(as_text=True) + str(response.headers)
    assert not [part for part in (key.token, key.token[19:]) if part in said]


def test_what_is_not_there_is_refused_in_json(client: FlaskClient) -> None:
    for response, status, code in (
        (client.post("/api/whoami"), 405, "METHOD_NOT_ALLOWED"),
        (client.get("/api/nothing"), 404, "NOT_FOUND"),
    ):
        assert response.status_code == status
        assert response.get_json()["errors"][0]["extensions"]["code"] == code


@pytest.mark.own_database
def test_a_failure_of_ours_is_masked(app: Flask, client: FlaskClient, robot: Make) -> None:
    key = robot("networks:read")
    with app.app_context():
        db.drop_all()
    response = client.get("/api/whoami", headers=key.headers)
    assert response.status_code == 500
    (error,) = response.get_json()["errors"]
    assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR", "requestId": response.headers["X-Request-ID"]}
