"""The registry's version and lock, snapshots, and the column types, on every engine."""

from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, StatementError

from portal.db.base import FIRST_LOCAL_ID, Registry
from portal.db.session import lock, next_id, snapshot
from portal.extensions import db
from portal.models import Person
from portal.registry.networks import Network
from portal.registry.organizations import Organization
from tests.people import People
from tests.registry import Records

SYNCHRONOUS_FULL = 2  # of SQLite: it syncs with each commit


def test_a_write_without_the_lock_is_a_mistake_of_ours(app: Flask) -> None:
    with app.app_context():
        db.session.add(Person(email="x@example.net", name="X", password_digest=""))
        with pytest.raises(RuntimeError, match="without the registry's lock"):
            db.session.commit()


def test_the_lock_comes_before_the_first_change(app: Flask) -> None:
    with app.app_context():
        db.session.add(Person(email="x@example.net", name="X", password_digest=""))
        with pytest.raises(RuntimeError, match="before the registry's lock"):
            lock(db.session())


def test_each_write_has_the_next_version_and_stores_it(app: Flask, people: People) -> None:
    with app.app_context():
        session = db.session()
        first = lock(session)
        assert lock(session) == first
        session.get_one(Organization, people.ours).name = "Example Organization"
        session.commit()
        assert lock(session) == first + 1
        assert session.get_one(Organization, people.ours).changed == first
        session.rollback()
        assert session.scalar(select(Registry.version)) == first


def test_a_commit_is_on_the_disk(app: Flask) -> None:
    """On PostgreSQL the server's own setting holds: no session of ours turns it off."""
    with app.app_context():
        session = db.session()
        lock(session)
        if session.get_bind().dialect.name == "sqlite":
            assert session.scalar(text("PRAGMA synchronous")) == SYNCHRONOUS_FULL
        else:
            assert session.scalar(text("SELECT source FROM pg_settings WHERE name = 'synchronous_commit'")) != "session"


def test_ids_made_here_never_meet_imported_ones(app: Flask) -> None:
    with app.app_context():
        session = db.session()
        assert [next_id(session), next_id(session)] == [FIRST_LOCAL_ID, FIRST_LOCAL_ID + 1]


def test_concurrent_writers_lose_nothing(app: Flask) -> None:
    barrier = Barrier(8)

    def write(number: int) -> None:
        with app.app_context():
            barrier.wait()
            for step in range(5):
                session = db.session()
                lock(session)
                session.add(Organization(id=next_id(session), name=f"org {number} {step}", latitude=None, longitude=None))
                session.commit()

    threads = [Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        changed = db.session.scalars(select(Organization.changed).order_by(Organization.id)).all()
        assert len(changed) == 40
        assert sorted(changed) == list(range(1, 41))


def test_a_snapshot_sees_one_moment(app: Flask, people: People) -> None:
    with app.app_context(), snapshot(db.engine) as connection:
        before = connection.scalar(select(Organization.name).where(Organization.id == people.ours))
        session = db.session()
        lock(session)
        session.get_one(Organization, people.ours).name = "New Name"
        session.commit()
        assert connection.scalar(select(Organization.name).where(Organization.id == people.ours)) == before
        assert connection.scalar(select(Registry.version)) == 1


def test_foreign_keys_hold(app: Flask) -> None:
    with app.app_context():
        session = db.session()
        lock(session)
        session.add(Network(id=1, organization_id=5, asn=64500, name="Nobody's"))
        with pytest.raises(IntegrityError):
            session.commit()


def test_a_deleted_record_frees_its_name_but_not_its_asn(app: Flask, records: Records, people: People) -> None:
    with app.app_context():
        session = db.session()
        lock(session)
        session.get_one(Network, records["other"]).status = "deleted"
        session.add(Network(id=1, organization_id=people.ours, asn=64511, name="Other Net"))
        session.flush()
        session.add(Network(id=2, organization_id=people.ours, asn=64510, name="Taken"))
        with pytest.raises(IntegrityError):
            session.flush()


def test_text_sorts_by_code_point_on_every_engine(app: Flask, records: Records) -> None:
    with app.app_context():
        names = db.session.scalars(select(Network.name).order_by(Network.name)).all()
    assert names == sorted(names)


def test_times_are_whole_seconds_of_utc(app: Flask, people: People) -> None:
    at = datetime(2026, 4, 16, 14, 30, 15, 999_999, tzinfo=timezone(timedelta(hours=2)))
    with app.app_context():
        session = db.session()
        lock(session)
        session.get_one(Organization, people.ours).created = at
        session.commit()
        assert session.get_one(Organization, people.ours).created == datetime(2026, 4, 16, 12, 30, 15, tzinfo=UTC)
        ids = session.scalars(select(Organization.id).where(Organization.created < at + timedelta(seconds=1))).all()
        assert ids == [people.ours]
        lock(session)
        session.get_one(Organization, people.ours).created = datetime(2026, 1, 1)  # noqa: DTZ001 - the mistake under test
        with pytest.raises(StatementError, match="without a zone"):
            session.commit()
