"""Traps that others fell into, as far as requests reach; the numbers are those of the contract for keys."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from portal.api_keys.lifecycle.stop import revoke
from portal.api_keys.token import read_token
from portal.db.session import lock, now
from portal.extensions import db, settings
from portal.models import ApiKey, ApiKeyDay, ApiKeyToken
from portal.registry.organizations import Organization
from tests.apps import use_settings
from tests.graphql.requests import Ask, Send, Statements
from tests.people import People, Robot

Make = Callable[..., Robot]
VIEWER = "{ viewer { key { id name } organization { name } } }"


def change(app: Flask, model: Any, **values: Any) -> None:
    with app.app_context():
        lock(db.session())
        db.session.execute(update(model).values(changed=1, **values) if model is not ApiKeyToken else update(model).values(**values))
        db.session.commit()


def refused(response: Any) -> str:
    """The words of a 401, whose form is always the same."""
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="peering-portal", error="invalid_token"'
    (error,) = response.get_json()["errors"]
    assert error["extensions"] == {"code": "UNAUTHENTICATED"}
    return str(error["message"])


def test_a_key_answers_for_its_organization(ask: Ask, robot: Make) -> None:
    key = robot("networks:read", name="nightly build")
    assert ask(VIEWER, key) == {"viewer": {"key": {"id": key.key_id, "name": "nightly build"}, "organization": {"name": "Example Org"}}}


def test_trap_3_a_key_has_no_right_that_it_was_not_given(send: Send, robot: Make) -> None:
    key = robot("usage:read")
    for query in ("{ networks { totalCount } }", "{ exchanges { totalCount } }", "{ contacts { totalCount } }"):
        assert send(query, key).status_code == 403


@pytest.mark.parametrize("words", ["expired", "revoked", "disabled", "frozen", "rotated"])
def test_trap_4_an_ended_key_fails_on_its_next_request(words: str, app: Flask, send: Send, ask: Ask, robot: Make) -> None:
    key = robot("networks:read")
    ask(VIEWER, key)
    past = now() - timedelta(seconds=1)
    changes: dict[str, tuple[Any, dict[str, Any]]] = {
        "expired": (ApiKey, {"expires_at": past}),
        "revoked": (ApiKey, {"revoked_at": past}),
        "disabled": (ApiKey, {"disabled_at": past}),
        "frozen": (Organization, {"keys_frozen": True}),
        "rotated": (ApiKeyToken, {"retires_at": past}),
    }
    model, values = changes[words]
    change(app, model, **values)
    assert words in refused(send(VIEWER, key))


def test_a_revocation_bites_at_once(app: Flask, people: People, send: Send, ask: Ask, robot: Make) -> None:
    key = robot("networks:read")
    ask(VIEWER, key)
    with app.app_context():
        revoke(db.session(), people.principal("alice"), people.ours, key.key_id)
        db.session.commit()
    assert "revoked" in refused(send(VIEWER, key))


def test_trap_14_a_deleted_organizations_keys_stop(app: Flask, send: Send, robot: Make) -> None:
    key = robot("networks:read")
    change(app, Organization, status="deleted")
    assert "frozen" in refused(send(VIEWER, key))


def test_trap_10_a_key_works_to_the_end_of_its_last_day(app: Flask, ask: Ask, robot: Make) -> None:
    key = robot("networks:read")
    with app.app_context():
        ends = db.session.scalars(select(ApiKey.expires_at)).one()
    assert ends is not None
    assert (ends.hour, ends.minute, ends.second) == (23, 59, 59)
    change(app, ApiKey, expires_at=now() + timedelta(seconds=30))
    ask(VIEWER, key)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1] + ("a" if token[-1] != "a" else "b"),
        lambda token: token.replace("pport_", "pport-"),
        lambda token: token + "x",
        lambda token: token[:30],
        lambda token: "ø" * 57,
        lambda token: token.upper(),
    ],
)
def test_a_token_of_the_wrong_form_is_refused_without_the_database(
    spoil: Callable[[str], str], client: FlaskClient, robot: Make, statements: Statements
) -> None:
    wrong = spoil(robot("networks:read").token)
    with statements() as seen:
        response = client.post("/graphql", json={"query": VIEWER}, headers={"Authorization": f"Bearer {wrong}".encode().decode("latin-1")})
    assert "isn't valid" in refused(response)
    assert seen == []
    assert wrong not in response.get_data(as_text=True) + str(response.headers)  # trap 17


def test_trap_6_another_secret_for_a_known_id_learns_nothing(app: Flask, client: FlaskClient, robot: Make) -> None:
    token = read_token(robot("networks:read").token)
    assert token
    forged = type(token)(token.token_id, "0" * 32).reveal()
    unknown = type(token)("0" * 12, "0" * 32).reveal()
    answers = [client.post("/graphql", json={"query": VIEWER}, headers={"Authorization": f"Bearer {text}"}) for text in (forged, unknown)]
    change(app, ApiKey, revoked_at=now())
    answers.append(client.post("/graphql", json={"query": VIEWER}, headers={"Authorization": f"Bearer {forged}"}))
    assert len({refused(answer) for answer in answers}) == 1


def test_trap_7_a_digest_is_bound_to_its_row(app: Flask, send: Send, robot: Make) -> None:
    first, second = robot("networks:read", name="first"), robot("networks:update", name="second")
    with app.app_context():
        rows = {row.api_key_id: row for row in db.session.scalars(select(ApiKeyToken))}
        rows[second.key_id].digest = rows[first.key_id].digest
        db.session.commit()
    refused(send(VIEWER, second))


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Basic YWxpY2U6c2VjcmV0", "Send the token as"),
        ("Bearer", "no token"),
        ("Bearer ", "no token"),
        ("", "Send the token as"),
        ("Bearer a, Bearer b", "exactly one"),
        ("Token abc", "Send the token as"),
    ],
)
def test_a_header_of_another_form_is_a_bad_request(header: str, words: str, client: FlaskClient) -> None:
    response = client.post("/graphql", json={"query": VIEWER}, headers={"Authorization": header})
    assert response.status_code == 400
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="peering-portal", error="invalid_request"'
    assert words in response.get_json()["errors"][0]["message"]


def test_peeringdbs_scheme_is_understood(client: FlaskClient, robot: Make) -> None:
    response = client.post("/graphql", json={"query": VIEWER}, headers={"Authorization": f"Api-Key {robot('networks:read').token}"})
    assert response.get_json()["data"]["viewer"]["key"]


def test_trap_12_a_token_is_read_from_nowhere_but_the_header(client: FlaskClient, robot: Make) -> None:
    """Elsewhere it is refused, so that nobody takes the answer to an anonymous caller for the key's."""
    token, query = robot("networks:read").token, {"query": "{ viewer { anonymous } }"}
    assert client.get("/graphql", query_string=query).get_json() == {"data": {"viewer": {"anonymous": True}}}
    for name in ("access_token", "api_key", "key", "token"):
        answer = client.get("/graphql", query_string=query | {name: token})
        assert answer.status_code == 400
        assert "isn't accepted, because addresses are logged" in answer.get_data(as_text=True)


def test_trap_13_a_missing_scope_is_403_whether_or_not_the_row_exists(send: Send, robot: Make) -> None:
    key = robot("exchanges:read")
    assert {send(f"{{ network(asn: {asn}) {{ id }} }}", key).status_code for asn in (64500, 64511)} == {403}


def test_trap_13_another_organizations_private_row_is_as_if_it_were_not_there(ask: Ask, robot: Make) -> None:
    key = robot("networks:read", charlie=True)
    pending, absent = (ask(f"{{ network(asn: {asn}) {{ id }} }}", key) for asn in (64502, 64509))
    assert pending == absent == {"network": None}


def test_trap_16_failures_are_limited_and_good_keys_are_not(client: FlaskClient, send: Send, robot: Make) -> None:
    key = robot("networks:read")
    wrong = {"Authorization": f"Bearer pport_{'a' * 51}"}
    statuses = [client.post("/graphql", json={"query": VIEWER}, headers=wrong).status_code for _ in range(32)]
    assert statuses == [401] * 30 + [429] * 2
    last = client.post("/graphql", json={"query": VIEWER}, headers=wrong)
    assert 1 <= int(last.headers["Retry-After"]) <= 60  # trap 17
    assert last.get_json()["errors"][0]["extensions"] == {"code": "RATE_LIMITED"}
    assert send(VIEWER, key).status_code == 200
    assert send(VIEWER).status_code == 200


def test_trap_17_an_anonymous_address_is_told_what_is_left_and_when_to_return(send: Send) -> None:
    answers = [send("{ viewer { address } }") for _ in range(61)]
    assert [answer.status_code for answer in answers] == [200] * 60 + [429]
    assert answers[0].headers["RateLimit-Policy"] == '"address";q=60;w=60'
    assert answers[0].headers["RateLimit"].startswith('"address";r=59;t=')
    assert answers[60].headers["RateLimit"].startswith('"address";r=0;t=')
    assert int(answers[60].headers["Retry-After"]) >= 1


def test_trap_18_a_refusal_is_json_and_never_an_empty_list(send: Send, robot: Make) -> None:
    response = send("{ contacts { nodes { email } } }", robot("networks:read"))
    assert response.status_code == 403
    assert response.mimetype == "application/json"
    assert "data" not in response.get_json()


def test_trap_20_reading_with_a_key_writes_nothing(ask: Ask, robot: Make, statements: Statements) -> None:
    key = robot("networks:read")
    with statements() as first:
        ask(VIEWER, key)
    with statements() as later:
        ask(VIEWER, key)
    assert [statement.split()[0] for statement in first] == ["SELECT", "SELECT", "SELECT", "UPDATE"], "the first use is noted"
    assert {statement.split()[0] for statement in later} == {"SELECT"}


def test_every_use_of_a_key_is_accounted_by_how_it_ended(app: Flask, send: Send, client: FlaskClient, robot: Make) -> None:
    key = robot("networks:read")
    send("{ networks { totalCount } }", key)
    send("{ contacts { totalCount } }", key)
    send("{ nonsense }", key)
    client.post("/graphql", data="x", content_type="text/plain", headers=key.headers)
    with app.app_context():
        app.extensions["portal usage"].flush()
        day = db.session.scalars(select(ApiKeyDay)).one()
        stored = db.session.get_one(ApiKey, key.key_id)
        assert (day.ok, day.denied, day.limited, day.errors, day.points) == (1, 1, 0, 2, 4)
        assert stored.last_used_at is not None
        assert stored.last_used_address == "127.0.0.1"


def test_a_digest_under_an_old_pepper_is_renewed_by_its_use(app: Flask, send: Send, robot: Make) -> None:
    key = robot("networks:read")
    with app.app_context():
        present = settings()
    use_settings(app, replace(present, peppers={**present.peppers, 2: b"p" * 48}))
    assert send(VIEWER, key).status_code == 200
    with app.app_context():
        assert db.session.scalars(select(ApiKeyToken.pepper)).all() == [2]
    assert send(VIEWER, key).status_code == 200


def test_an_answer_to_a_key_names_the_key_and_is_cached_nowhere(send: Send, robot: Make) -> None:
    key = robot("networks:read")
    response = send(VIEWER, key)
    assert response.headers["X-Auth-Key"] == key.key_id
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["RateLimit-Policy"] == '"key";q=1000;w=60'
