"""The connections that automation reads by."""

import sqlite3

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from portal.db.reader import Snapshot, pool_of
from portal.extensions import db

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
