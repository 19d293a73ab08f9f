"""The connections that automation reads by."""

import sqlite3
from time import sleep

import psycopg
import pytest
from flask import Flask
from sqlalchemy import bindparam, select, text

from portal.db import reader
from portal.db.prepared import Prepared
from portal.db.reader import SessionSnapshot, Snapshot, pool_of
from portal.db.session import lock
from portal.errors import TooSlow
from portal.extensions import db
from portal.registry.organizations import Organization
from tests.people import People

VERSION = "SELECT version FROM registry"
WRITE = "UPDATE registry SET version = version + 1"


def write(app: Flask) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text(WRITE))


def test_all_statements_see_one_moment(app: Flask) -> None:
    with app.app_context(), Snapshot(db.engine) as snapshot:
        before = snapshot.rows(VERSION)
        write(app)
        assert snapshot.rows(VERSION) == before
    with app.app_context(), Snapshot(db.engine) as later:
        assert later.rows(VERSION) != before


def test_nothing_can_be_written(app: Flask) -> None:
    with app.app_context(), Snapshot(db.engine) as snapshot, pytest.raises((sqlite3.OperationalError, psycopg.Error), match="read"):
        snapshot.rows(WRITE)


def test_a_connection_is_usable_after_a_failure(app: Flask) -> None:
    with app.app_context():
        with Snapshot(db.engine) as snapshot, pytest.raises((sqlite3.Error, psycopg.Error)):
            snapshot.rows("SELECT nonsense")
        with Snapshot(db.engine) as snapshot:
            assert len(snapshot.rows(VERSION)) == 1


@pytest.mark.own_database
def test_a_snapshot_that_nobody_reads_takes_no_connection(app: Flask) -> None:
    with app.app_context():
        pool = pool_of(db.engine)
        with Snapshot(db.engine):
            assert pool.idle == []
        with Snapshot(db.engine) as snapshot:
            snapshot.rows(VERSION)
            assert pool.idle == []
        assert len(pool.idle) == 1


def test_pooled_connections_that_their_server_ended_are_replaced(app: Flask) -> None:
    with app.app_context():
        lent = [Snapshot(db.engine) for _ in range(3)]
        for snapshot in lent:
            snapshot.rows(VERSION)
        for snapshot in lent:
            with snapshot:
                pass
        if db.engine.dialect.name == "postgresql":
            with db.engine.begin() as connection:
                connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid != pg_backend_pid()"))
        with Snapshot(db.engine) as snapshot:
            assert len(snapshot.rows(VERSION)) == 1


def test_a_session_reads_what_it_has_written_and_nobody_else_does_before_its_commit(app: Flask, people: People) -> None:
    with app.app_context():
        session = db.session()
        names = Prepared(select(Organization.name).where(Organization.id == bindparam("id")), db.engine.dialect)
        values = {"id": people.ours}
        lock(session)
        session.get_one(Organization, people.ours).name = "Renamed"  # which isn't flushed yet
        with SessionSnapshot(session) as own, Snapshot(db.engine) as other:
            assert names.rows(own, values) == [("Renamed",)]
            assert names.rows(other, values) == [("Example Org",)]
            session.get_one(Organization, people.ours).name = "Renamed again"
            assert names.rows(own, values) == [("Renamed again",)]
        with Snapshot(db.engine) as other:
            assert names.rows(other, values) == [("Example Org",)]
        session.commit()
        with Snapshot(db.engine) as other:
            assert names.rows(other, values) == [("Renamed again",)]


def test_what_was_undone_is_read_no_more(app: Flask, people: People) -> None:
    with app.app_context():
        session = db.session()
        lock(session)
        session.get_one(Organization, people.ours).name = "Renamed"
        with SessionSnapshot(session) as own:
            assert ("Renamed",) in own.rows("SELECT name FROM organization")
            session.rollback()
            assert ("Renamed",) not in own.rows("SELECT name FROM organization")


def test_a_slow_statement_of_a_session_is_stopped_and_later_ones_have_their_time(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_STATEMENT_SECONDS", 0.2)
    endless = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers) SELECT count(*) FROM numbers"
    with app.app_context():
        session = db.session()
        with SessionSnapshot(session) as own:
            with pytest.raises(TooSlow):
                own.rows(endless)
            with pytest.raises(TooSlow):
                own.rows(VERSION)
        session.rollback()
        lock(session)
        with SessionSnapshot(session) as own:
            own.rows(VERSION)
            sleep(0.3)
            counted = (
                "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 200000) SELECT count(*) FROM numbers"
            )
            assert session.scalar(text(counted)) == 200_000, "the session's own statements have no clock"
            assert own.rows(VERSION)
        session.rollback()
