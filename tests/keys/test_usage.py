"""The account of use: counted in memory, flushed into days, kept when the database is away, written at a worker's end."""

import logging
import subprocess
import sys
from collections.abc import Callable
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import create_engine, select

from portal.access.principal import ANONYMOUS
from portal.api_keys.usage import Account, note_first_use
from portal.db.session import now
from portal.extensions import db
from portal.models import ApiKey, ApiKeyDay, ApiKeyToken
from tests.keys.uses import caller
from tests.people import Robot

MakeRobot = Callable[..., Robot]


def test_use_is_summed_by_day_and_outcome(app: Flask, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        account = Account(db.engine)
        for outcome, points in (("ok", 3), ("ok", 1), ("denied", 1)):
            account.note(caller(key), outcome, points)
        account.flush()
        account.note(caller(key, "2001:db8::1"), "limited", 2)
        account.flush()
        account.flush()
        day = db.session.get_one(ApiKeyDay, (key.key_id, now().date()))
        assert (day.ok, day.denied, day.limited, day.errors, day.points) == (2, 1, 1, 0, 7)
        stored = db.session.get_one(ApiKey, key.key_id)
        assert stored.last_used_at is not None
        assert (stored.last_used_address, len(stored.last_used_agent)) == ("2001:db8::1", 200)


def test_only_keys_are_counted(app: Flask) -> None:
    with app.app_context():
        account = Account(db.engine)
        account.note(ANONYMOUS, "ok")
        account.flush()
        assert db.session.scalars(select(ApiKeyDay)).all() == []


def test_threads_lose_no_count(app: Flask, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        account = Account(db.engine)

        def note() -> None:
            for _ in range(250):
                account.note(caller(key), "ok")

        threads = [Thread(target=note) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        account.flush()
        assert db.session.get_one(ApiKeyDay, (key.key_id, now().date())).ok == 2000


def test_what_cannot_be_written_is_kept(app: Flask, robot: MakeRobot, caplog: pytest.LogCaptureFixture) -> None:
    key = robot("networks:read")
    away = create_engine("sqlite:////nowhere/at/all.sqlite3")
    with app.app_context():
        account = Account(away)
        account.note(caller(key), "ok")
        with caplog.at_level(logging.ERROR):
            account.flush()
        account.note(caller(key), "ok")
        account.engine = db.engine
        account.flush()
        assert db.session.get_one(ApiKeyDay, (key.key_id, now().date())).ok == 2
    assert "it is kept" in caplog.text
    away.dispose()


def test_the_first_use_of_a_token_is_noted_once(app: Flask, robot: MakeRobot) -> None:
    robot("networks:read")
    with app.app_context():
        token_id = db.session.scalars(select(ApiKeyToken.token_id)).one()
        note_first_use(db.session(), token_id)
        first = db.session.get_one(ApiKeyToken, token_id).first_used_at
        note_first_use(db.session(), token_id)
        assert first is not None
        assert db.session.get_one(ApiKeyToken, token_id).first_used_at == first


WORKER = """
import sys
from sqlalchemy import create_engine
from portal.access.principal import Kind, Principal
from portal.api_keys.usage import Account

account = Account(create_engine(sys.argv[1]))
account.note(Principal(Kind.KEY, sys.argv[2], "robot", organization_id=1), "ok")
"""


def test_a_process_that_ends_writes_what_it_counted(app: Flask, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        url = db.engine.url.render_as_string(hide_password=False)
        subprocess.run([sys.executable, "-c", WORKER, url, key.key_id], check=True, timeout=60)
        assert db.session.get_one(ApiKeyDay, (key.key_id, now().date())).ok == 1
