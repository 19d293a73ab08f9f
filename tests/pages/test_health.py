"""What a load balancer is told."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from portal.db.release import migrations
from portal.db.session import lock
from portal.extensions import db
from portal.pages.readiness import FRESH_SECONDS, LastLook
from portal.settings import Settings
from tests.apps import opened, settings_for
from tests.engines import Postgresql, Sqlite
from tests.redis import RedisServer
from tests.statements import Watch

READY = {"status": "ok", "version": 0, "database": "ok", "migrations": "ok", "writing": "ok"}


@contextmanager
def portal_at(url: str, folder: Path) -> Iterator[FlaskClient]:
    with opened(settings_for(url, folder)) as app:
        yield app.test_client()


def test_a_portal_that_can_work_says_so(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json, answer.headers["Cache-Control"]) == (200, READY, "no-store")


def test_a_portal_without_its_database_answers_but_is_not_ready(tmp_path: Path) -> None:
    with portal_at(f"sqlite:///{tmp_path}/no/such/folder/portal.sqlite3", tmp_path) as client:
        assert client.get("/healthz").status_code == 200
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json) == (503, {"status": "unavailable", "database": "unreachable"})


def test_a_database_that_was_never_migrated_is_not_ready(tmp_path: Path) -> None:
    with portal_at(f"sqlite:///{tmp_path}/empty.sqlite3", tmp_path) as client:
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json) == (503, {"status": "unavailable", "database": "ok", "migrations": "pending"})


@pytest.mark.sql
@pytest.mark.own_database
@pytest.mark.parametrize(("migration", "status", "state"), [(sorted(migrations())[-2], 503, "pending"), ("9999", 200, "newer")])
def test_a_database_of_an_older_release_is_not_ready_and_one_of_a_newer_release_is(
    app: Flask, migration: str, status: int, state: str
) -> None:
    with app.app_context():
        db.session.execute(text("UPDATE alembic_version SET version_num = :migration"), {"migration": migration})
        db.session.commit()
    answer = app.test_client().get("/readyz")
    assert answer.json
    assert (answer.status_code, answer.json["migrations"]) == (status, state)


def test_a_sqlite_file_that_can_only_be_read_is_not_ready(sqlite: Sqlite, tmp_path: Path) -> None:
    with sqlite.fresh() as url, portal_at(f"{url.replace(':///', ':///file:')}?mode=ro&uri=true", tmp_path) as client:
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json) == (503, {**READY, "status": "unavailable", "writing": "refused"})


@pytest.mark.needs("postgresql")
@pytest.mark.parametrize(
    "statement",
    [
        "REVOKE UPDATE ON registry FROM portal_reader",
        "ALTER ROLE portal_reader SET default_transaction_read_only = on",
    ],
)
def test_a_role_that_can_only_read_is_not_ready(postgresql: Postgresql, tmp_path: Path, statement: str) -> None:
    with postgresql.fresh() as url, psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as owner:
        owner.execute("CREATE ROLE portal_reader LOGIN")
        owner.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO portal_reader")
        try:
            with portal_at(url.replace("portal@", "portal_reader@"), tmp_path) as client:
                assert client.get("/readyz").status_code == 200
            owner.execute(statement.encode())
            with portal_at(url.replace("portal@", "portal_reader@"), tmp_path) as client:
                answer = client.get("/readyz")
                assert (answer.status_code, answer.json) == (503, {**READY, "status": "unavailable", "writing": "refused"})
        finally:
            owner.execute("DROP OWNED BY portal_reader")
            owner.execute("DROP ROLE portal_reader")


@pytest.mark.sql
def test_a_database_that_another_process_writes_is_ready(app: Flask) -> None:
    with app.app_context(), db.session() as writer:
        lock(writer)
        assert app.test_client().get("/readyz").json == READY


@pytest.mark.needs("redis")
def test_redis_is_told_but_a_portal_without_it_goes_on(settings: Settings, redis: RedisServer) -> None:
    with opened(replace(settings, redis_url=redis.url)) as app:
        client = app.test_client()
        assert client.get("/readyz").json == {**READY, "redis": "ok"}
        redis.send(signal.SIGKILL)
        time.sleep(FRESH_SECONDS)
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json) == (200, {**READY, "redis": "away"})


@pytest.mark.sql
def test_strangers_who_ask_often_cost_one_look(app: Flask) -> None:
    client = app.test_client()
    with app.app_context():
        watch = Watch(db.engine)
        watch.begin()
        client.get("/readyz")
        first = list(watch.seen)
        for _ in range(20):
            client.get("/readyz")
        watch.end()
    assert 0 < len(first) < 10
    assert watch.seen == first


def test_who_asks_during_a_look_gets_the_last_one_at_once() -> None:
    last, begun, end = LastLook("no answer"), Event(), Event()
    assert last.ask(lambda: "first") == "first"
    time.sleep(FRESH_SECONDS)

    def look() -> str:
        begun.set()
        end.wait(60)
        return "second"

    thread = Thread(target=lambda: last.ask(look))
    thread.start()
    begun.wait(60)
    assert last.ask(lambda: "third") == "first"
    end.set()
    thread.join()
    assert last.ask(lambda: "third") == "second"
