"""A SQLite file that is gone, replaced, locked, full or no database: 503 and one line, and nothing is written where it would be lost."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, select

from portal.db import reader, session
from portal.extensions import db
from portal.models import ApiKeyDay, AuditRow
from portal.runtime import account
from tests.apps import opened, settings_for
from tests.browser import Browser
from tests.engines import Sqlite
from tests.outages.doors import REFUSED, Doors
from tests.pages.api_keys import key_page
from tests.pages.forms import form_of
from tests.people import Robot

pytestmark = [pytest.mark.only_on("sqlite"), pytest.mark.own_database]
AWAY, BUSY = "The database is away", "The database is locked by another process"
MakeRobot = Callable[..., Robot]
Visit = Callable[[str], Browser]


@pytest.fixture
def file(app: Flask) -> Path:
    with app.app_context():
        return Path(db.engine.url.database or "")


@pytest.fixture
def hasty_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (session, reader):
        monkeypatch.setattr(module, "PATIENT_MS", 100)


@pytest.fixture
def other(file: Path) -> Iterator[sqlite3.Connection]:
    """Another process, as far as SQLite is concerned."""
    connection = sqlite3.connect(file, isolation_level=None)
    yield connection
    connection.close()


def test_a_file_that_is_gone_is_503_at_every_door_and_isn_t_made_anew(
    app: Flask, file: Path, doors: Doors, visit: Visit, robot: MakeRobot
) -> None:
    key, alice = robot("networks:read"), visit("alice")
    form = form_of(alice.get(key_page(key, "/disable")))
    assert doors.ask("/graphql", key) == (200, None)
    file.rename(file.with_suffix(".away"))
    assert {doors.ask(path, key) for path in doors.api for _ in range(2)} == {REFUSED}
    page = alice.client.post(key_page(key, "/disable"), data=form)
    assert (page.status_code, page.headers["Retry-After"]) == REFUSED
    assert doors.ask("/readyz")[0] == 503
    assert doors.ask("/healthz")[0] == 200
    with app.app_context():
        account().flush()
    assert not file.exists()
    assert doors.said() == [AWAY]
    file.with_suffix(".away").rename(file)
    assert doors.ask("/graphql", key) == (200, None)
    with app.app_context():
        account().flush()
        assert db.session.scalars(select(ApiKeyDay.ok)).all() == [2], "what was counted before isn't lost"


def test_a_file_that_takes_the_place_of_another_is_the_one_that_is_used(
    file: Path, doors: Doors, visit: Visit, other: sqlite3.Connection
) -> None:
    alice = visit("alice")
    assert alice.get("/account").status_code == doors.ask("/graphql")[0] == 200
    other.execute(f"VACUUM INTO '{file}.copy'")
    with sqlite3.connect(f"{file}.copy") as copy:
        copy.execute("DELETE FROM person_session")
    copy.close()
    Path(f"{file}.copy").rename(file)
    for more in ("-wal", "-shm"):
        Path(f"{file}{more}").unlink(missing_ok=True)
    assert alice.get("/account", follow=False).status_code == 302
    assert doors.ask("/graphql")[0] == 200


def test_what_is_no_database_is_told_so(file: Path, doors: Doors, visit: Visit) -> None:
    alice = visit("alice")
    diary = file.with_suffix(".diary")
    diary.write_text("This is a diary.\n" * 100)
    diary.rename(file)
    assert doors.ask("/graphql") == REFUSED
    assert alice.get("/account").status_code == 503
    assert doors.said() == ["The database is damaged"]


def test_a_file_that_another_process_keeps_to_itself_is_an_outage_until_it_lets_go(
    hasty_locks: None, sqlite: Sqlite, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with sqlite.fresh() as url, opened(settings_for(url, tmp_path)) as app:
        other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        doors = Doors(app, caplog)
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        assert doors.ask("/graphql") == REFUSED
        assert doors.ask("/") == REFUSED
        other.close()
        doors.wait_until_back()
        assert doors.ask("/graphql") == (200, None)
        assert doors.said() == [BUSY, "The database is back."]


def test_a_long_write_of_another_process_holds_off_acts_alone(
    hasty_locks: None, doors: Doors, visit: Visit, robot: MakeRobot, other: sqlite3.Connection
) -> None:
    key, alice = robot("networks:read"), visit("alice")
    form = form_of(alice.get(key_page(key, "/disable")))
    other.execute("BEGIN IMMEDIATE")
    answer = alice.client.post(key_page(key, "/disable"), data=form)
    assert (answer.status_code, answer.headers["Retry-After"]) == REFUSED
    assert alice.get("/account").status_code == 200
    assert doors.ask("/graphql", key) == (200, None)
    other.execute("ROLLBACK")
    assert alice.client.post(key_page(key, "/disable"), data=form).status_code == 302
    assert doors.said() == [BUSY]


def test_a_full_disk_refuses_acts_and_lets_be_read(
    app: Flask, doors: Doors, visit: Visit, robot: MakeRobot, other: sqlite3.Connection
) -> None:
    key, alice = robot("networks:read"), visit("alice")
    form = form_of(alice.get(key_page(key, "/disable")))
    other.execute("CREATE TABLE ballast (content)")
    grow = "INSERT INTO ballast VALUES (zeroblob(1000000))"
    other.execute(f"CREATE TRIGGER grows AFTER INSERT ON {AuditRow.__tablename__} BEGIN {grow}; END")
    with app.app_context():
        db.engine.dispose()
        event.listen(db.engine, "connect", fill)
    answer = alice.client.post(key_page(key, "/disable"), data=form)
    assert (answer.status_code, answer.headers["Retry-After"]) == REFUSED
    assert doors.ask("/graphql", key) == (200, None)
    assert doors.said() == ["The database can't use its disk"]


def fill(connection: sqlite3.Connection, _: object) -> None:
    """SQLite then says what it says where a disk is full."""
    connection.execute("PRAGMA max_page_count = 1")
