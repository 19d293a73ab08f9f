"""Whatever is sent as a credential × wherever it is sent to: the exact status, challenge, code, and what is counted. Never a 5xx."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from portal.access.token_refusals import Reason, unknown_message
from portal.api_keys.token import Token, make_token, read_token
from portal.api_keys.usage import OUTCOMES, Account
from portal.api_keys.usage.counts import Counts
from portal.db.session import lock, now
from portal.extensions import db, settings
from portal.limits.budgets import KEY_POINTS, MAX_FAILED_TOKENS, Budget, failures_of
from portal.limits.memory import Spending
from portal.models import ApiKey, ApiKeyToken
from portal.registry.organizations import Organization
from tests.api.places import PLACES, Send
from tests.people import Robot
from tests.registry import Records

ADDRESS = "192.0.2.7"
REALM = 'Bearer realm="peering-portal"'
PAST = timedelta(seconds=-1)


@dataclass(frozen=True)
class Expected:
    """An answer. `failures`: wrong tokens counted for the address. `used`: how the key's account says it ended, never by whoami.

    `why`: what the account of refusals says.
    """

    status: int
    challenge: str | None = None
    code: str | None = None
    failures: int = 0
    used: str | None = None
    why: Reason | None = None


ANSWERED = Expected(200)
WORKS = Expected(200, used="ok")
MISSING = Expected(401, REALM, "UNAUTHENTICATED")
MALFORMED = Expected(400, f'{REALM}, error="invalid_request"', "BAD_REQUEST")
REFUSED = Expected(401, f'{REALM}, error="invalid_token"', "UNAUTHENTICATED", failures=1)
OVER = Expected(429, None, "RATE_LIMITED", used="limited")
UNTRUE = replace(REFUSED, why=Reason.MALFORMED)
NO_MORE_FAILURES = Expected(429, None, "RATE_LIMITED", failures=MAX_FAILED_TOKENS, why=Reason.UNKNOWN)


@dataclass(frozen=True)
class Case:
    """What is sent, where {token} is a good key's; `changed`: what is written of the key, its token or its organization before."""

    header: str | None
    expected: Expected
    changed: tuple[type[Any], dict[str, Any]] | None = None
    spent: Budget | None = None
    anonymous_reading: bool = True
    address: str = ADDRESS
    more: tuple[str, str] | None = None  # of WSGI's environment


def other(token: str, *, secret_only: bool) -> str:
    """A token of the right form, of the same id or of none."""
    read = read_token(token)
    assert read
    return (Token(read.token_id, make_token().secret) if secret_only else make_token()).reveal()


def refused(why: Reason) -> Expected:
    return replace(REFUSED, why=why)


def only_from(*blocks: str) -> tuple[type[Any], dict[str, Any]]:
    return ApiKey, {"addresses": list(blocks)}


HERE4, HERE6 = only_from("198.51.100.0/24", "192.0.2.7/32"), only_from("2001:db8::/48")
ELSEWHERE = refused(Reason.ADDRESS)
FAILED = failures_of(ADDRESS)
KEY = Budget("key", "key {key}", KEY_POINTS)
GOOD = "Bearer {token}"
CASES: dict[str, Case] = {
    "a good key": Case(GOOD, WORKS),
    "PeeringDB's scheme": Case("Api-Key {token}", WORKS),
    "no header": Case(None, ANSWERED),
    "no header where anonymous reading is off": Case(None, MISSING, anonymous_reading=False),
    "another scheme": Case("Basic YWxpY2U6c2VjcmV0", MALFORMED),
    "a bare token": Case("{token}", MALFORMED),
    "two headers": Case("Bearer {token},Bearer {token}", MALFORMED),
    "an empty header": Case("", MALFORMED),
    "an empty token": Case("Bearer ", MALFORMED),
    "10 kB": Case("Bearer " + "a" * 10_000, UNTRUE),
    "10 kB after a token": Case(GOOD + "a" * 10_000, UNTRUE),
    "a NUL": Case("Bearer {token}\0", UNTRUE),
    "nothing but a NUL": Case("Bearer \0", UNTRUE),
    "non-ASCII": Case("Bearer " + "\xe9" * 57, UNTRUE),
    "digits of another script": Case("Bearer pport_" + "\u0661".encode().decode("latin-1") * 25, UNTRUE),
    "a bad checksum": Case("Bearer {bad checksum}", UNTRUE),
    "an unknown id": Case("Bearer {unknown id}", refused(Reason.UNKNOWN)),
    "a wrong secret": Case("Bearer {wrong secret}", refused(Reason.SECRET)),
    "expired": Case(GOOD, refused(Reason.EXPIRED), (ApiKey, {"expires_at": PAST})),
    "disabled": Case(GOOD, refused(Reason.DISABLED), (ApiKey, {"disabled_at": PAST})),
    "revoked": Case(GOOD, refused(Reason.REVOKED), (ApiKey, {"revoked_at": PAST})),
    "retired": Case(GOOD, refused(Reason.RETIRED), (ApiKeyToken, {"retires_at": PAST})),
    "reported as leaked": Case(GOOD, refused(Reason.LEAKED), (ApiKeyToken, {"leaked_at": PAST})),
    "frozen": Case(GOOD, refused(Reason.FROZEN), (Organization, {"keys_frozen": True})),
    "a deleted organization": Case(GOOD, refused(Reason.FROZEN), (Organization, {"status": "deleted"})),
    "a wrong secret of a revoked key": Case("Bearer {wrong secret}", refused(Reason.SECRET), (ApiKey, {"revoked_at": PAST})),
    "from an address of its list": Case(GOOD, WORKS, HERE4),
    "from one that is written as IPv6": Case(GOOD, WORKS, HERE4, address="::ffff:192.0.2.7"),
    "from an IPv6 address of its list": Case(GOOD, WORKS, HERE6, address="2001:db8:0:7::1"),
    "from a wrong IPv4 address": Case(GOOD, ELSEWHERE, HERE4, address="192.0.2.8"),
    "from a wrong IPv4 address that is written as IPv6": Case(GOOD, ELSEWHERE, HERE4, address="::ffff:192.0.2.8"),
    "from a wrong IPv6 address": Case(GOOD, ELSEWHERE, HERE6, address="2001:db8:1::1"),
    "from IPv4 where only IPv6 is listed": Case(GOOD, ELSEWHERE, HERE6),
    "a wrong secret from a wrong address": Case("Bearer {wrong secret}", refused(Reason.SECRET), HERE4, address="192.0.2.8"),
    "revoked, from a wrong address": Case(GOOD, refused(Reason.REVOKED), (ApiKey, {"revoked_at": PAST, "addresses": ["192.0.2.8/32"]})),
    "a token where others take it": Case(None, MALFORMED, more=("HTTP_X_API_KEY", "{token}")),
    "a token with its scheme in another header": Case(None, MALFORMED, more=("HTTP_X_AUTH_TOKEN", "Bearer {token}")),
    "a token in the address": Case(None, MALFORMED, more=("QUERY_STRING", "api_key={token}")),
    "a token in the address, by another name": Case(None, MALFORMED, more=("QUERY_STRING", "depth=1&key={unknown id}")),
    "nothing but a token in the address": Case(None, MALFORMED, more=("QUERY_STRING", "{token}")),
    "a token in the address beside the header": Case(GOOD, MALFORMED, more=("QUERY_STRING", "api_key={token}")),
    "another service's key": Case(None, ANSWERED, more=("HTTP_X_API_KEY", "abcd1234")),
    "over the limit": Case(GOOD, OVER, spent=KEY),
    "a bad token after too many": Case("Bearer {unknown id}", NO_MORE_FAILURES, spent=FAILED),
    "a good key beside too many bad ones": Case(GOOD, replace(WORKS, failures=MAX_FAILED_TOKENS), spent=FAILED),
}


@pytest.fixture
def keys(robot: Callable[..., Robot], records: Records) -> dict[str, str]:
    """What stands in braces in a case."""
    key = robot("networks:read", "keys:rotate_self")
    return {
        "token": key.token,
        "key": key.key_id,
        "bad checksum": key.token[:-1] + ("a" if key.token[-1] != "a" else "b"),
        "unknown id": other(key.token, secret_only=False),
        "wrong secret": other(key.token, secret_only=True),
    }


def filled(text: str, keys: dict[str, str]) -> str:
    for name, value in keys.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def prepare(app: Flask, case: Case) -> None:
    with app.app_context():
        account = app.extensions["portal usage"] = Account(db.engine)
        account.closed.set()  # what was counted stays in memory until it was looked at
        app.config["SETTINGS"] = replace(settings(), anonymous_reading=case.anonymous_reading)
        if case.changed:
            model, values = case.changed
            written = {name: now() + value if isinstance(value, timedelta) else value for name, value in values.items()}
            version = lock(db.session())
            db.session.execute(update(model).values(**written, **({} if model is ApiKeyToken else {"changed": version})))
            db.session.commit()


def answered(app: Flask, client: FlaskClient, send: Send, case: Case, keys: dict[str, str]) -> tuple[Expected, TestResponse]:
    """What came, in the table's form, with accounts that began empty."""
    spending = app.extensions["portal spending"] = Spending()
    if case.spent:
        subject = filled(case.spent.subject, keys)
        spending.spend([replace(case.spent, subject=subject)], case.spent.points)
    account = app.extensions["portal usage"]
    account.counts = Counts()
    sent: dict[str, Any] = {"REMOTE_ADDR": case.address}
    if case.header is not None:
        sent["HTTP_AUTHORIZATION"] = filled(case.header, keys)
    if case.more is not None:
        sent[case.more[0]] = filled(case.more[1], keys)
    response = send(client, sent)
    code = response.get_json()["errors"][0]["extensions"]["code"] if response.status_code != 200 else None
    failures = sum(minute.spent for subject, minute in spending.addresses.by_subject.items() if subject.startswith("failures "))
    answer = Expected(response.status_code, response.headers.get("WWW-Authenticate"), code, failures, used(account), why(account))
    return answer, response


def expected_at(place: str, case: Case) -> Expected:
    if place == "GET /api/whoami":
        return replace(case.expected, used=None)
    return MISSING if place == "POST /api/rotate" and case.expected == ANSWERED else case.expected


def used(account: Account) -> str | None:
    """The one outcome that was counted, of whichever key."""
    counted = [(outcome, count) for day in account.counts.days.values() for outcome, count in day.items() if outcome in OUTCOMES]
    assert [count for _, count in counted] in ([], [1])
    return counted[0][0] if counted else None


def why(account: Account) -> Reason | None:
    """The one refusal that was counted."""
    counted = [(Reason(reason), count) for (_, reason, _, _), count in account.counts.refusals.items()]
    assert [count for _, count in counted] in ([], [1])
    return counted[0][0] if counted else None


@pytest.mark.parametrize("name", CASES)
def test_what_is_sent_is_answered_alike_everywhere(name: str, app: Flask, client: FlaskClient, keys: dict[str, str]) -> None:
    case = CASES[name]
    prepare(app, case)
    for place, send in PLACES.items():
        came, response = answered(app, client, send, case, keys)
        assert (place, came) == (place, expected_at(place, case))
        assert response.headers["X-Request-ID"]
        assert response.headers["Cache-Control"].startswith("private, no-")
        assert "Authorization" in response.headers["Vary"]
        assert ("Retry-After" in response.headers) == (came.status == 429)
        if came.status != 200:
            said = response.get_data(as_text=True) + str(response.headers)
            assert [value for value in keys.values() if value in said] in ([], [keys["key"]])  # the key's id is told to who holds its token


def test_who_does_not_hold_the_token_or_stands_elsewhere_is_never_told_the_keys_id(
    app: Flask, client: FlaskClient, keys: dict[str, str]
) -> None:
    for name in (
        "an unknown id",
        "a wrong secret",
        "a bad checksum",
        "a wrong secret from a wrong address",
        "from a wrong IPv4 address",
        "a wrong secret of a revoked key",
    ):
        prepare(app, CASES[name])
        for send in PLACES.values():
            _, response = answered(app, client, send, CASES[name], keys)
            assert keys["key"] not in response.get_data(as_text=True) + str(response.headers)
            message = response.get_json()["errors"][0]["message"]
            assert message == unknown_message(CASES[name].address)
            assert CASES[name].address in message


def test_a_token_in_a_cookie_is_refused_as_anywhere_else(client: FlaskClient, keys: dict[str, str]) -> None:
    client.set_cookie("api_key", keys["token"])
    assert {send(client, {}).status_code for send in PLACES.values()} == {400}
