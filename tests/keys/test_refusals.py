"""Refused tokens are counted by hour, reason, address and key, within limits; a retired one that comes back is told of once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, select, update

from portal.access.token_refusals import Reason, TokenRefused
from portal.api_keys.token import Token, make_token, read_token
from portal.api_keys.usage import Account
from portal.api_keys.usage.counts import MAX_REFUSALS
from portal.api_keys.usage.store import MAX_REFUSALS_AN_HOUR
from portal.db.session import begin_writing, now
from portal.extensions import db
from portal.models import ApiKey, ApiKeyDay, ApiKeyToken, Mail, Refusal
from portal.runtime import account
from tests.people import Robot

MakeRobot = Callable[..., Robot]
NOWHERE = "sqlite:////nowhere/at/all.sqlite3"
QUERY = {"query": "{ viewer { address } }"}


@pytest.fixture
def asleep(app: Flask) -> Account:
    """The app's account, which writes when a test says so."""
    with app.app_context():
        account = app.extensions["portal usage"] = Account(db.engine)
    account.closed.set()
    return account


def refusals() -> dict[tuple[str, str, str], int]:
    """Reason, address and key → requests; as they are now."""
    db.session.rollback()
    return {(row.reason, row.address, row.api_key_id): row.requests for row in db.session.scalars(select(Refusal))}


def wrong_secret(token: str) -> str:
    read = read_token(token)
    assert read
    return Token(read.token_id, make_token().secret).reveal()


def test_each_refused_token_is_counted_with_its_reason(app: Flask, client: FlaskClient, robot: MakeRobot, asleep: Account) -> None:
    good, ended = robot("networks:read"), robot("networks:read", name="ended")
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(update(ApiKey).where(ApiKey.id == ended.key_id).values(disabled_at=now()))
        db.session.commit()
    sent = {"malformed": "pport_nonsense", "unknown": make_token().reveal(), "secret": wrong_secret(good.token), "disabled": ended.token}
    for token in sent.values():
        headers = {"Authorization": f"Bearer {token}"}
        assert client.post("/graphql", json=QUERY, headers=headers).status_code == 401
        assert client.get("/export/net.ndjson.gz", headers=headers).status_code == 401
        assert client.get("/api/whoami", headers=headers).status_code == 401
    assert client.post("/graphql", json=QUERY, headers=good.headers).status_code == 200
    with app.app_context():
        asleep.flush()
        keys = {"secret": good.key_id, "disabled": ended.key_id}
        assert refusals() == {(reason, "127.0.0.1", keys.get(reason, "")): 3 for reason in sent}
        assert {row.hour for row in db.session.scalars(select(Refusal))} == {now().replace(minute=0, second=0)}
        assert [(day.api_key_id, day.ok) for day in db.session.scalars(select(ApiKeyDay))] == [(good.key_id, 1)]


def test_refusals_beyond_the_limit_of_failures_are_counted_too(app: Flask, client: FlaskClient, asleep: Account) -> None:
    headers = {"Authorization": f"Bearer {make_token().reveal()}"}
    answers = [client.post("/graphql", json=QUERY, headers=headers).status_code for _ in range(35)]
    assert answers == [401] * 30 + [429] * 5
    with app.app_context():
        asleep.flush()
        assert refusals() == {("unknown", "127.0.0.1", ""): 35}


def test_an_attackers_addresses_fill_neither_memory_nor_database(app: Flask, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        counted = Account(db.engine)
        for number in range(MAX_REFUSALS + 500):
            counted.refuse(TokenRefused(Reason.UNKNOWN), f"2001:db8::{number:x}")
        counted.refuse(TokenRefused(Reason.ADDRESS, key.key_id, "token"), "192.0.2.9")
        assert len(counted.counts.refusals) == MAX_REFUSALS + 2
        counted.flush()
        counted.refuse(TokenRefused(Reason.UNKNOWN), "2001:db8::1")
        counted.refuse(TokenRefused(Reason.UNKNOWN), "198.51.100.1")
        counted.refuse(TokenRefused(Reason.ADDRESS, key.key_id, "token"), "192.0.2.9")
        counted.flush()
        counts = refusals()
        assert len(counts) == MAX_REFUSALS_AN_HOUR + 2
        assert counts["unknown", "other", ""] == MAX_REFUSALS + 500 - MAX_REFUSALS_AN_HOUR + 1
        assert counts["unknown", "2001:db8::1", ""] == 2
        assert counts["address", "192.0.2.9", key.key_id] == 2, "no stranger's token hides where a key's came from"


def test_refusals_are_kept_while_they_cannot_be_written(app: Flask) -> None:
    with app.app_context():
        counted = Account(away := create_engine(NOWHERE))
        counted.refuse(TokenRefused(Reason.UNKNOWN), "192.0.2.9")
        counted.flush()
        away.dispose()
        counted.engine = db.engine
        counted.refuse(TokenRefused(Reason.UNKNOWN), "192.0.2.9")
        counted.flush()
        assert refusals() == {("unknown", "192.0.2.9", ""): 2}


def test_a_retired_token_that_comes_back_is_counted_and_told_once(
    app: Flask, client: FlaskClient, robot: MakeRobot, asleep: Account
) -> None:
    key = robot("networks:read")
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(update(ApiKeyToken).values(retires_at=now() - timedelta(days=1)))
        db.session.commit()
        for _ in range(2):
            assert client.post("/graphql", json=QUERY, headers=key.headers).status_code == 401
            asleep.flush()
        assert refusals() == {("retired", "127.0.0.1", key.key_id): 2}
        mails = list(db.session.scalars(select(Mail).where(Mail.event.startswith("api_key.token_came_back"))))
        assert [(mail.about, mail.recipient) for mail in mails] == [(key.key_id, "alice@example.net")]
        token = db.session.scalars(select(ApiKeyToken)).one()
        assert token.last_used_at is None
        assert db.session.get_one(ApiKey, key.key_id).last_used_at is None


@pytest.mark.own_database
def test_what_could_not_be_told_is_told_with_the_next_flush(
    app: Flask, robot: MakeRobot, asleep: Account, caplog: pytest.LogCaptureFixture
) -> None:
    key = robot("networks:read")
    with app.app_context():
        rename = "ALTER TABLE {} RENAME TO {}"
        asleep.refuse(TokenRefused(Reason.RETIRED, key.key_id, "token"), "192.0.2.9")
        run(rename.format("mail", "away"))
        asleep.flush()
        assert "it could not be looked after" in caplog.text
        run(rename.format("away", "mail"))
        asleep.refuse(TokenRefused(Reason.UNKNOWN), "192.0.2.9")
        asleep.flush()
        assert len(list(db.session.scalars(select(Mail).where(Mail.event == "api_key.token_came_back token")))) == 1
        assert account() is asleep


def run(statement: str) -> None:
    begin_writing(db.session())
    db.session.connection().exec_driver_sql(statement)
    db.session.commit()
