"""POST /api/rotate: the one answer that holds a new token, what it says besides, and what it takes."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.db.session import now
from portal.extensions import db
from portal.models import ApiKey, ApiKeyDay, ApiKeyOperation, ApiKeyToken, Mail
from tests.e2e.journeys import TOKEN
from tests.keys.tokens import token_id
from tests.people import Robot

Make = Callable[..., Robot]
PLACE = "/api/rotate"
ITSELF = "keys:rotate_self"


def test_the_answer_alone_holds_the_new_token(app: Flask, client: FlaskClient, robot: Make, caplog: pytest.LogCaptureFixture) -> None:
    key = robot("networks:read", ITSELF, name="nightly build")
    with caplog.at_level(logging.DEBUG):
        response = client.post(PLACE, headers=key.headers)
    answer = response.get_json()
    with app.app_context():
        expires_at = db.session.get_one(ApiKey, key.key_id).expires_at
        retires_at = db.session.get_one(ApiKeyToken, token_id(key.token)).retires_at
    assert response.status_code == 200
    assert TOKEN.fullmatch(answer["token"])
    assert answer == {
        "token": answer["token"],
        "tokenId": token_id(answer["token"]),
        "key": {"id": key.key_id, "name": "nightly build", "expiresAt": f"{expires_at:%Y-%m-%dT%H:%M:%SZ}"},
        "oldToken": {"tokenId": token_id(key.token), "endsAt": f"{retires_at:%Y-%m-%dT%H:%M:%SZ}", "endsAfter": 86400},
    }
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Auth-Key"] == key.key_id
    assert answer["token"][19:] not in caplog.text + str(response.headers)
    new = {"Authorization": f"Bearer {answer['token']}"}
    assert [client.get("/api/whoami", headers=headers).status_code for headers in (key.headers, new)] == [200, 200]


@pytest.mark.parametrize(
    ("sent", "hours"),
    [
        ({}, 24),
        ({"json": {}}, 24),
        ({"json": {"overlap": "1h"}}, 1),
        ({"json": {"overlap": "7d"}}, 168),
        ({"data": b""}, 24),
    ],
)
def test_the_caller_chooses_the_overlap_or_nothing(client: FlaskClient, robot: Make, sent: dict[str, Any], hours: int) -> None:
    response = client.post(PLACE, headers=robot("networks:read", ITSELF).headers, **sent)
    assert (response.status_code, response.get_json()["oldToken"]["endsAfter"]) == (200, hours * 3600)


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"json": {"overlap": "now"}}, 400, "BAD_USER_INPUT"),
        ({"json": {"overlap": None}}, 400, "BAD_USER_INPUT"),
        ({"json": {"overlap": ["24h"]}}, 400, "BAD_USER_INPUT"),
        ({"json": {"overlap": "24h", "expiresOn": "2099-01-01"}}, 400, "BAD_USER_INPUT"),
        ({"json": {"grants": ["networks:update"]}}, 400, "BAD_USER_INPUT"),
        ({"json": ["24h"]}, 400, "BAD_USER_INPUT"),
        ({"data": b"null", "content_type": "application/json"}, 400, "BAD_USER_INPUT"),
        ({"data": b"{", "content_type": "application/json"}, 400, "BAD_REQUEST"),
        ({"data": b"\xff", "content_type": "application/json"}, 400, "BAD_REQUEST"),
        ({"data": {"overlap": "24h"}}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ({"json": {"overlap": "x" * 300_000}}, 413, "PAYLOAD_TOO_LARGE"),
    ],
)
def test_a_body_of_another_form_rotates_nothing(
    app: Flask, client: FlaskClient, robot: Make, sent: dict[str, Any], status: int, code: str
) -> None:
    response = client.post(PLACE, headers=robot("networks:read", ITSELF).headers, **sent)
    assert (response.status_code, response.get_json()["errors"][0]["extensions"]["code"]) == (status, code)
    with app.app_context():
        assert len(db.session.scalars(select(ApiKeyToken)).all()) == 1


def test_a_key_without_the_permission_is_told_which_it_lacks(app: Flask, client: FlaskClient, robot: Make) -> None:
    key = robot("networks:read")
    response = client.post(PLACE, headers=key.headers)
    assert (response.status_code, response.get_json()["errors"][0]["extensions"]) == (
        403,
        {"code": "FORBIDDEN", "requiredScopes": [ITSELF]},
    )
    assert response.headers["WWW-Authenticate"] == f'Bearer realm="peering-portal", error="insufficient_scope", scope="{ITSELF}"'
    app.extensions["portal usage"].flush()
    with app.app_context():
        assert db.session.scalars(select(ApiKeyDay.denied)).one() == 1


def test_a_request_is_a_use_under_its_own_name(app: Flask, client: FlaskClient, robot: Make) -> None:
    key = robot("networks:read", ITSELF)
    client.post(PLACE, headers=key.headers)
    app.extensions["portal usage"].flush()
    with app.app_context():
        assert db.session.scalars(select(ApiKeyDay.ok)).one() == 1
        assert db.session.scalars(select(ApiKeyOperation.name)).one() == "rotate"
        old, new = db.session.scalars(select(ApiKeyToken).order_by(ApiKeyToken.retires_at.is_(None))).all()
        assert (old.first_used_at is None, old.last_used_at is None, new.first_used_at) == (False, False, None)


def test_a_pipeline_that_lost_the_answer_asks_again_and_whoever_comes_later_does_not(app: Flask, client: FlaskClient, robot: Make) -> None:
    key = robot("networks:read", ITSELF)
    lost, new = (client.post(PLACE, headers=key.headers).get_json()["token"] for _ in range(2))
    query = {"query": "{ viewer { key { name } } }"}
    assert client.post("/graphql", json=query, headers={"Authorization": f"Bearer {lost}"}).status_code == 401
    assert client.post("/graphql", json=query, headers={"Authorization": f"Bearer {new}"}).status_code == 200
    for _ in range(2):
        refused = client.post(PLACE, headers=key.headers, environ_base={"REMOTE_ADDR": "203.0.113.9"})
        assert (refused.status_code, refused.get_json()["errors"][0]["extensions"]["code"]) == (409, "CONFLICT")
        assert "Retry-After" not in refused.headers
    with app.app_context():
        mail = db.session.scalars(select(Mail).where(Mail.event.startswith("api_key.rotation_refused"))).one()
    assert mail.subject == 'An old token of API key "robot" of Example Org can\'t rotate it'
    assert "A request from the address 203.0.113.9 tried to rotate" in mail.text


def test_the_seventh_in_an_hour_is_told_when_to_come_again(client: FlaskClient, robot: Make) -> None:
    key = robot("networks:read", ITSELF)
    answers = [client.post(PLACE, headers=key.headers) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 6 + [429]
    assert 3000 < int(answers[-1].headers["Retry-After"]) <= 3600
    assert answers[-1].get_json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"


def test_a_key_is_told_how_old_its_token_is(client: FlaskClient, robot: Make) -> None:
    """So that a step that runs twice rotates once."""
    key = robot("networks:read", ITSELF)
    token = client.get("/api/whoami", headers=key.headers).get_json()["key"]["token"]
    assert (token["id"], f"{now():%Y-%m-%d}" in token["created"]) == (token_id(key.token), True)
