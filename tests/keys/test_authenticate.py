"""From a header to a principal: what is refused, with which words, and that nobody is told more than they may know."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from portal.access.key_state import State
from portal.access.permissions import Permission
from portal.access.principal import Kind
from portal.access.token_refusals import MESSAGES, Reason, unknown_message
from portal.api_keys.authenticate.authenticate import Origin, admit, credential
from portal.api_keys.token import Token, make_token, read_token
from portal.db.reader import Snapshot
from portal.db.session import now
from portal.errors import MalformedCredential, Unauthenticated
from portal.extensions import db
from portal.models import ApiKey, ApiKeyToken
from portal.registry.organizations import Organization
from tests.people import People, Robot
from tests.rows import change_all

MakeRobot = Callable[..., Robot]
HERE = Origin("192.0.2.1", "test")


def ask(app: Flask, text: str) -> Any:
    with app.app_context(), Snapshot(db.engine) as opened:
        return admit(credential([f"Bearer {text}"]), HERE, opened).principal


def test_a_key_is_its_organization_and_its_grants(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    principal = ask(app, key.token)
    assert (principal.kind, principal.id, principal.own) == (Kind.KEY, key.key_id, {people.ours})
    assert dict(principal.grants) == {Permission.NETWORKS_READ: None}


def test_a_key_is_never_a_person_and_has_no_role(app: Flask, robot: MakeRobot) -> None:
    """Trap 2: a key that becomes "the first admin" of its organization."""
    principal = ask(app, robot("networks:read").token)
    assert not principal.roles
    assert not any(principal.may(permission, principal.organization_id) for permission in (Permission.KEYS_SEE, Permission.KEYS_MANAGE))


def test_nothing_is_granted_that_was_not_granted(app: Flask, people: People, robot: MakeRobot) -> None:
    """Trap 3: rights united with a group's, so that no key can be narrower than a member."""
    principal = ask(app, robot("contacts:read").token)
    assert [permission for permission in Permission if principal.may(permission, people.ours)] == [Permission.CONTACTS_READ]


@pytest.mark.parametrize(
    ("column", "value", "state"),
    [
        ("expires_at", timedelta(seconds=-1), State.EXPIRED),
        ("disabled_at", timedelta(0), State.DISABLED),
        ("revoked_at", timedelta(0), State.REVOKED),
    ],
)
def test_an_ended_key_is_refused_at_once_and_says_why(app: Flask, robot: MakeRobot, column: str, value: timedelta, state: State) -> None:
    """Trap 4: an expiry column that nothing reads; "inactive" cached for an hour."""
    key = robot("networks:read")
    ask(app, key.token)
    change_all(app, ApiKey, **{column: now() + value})
    with pytest.raises(Unauthenticated) as refusal:
        ask(app, key.token)
    assert refusal.value.message == MESSAGES[Reason(state)]


def test_a_key_works_until_the_last_second_of_its_day(app: Flask, robot: MakeRobot) -> None:
    """Trap 10: an expiry at 00:00 at the start of the chosen day."""
    key = robot("networks:read")
    with app.app_context():
        expires: datetime | None = db.session.get_one(ApiKey, key.key_id).expires_at
    assert expires is not None
    assert (expires.hour, expires.minute, expires.second) == (23, 59, 59)
    assert expires.date() == now().date() + timedelta(days=90)


def test_a_keys_last_second_is_told_in_utc_by_either_engine(app: Flask, robot: MakeRobot) -> None:
    token = credential([f"Bearer {robot('networks:read').token}"])
    with app.app_context(), Snapshot(db.engine) as opened:
        expires = admit(token, HERE, opened).expires_at
    assert expires
    assert f"{expires:%H:%M:%S %z}" == "23:59:59 +0000"


@pytest.mark.parametrize("values", [{"keys_frozen": True}, {"status": "deleted"}])
def test_keys_stop_with_their_organization(app: Flask, robot: MakeRobot, values: dict[str, Any]) -> None:
    """Trap 14: an organization that is deleted while its keys work on."""
    key = robot("networks:read")
    change_all(app, Organization, changed=1, **values)
    with pytest.raises(Unauthenticated, match="frozen"):
        ask(app, key.token)


def test_a_retired_token_is_refused(app: Flask, robot: MakeRobot) -> None:
    key = robot("networks:read")
    change_all(app, ApiKeyToken, retires_at=now() - timedelta(seconds=1))
    with pytest.raises(Unauthenticated) as refusal:
        ask(app, key.token)
    assert refusal.value.message == MESSAGES[Reason.RETIRED]


def test_a_wrong_secret_and_an_unknown_id_read_alike_whatever_the_state(app: Flask, robot: MakeRobot) -> None:
    """Trap 6: an answer that confirms something to a caller who doesn't hold the secret."""
    key = read_token(robot("networks:read").token)
    assert key is not None
    change_all(app, ApiKey, revoked_at=now())
    for token in (Token(key.token_id, make_token().secret), make_token()):
        with pytest.raises(Unauthenticated) as refusal:
            ask(app, token.reveal())
        assert refusal.value.message == unknown_message(HERE.address)


def test_a_wrong_secret_does_not_harm_the_right_key(app: Flask, robot: MakeRobot) -> None:
    """Trap 16: one wrong secret for a known id makes the right key fail."""
    text = robot("networks:read").token
    key = read_token(text)
    assert key is not None
    for _ in range(50):
        with pytest.raises(Unauthenticated):
            ask(app, Token(key.token_id, make_token().secret).reveal())
    assert ask(app, text).kind is Kind.KEY


@pytest.mark.parametrize(
    "headers",
    [
        ["Bearer a", "Bearer b"],
        ["Bearer a, Bearer b"],
        ["Basic dXNlcjpwYXNz"],
        ["Bearer"],
        ["Bearer "],
        [""],
    ],
)
def test_a_malformed_header_is_named_as_such(headers: list[str]) -> None:
    with pytest.raises(MalformedCredential):
        credential(headers)


@pytest.mark.parametrize("text", ["x", "pport_" + "a" * 51, "x" * 10_000, "\0", "é", "pport_\u0660" + "a" * 50])
def test_what_is_not_a_token_is_refused_without_the_database(text: str) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        credential([f"Bearer {text}"])
    assert refusal.value.message == unknown_message("")


def test_a_refusal_never_repeats_what_was_sent(app: Flask) -> None:
    """Trap 17: a refused token's own characters in an answer."""
    token = make_token()
    with pytest.raises(Unauthenticated) as refusal:
        ask(app, token.reveal())
    assert token.token_id not in str(refusal.value)


def test_no_header_is_anonymous(app: Flask) -> None:
    with app.app_context(), Snapshot(db.engine) as opened:
        principal = admit(credential([]), HERE, opened).principal
    assert principal.kind is Kind.ANONYMOUS
    assert not principal.own


def test_peeringdbs_own_scheme_is_understood(robot: MakeRobot) -> None:
    key = robot("networks:read")
    assert credential([f"Api-Key {key.token}"]) == read_token(key.token)
