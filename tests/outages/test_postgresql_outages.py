"""PostgreSQL is stopped, hangs, or takes no more: a request is told so soon, later ones at once, and all goes on when it is back."""

import logging
from collections.abc import Callable
from contextlib import ExitStack, suppress
from itertools import count

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Connection, create_engine, event, select, text
from sqlalchemy.orm import Session

from portal.db.session import engine_options, lock
from portal.errors import OutcomeUnknown
from portal.extensions import db
from portal.models import ApiKeyDay, AuditRow
from portal.runtime import account
from tests.browser import Browser
from tests.outages.doors import REFUSED, Doors
from tests.pages.api_keys import key_page
from tests.pages.forms import form_of
from tests.people import People, Robot
from tests.postgresql import MAX_CONNECTIONS, PostgresqlServer

pytestmark = [pytest.mark.needs("postgresql"), pytest.mark.only_on("postgresql"), pytest.mark.own_database]
AWAY, BACK = "The database is away", "The database is back."
CLIENTS = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
CUT_OFF = (
    "CREATE FUNCTION cut_off() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$"
)
AT_COMMIT = "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cut_off()"
MakeRobot = Callable[..., Robot]
Visit = Callable[[str], Browser]


def counted(app: Flask) -> list[int]:
    """The requests that are stored as answered well, once all that was counted is written."""
    with app.app_context():
        account().flush()
        return list(db.session.scalars(select(ApiKeyDay.ok)))


def test_a_stopped_server_is_503_at_every_door_and_one_line(
    app: Flask, server: PostgresqlServer, doors: Doors, visit: Visit, robot: MakeRobot, people: People
) -> None:
    key, alice = robot("networks:read"), visit("alice")
    assert doors.ask("/graphql", key) == (200, None)
    server.stop("immediate")
    try:
        assert {doors.ask(path, key) for path in doors.api for _ in range(3)} == {REFUSED}
        page = alice.client.get(f"/organizations/{people.ours}/keys/")
        assert (page.status_code, page.headers["Retry-After"]) == REFUSED
        assert "This is unavailable just now" in page.text
        assert "<nav" in page.text
        assert doors.ask("/readyz") == REFUSED
        assert doors.ask("/healthz")[0] == 200
        with app.app_context():
            account().flush()
        assert doors.said() == [AWAY]
    finally:
        server.start()
    doors.wait_until_back()
    assert doors.ask("/graphql", key) == (200, None)
    assert doors.said() == [AWAY, BACK]
    assert counted(app) == [2], "what was counted before the outage isn't lost"


def test_a_restart_between_two_requests_is_noticed_by_neither(server: PostgresqlServer, doors: Doors, visit: Visit) -> None:
    alice = visit("alice")
    for _ in range(2):
        assert alice.get("/account").status_code == 200
        assert doors.ask("/graphql") == (200, None)
        server.stop("fast")
        server.start()
    assert doors.said() == []


def test_a_server_that_hangs_ends_a_request_and_lets_none_wait_after_it(
    app: Flask, server: PostgresqlServer, doors: Doors, visit: Visit, robot: MakeRobot, caplog: pytest.LogCaptureFixture
) -> None:
    """A connection that is tried in the thread of a request would wait; only the probe tries."""
    key, alice = robot("networks:read"), visit("alice")
    assert doors.ask("/graphql", key) == (200, None)
    with server.hung():
        assert doors.ask("/graphql", key) == REFUSED
        caplog.set_level(logging.DEBUG, "psycopg")
        assert {doors.ask(path, key) for path in doors.api} == {REFUSED}
        assert alice.get("/account").status_code == 503
        assert doors.ask("/healthz")[0] == 200
        with app.app_context():
            account().flush()
        tried_by = {record.threadName for record in caplog.records if record.name.startswith("psycopg")}
        assert tried_by <= {"database probe"}
    doors.wait_until_back()
    assert doors.ask("/graphql", key) == (200, None)
    assert alice.get("/account").status_code == 200
    assert doors.said() == ["The database doesn't answer", BACK]
    assert counted(app) == [2]


def test_a_page_whose_server_hangs_ends_too(server: PostgresqlServer, doors: Doors, visit: Visit) -> None:
    alice = visit("alice")
    assert alice.get("/account").status_code == 200
    with server.hung():
        assert alice.get("/account").status_code == 503
        assert doors.ask("/graphql") == REFUSED
    doors.wait_until_back()
    assert alice.get("/account").status_code == 200


def test_a_connection_that_is_lost_in_a_request_fails_that_request_alone(app: Flask, doors: Doors, people: People) -> None:
    with app.app_context():
        pid = db.session.scalar(text("SELECT pg_backend_pid()"))
        with psycopg.connect(**db.engine.dialect.create_connect_args(db.engine.url)[1]) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [pid])
        refused = doors.refused(lambda: db.session.scalar(text("SELECT 1")))
        assert refused.status == 503
        db.session.rollback()
        assert lock(db.session())
    assert doors.ask("/graphql") == (200, None)
    assert doors.said() == [AWAY]


def test_a_page_that_loses_both_its_connections_is_503(
    app: Flask, server: PostgresqlServer, doors: Doors, visit: Visit, people: People
) -> None:
    """What it reads beside its session fails first; that the session can't be rolled back either is no failure of ours."""
    alice, path, numbers = visit("alice"), f"/organizations/{people.ours}/keys", count(1)
    assert alice.get(path).status_code == 200
    with app.app_context():
        engine = db.engine

    def cut_off_second(_: Connection) -> None:
        if next(numbers) == 2:
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'test%'")

    event.listen(engine, "engine_connect", cut_off_second)
    try:
        assert alice.get(path).status_code == 503
    finally:
        event.remove(engine, "engine_connect", cut_off_second)
    assert next(numbers) == 3, "the page reads on two connections"
    assert alice.get(path).status_code == 200
    assert doors.said() == [AWAY]


def test_an_act_whose_commit_was_cut_off_is_told_as_unknown(
    app: Flask, doors: Doors, visit: Visit, people: People, robot: MakeRobot
) -> None:
    key, alice = robot("networks:read"), visit("alice")
    with app.app_context():
        db.session.execute(text(CUT_OFF))
        db.session.execute(text(f"CREATE CONSTRAINT TRIGGER cuts AFTER INSERT ON {AuditRow.__tablename__} {AT_COMMIT}"))
        db.session.commit()
    form = form_of(alice.get(key_page(key, "/disable")))
    answer = alice.client.post(key_page(key, "/disable"), data=form)
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, None)
    assert "This may or may not have been saved" in answer.text
    assert "Try again" not in answer.text


def test_a_command_whose_commit_was_cut_off_says_so(app: Flask, people: People) -> None:
    with app.app_context():
        engine = create_engine(db.engine.url, **engine_options(app.config["SETTINGS"]))
    with Session(engine) as session:
        lock(session)
        session.execute(text("CREATE TABLE acts (id int)"))
        session.execute(text(CUT_OFF))
        session.execute(text(f"CREATE CONSTRAINT TRIGGER cuts AFTER INSERT ON acts {AT_COMMIT}"))
        session.commit()
        session.execute(text("INSERT INTO acts VALUES (1)"))
        with pytest.raises(OutcomeUnknown, match="Look at what is there"):
            session.commit()
    engine.dispose()


def test_a_server_that_takes_no_more_connections_lets_those_work_that_are_there(
    app: Flask, server: PostgresqlServer, doors: Doors, visit: Visit
) -> None:
    alice = visit("alice")
    assert doors.ask("/graphql") == (200, None)
    with app.app_context():
        db.engine.pool.dispose()
    with ExitStack() as connections:
        first = connections.enter_context(server.connection())
        while first.execute(CLIENTS).fetchall() < [(MAX_CONNECTIONS,)]:
            with suppress(psycopg.OperationalError):  # one that has ended may keep its place for a moment
                connections.enter_context(server.connection())
        assert alice.get("/account").status_code == 503
        assert doors.ask("/graphql") == (200, None)
    assert alice.get("/account").status_code == 200
    assert doors.said() == ["The database takes no more connections"]


def test_a_standby_is_read_and_refuses_acts_until_it_is_promoted(
    app: Flask, server: PostgresqlServer, doors: Doors, visit: Visit, robot: MakeRobot
) -> None:
    key, alice = robot("networks:read"), visit("alice")
    form = form_of(alice.get(key_page(key, "/disable")))
    server.restart_as_standby()
    try:
        assert alice.client.post(key_page(key, "/disable"), data=form).status_code == 503
        assert alice.get("/account").status_code == 200
        assert doors.ask("/graphql", key) == (200, None)
    finally:
        server.execute("SELECT pg_promote()")
    assert alice.client.post(key_page(key, "/disable"), data=form).status_code == 302
    assert doors.said() == ["The database can only be read"]


def test_a_lock_that_another_process_holds_is_no_outage(app: Flask, doors: Doors, visit: Visit, robot: MakeRobot) -> None:
    key, alice = robot("networks:read"), visit("alice")
    form = form_of(alice.get(key_page(key, "/disable")))
    with app.app_context(), db.engine.begin() as other:
        other.execute(text("UPDATE registry SET version = version + 1"))
        answer = alice.client.post(key_page(key, "/disable"), data=form)
        assert (answer.status_code, answer.headers["Retry-After"]) == REFUSED
        assert doors.ask("/graphql", key) == (200, None)
    assert alice.client.post(key_page(key, "/disable"), data=form).status_code == 302
    assert doors.said() == ["The database is locked by another process"]
