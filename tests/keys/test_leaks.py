"""Ending leaked tokens: only for who holds all of one, in any state of the key, that token alone, and once."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select

from portal.access.principal import Principal
from portal.access.token_refusals import MESSAGES, Reason
from portal.api_keys.authenticate.authenticate import Origin, admit, credential
from portal.api_keys.lifecycle.leak import Way, find_tokens, report
from portal.api_keys.token import Token, digest, make_token, read_token
from portal.db.base import Registry
from portal.db.reader import Snapshot
from portal.db.session import begin_writing, now
from portal.errors import Unauthenticated
from portal.extensions import db, settings
from portal.models import ApiKey, ApiKeyToken, AuditRow
from tests.people import Robot
from tests.rows import change_all

MakeRobot = Callable[..., Robot]
FINDER = Principal(name="Leak report", address="203.0.113.9", user_agent="scanner")


def token_of(key: Robot) -> Token:
    token = read_token(key.token)
    assert token
    return token


def reported(app: Flask, *tokens: Token) -> list[str]:
    with app.app_context():
        ended = report(db.session(), FINDER, tokens, Way.API)
        db.session.commit()
        return ended


def refusal(app: Flask, token: Token) -> str | None:
    """The words that a request with the token gets, None where it works."""
    with app.app_context(), Snapshot(db.engine) as opened:
        try:
            admit(credential([f"Bearer {token.reveal()}"]), Origin("192.0.2.1"), opened)
        except Unauthenticated as error:
            return error.message
    return None


def leaks(app: Flask) -> list[AuditRow]:
    with app.app_context():
        return list(db.session.scalars(select(AuditRow).where(AuditRow.event == "api_key.leaked").order_by(AuditRow.number)))


def test_a_reported_token_is_refused_on_its_next_request(app: Flask, robot: MakeRobot) -> None:
    key = robot("networks:read")
    assert refusal(app, token_of(key)) is None
    assert reported(app, token_of(key)) == [key.key_id]
    assert refusal(app, token_of(key)) == MESSAGES[Reason.LEAKED]


def test_the_audit_says_how_and_from_where_and_never_the_secret(app: Flask, robot: MakeRobot) -> None:
    key = robot("networks:read", name="nightly build")
    token = token_of(key)
    reported(app, token)
    (row,) = leaks(app)
    assert (row.organization_id, row.subject_id, row.subject_name) == (key.organization_id, key.key_id, "nightly build")
    assert (row.actor_kind, row.actor_name, row.address, row.user_agent) == ("anonymous", "Leak report", "203.0.113.9", "scanner")
    assert row.details == {"token_id": token.token_id, "reported_by": "API"}


def test_a_successor_goes_on(app: Flask, robot: MakeRobot) -> None:
    key, newer = robot("networks:read"), make_token()
    with app.app_context():
        begin_writing(db.session())
        stored = digest(settings().peppers, settings().pepper, newer, key.organization_id)
        db.session.add(
            ApiKeyToken(token_id=newer.token_id, api_key_id=key.key_id, digest=stored, pepper=settings().pepper, last_four=newer.last_four)
        )
        db.session.commit()
    reported(app, token_of(key))
    assert (refusal(app, token_of(key)), refusal(app, newer)) == (MESSAGES[Reason.LEAKED], None)


@pytest.mark.parametrize("column", ["expires_at", "disabled_at", "revoked_at", "retires_at"])
def test_a_token_is_ended_whatever_state_its_key_is_in(app: Flask, robot: MakeRobot, column: str) -> None:
    """So that an admin who enables or extends the key doesn't bring a token back that others hold."""
    key = robot("networks:read")
    model = ApiKeyToken if column == "retires_at" else ApiKey
    change_all(app, model, **{column: now() - timedelta(days=1)})
    assert reported(app, token_of(key)) == [key.key_id]
    change_all(app, model, **{column: None})
    assert refusal(app, token_of(key)) == MESSAGES[Reason.LEAKED]


def test_who_holds_less_than_the_whole_token_ends_nothing(app: Flask, robot: MakeRobot) -> None:
    token = token_of(robot("networks:read"))
    with app.app_context():
        before = db.session.scalars(select(Registry.version)).one()
    assert reported(app, Token(token.token_id, make_token().secret), make_token()) == []
    with app.app_context():
        assert db.session.scalars(select(Registry.version)).one() == before  # nor does it wait for the lock
    assert (refusal(app, token), leaks(app)) == (None, [])


def test_wrong_secrets_beside_the_right_one_hide_nothing(app: Flask, robot: MakeRobot) -> None:
    token = token_of(robot("networks:read"))
    wrong = [Token(token.token_id, make_token().secret) for _ in range(3)]
    assert len(reported(app, wrong[0], token, *wrong)) == 1


def test_several_keys_are_ended_at_once(app: Flask, robot: MakeRobot) -> None:
    keys = [robot("networks:read", name="first"), robot("networks:read", name="second"), robot("networks:read", charlie=True)]
    assert sorted(reported(app, *map(token_of, keys))) == sorted(key.key_id for key in keys)
    assert {row.organization_id for row in leaks(app)} == {key.organization_id for key in keys}


def test_a_second_report_changes_nothing(app: Flask, robot: MakeRobot) -> None:
    token = token_of(robot("networks:read"))
    assert [len(reported(app, token)) for _ in range(2)] == [1, 0]
    assert len(leaks(app)) == 1


def test_reports_at_the_same_time_have_one_outcome(app: Flask, robot: MakeRobot) -> None:
    token, together, ended = token_of(robot("networks:read")), Barrier(4), list[int]()

    def one() -> None:
        together.wait()
        ended.append(len(reported(app, token)))

    threads = [Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == [0, 0, 0, 1]
    assert len(leaks(app)) == 1


def test_tokens_are_found_in_the_text_around_them() -> None:
    first, second = make_token(), make_token()
    wrong = first.reveal()[:-1] + ("a" if first.reveal()[-1] != "a" else "b")
    text = f"export KEY={first.reveal()}\n'Authorization: Bearer {second.reveal()}', {wrong} {first.reveal()} x{first.reveal()} pport_x"
    assert find_tokens(text) == [first, second]
