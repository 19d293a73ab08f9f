"""A statement that runs too long is stopped: an error that says what to do, and a connection that goes on."""

import logging
import sqlite3
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from portal.db.reader import Snapshot, pool_of
from portal.errors import TooSlow
from portal.extensions import db
from tests.people import Robot

ENDLESS = "WITH RECURSIVE endless(n) AS (SELECT 1 UNION ALL SELECT 1 FROM endless) SELECT count(*) AS n FROM endless"
ACTIVE = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND datname = current_database() AND pid <> pg_backend_pid()"
Send = Callable[..., Any]


@pytest.fixture
def slow(app: Flask) -> Callable[[str], None]:
    """`slow("network")`: a read of the table never ends."""

    def replace(table: str) -> None:
        with app.app_context():
            db.session.execute(text(f"ALTER TABLE {table} RENAME TO kept"))
            db.session.execute(text(f"CREATE VIEW {table} AS SELECT kept.* FROM kept, ({ENDLESS}) AS endless"))
            db.session.commit()

    return replace


def test_a_slow_statement_is_stopped_no_other_is_run_and_its_connection_is_used_again(app: Flask) -> None:
    with app.app_context():
        with Snapshot(db.engine) as snapshot:
            assert snapshot.rows("SELECT 1") == [(1,)]
            with pytest.raises(TooSlow, match="longer than 2 s"):
                snapshot.rows(ENDLESS)
            with pytest.raises(TooSlow):  # a request has one slow statement
                snapshot.rows("SELECT 1")
        assert len(pool_of(db.engine).idle) == 1
        with Snapshot(db.engine) as snapshot:
            assert snapshot.rows("SELECT 2") == [(2,)]
            if db.engine.dialect.name == "postgresql":
                assert snapshot.rows(ACTIVE) == [(0,)], "the server works on it no more"
        assert len(pool_of(db.engine).idle) == 1


def test_a_mistake_in_a_statement_is_no_slowness(app: Flask) -> None:
    with app.app_context(), Snapshot(db.engine) as snapshot:
        with pytest.raises((sqlite3.OperationalError, psycopg.errors.UndefinedTable)):
            snapshot.rows("SELECT 1 FROM nothing")
        assert not snapshot.stopped


@pytest.mark.own_database
def test_a_slow_question_is_told_to_ask_for_less(
    send: Send, slow: Callable[[str], None], robot: Callable[..., Robot], caplog: pytest.LogCaptureFixture
) -> None:
    key = robot("networks:read", "facilities:read")
    slow("network")
    with caplog.at_level(logging.INFO):
        answer = send("{ facilities { totalCount } a: network(id: 1) { name } b: networks { nodes { name } } }", key)
    assert answer.status_code == 200
    assert {error["extensions"]["code"] for error in answer.json["errors"]} == {"COST_LIMIT_EXCEEDED"}
    assert "Ask for less" in answer.json["errors"][0]["message"]
    assert caplog.records == []
    assert "errors" not in send("{ facilities { totalCount } }", key).json


@pytest.mark.own_database
def test_a_database_that_is_slow_before_the_question_is_read_is_told_apart(
    send: Send, slow: Callable[[str], None], robot: Callable[..., Robot]
) -> None:
    key = robot("networks:read")
    slow("api_key_token")
    answer = send("{ viewer { address } }", key)
    assert (answer.status_code, answer.json["errors"][0]["extensions"]["code"]) == (503, "COST_LIMIT_EXCEEDED")
