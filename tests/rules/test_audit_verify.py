"""Whoever changes, removes or inserts audit rows in the database is found out, and told by the row's number."""

import secrets
import tracemalloc
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import Connection, delete, insert

from portal.access.principal import COMMAND_LINE
from portal.audit import Event, Subject, record
from portal.audit.record import chain
from portal.extensions import db, settings
from portal.models import AuditRow
from tests.rules.audit_chain import findings, look, tamper

COLUMNS = ", ".join(column.key for column in AuditRow.__table__.columns if column.key != "number")


@pytest.fixture
def eight(app: Flask) -> None:
    """Eight rows, by the rule that writes all of them."""
    with app.app_context():
        for number in range(8):
            subject = Subject("api_key", f"key_{number}", f"Kéy {number}")
            record(db.session(), COMMAND_LINE, Event.API_KEY_EDITED, organization_id=1, subject=subject, details={"note": ["a", number]})
        db.session.commit()


def renumber(numbers: Sequence[int], by: int) -> list[str]:
    """In an order in which no number is taken."""
    return [f"UPDATE audit_row SET number = {number + by} WHERE number = {number}" for number in sorted(numbers, reverse=by > 0)]


def copy(number: int, to: int) -> str:
    return f"INSERT INTO audit_row (number, {COLUMNS}) SELECT {to}, {COLUMNS} FROM audit_row WHERE number = {number}"


@pytest.mark.usefixtures("eight")
def test_rows_that_nobody_touched_are_whole(app: Flask) -> None:
    verdict = look(app)
    assert (verdict.rows, verdict.wrong, verdict.findings) == (8, 0, [])
    assert verdict.head is not None
    assert verdict.head.number == 8
    assert look(app, verdict.head).wrong == 0


def test_an_audit_without_rows_is_whole_and_has_no_head(app: Flask) -> None:
    verdict = look(app)
    assert (verdict.rows, verdict.wrong, verdict.head) == (0, 0, None)


@pytest.mark.usefixtures("eight")
@pytest.mark.parametrize(
    "change",
    [
        "actor_name = 'Nobody'",
        "event = 'api_key.issued'",
        "details = '{}'",
        "details = 'no JSON'",
        "organization_id = 2",
        "organization_id = NULL",
        "at = '2020-01-01T00:00:00Z'",
        "mac = (SELECT mac FROM audit_row WHERE number = 1)",
        "subject_name = actor_name, actor_name = subject_name",
    ],
)
@pytest.mark.parametrize("number", [3, 8])
def test_a_changed_row_is_named(app: Flask, change: str, number: int) -> None:
    tamper(app, f"UPDATE audit_row SET {change} WHERE number = {number}")
    assert findings(look(app)) == [("changed", number, number)]


@pytest.mark.usefixtures("eight")
@pytest.mark.parametrize(("first", "last"), [(1, 1), (4, 4), (3, 6)])
def test_removed_rows_are_named(app: Flask, first: int, last: int) -> None:
    tamper(app, f"DELETE FROM audit_row WHERE number BETWEEN {first} AND {last}")
    assert findings(look(app)) == [("missing", first, last)]


@pytest.mark.usefixtures("eight")
def test_a_tail_that_is_cut_off_is_found_by_the_noted_head_alone(app: Flask) -> None:
    noted = look(app).head
    tamper(app, "DELETE FROM audit_row WHERE number >= 7")
    assert look(app).wrong == 0
    assert findings(look(app, noted)) == [("missing", 7, 8)]
    tamper(app, "DELETE FROM audit_row")
    assert findings(look(app, noted)) == [("missing", 1, 8)]


@pytest.mark.usefixtures("eight")
def test_rows_written_after_a_cut_dont_stand_for_the_noted_ones(app: Flask) -> None:
    noted = look(app).head
    tamper(app, "DELETE FROM audit_row WHERE number = 8")
    with app.app_context():
        record(db.session(), COMMAND_LINE, Event.API_KEY_REVOKED, organization_id=1, subject=Subject("api_key", "key_9", "New"))
        db.session.commit()
    assert look(app).wrong == 0
    assert findings(look(app, noted)) == [("changed", 8, 8)]


@pytest.mark.usefixtures("eight")
@pytest.mark.parametrize(("to", "finding"), [(9, ("changed", 9, 9)), (0, ("inserted", 0, 0)), (11, ("missing", 9, 10))])
def test_a_row_put_beside_the_others_is_named(app: Flask, to: int, finding: tuple[str, int, int]) -> None:
    tamper(app, copy(2, to))
    assert findings(look(app)) == [finding]


@pytest.mark.usefixtures("eight")
def test_a_row_inserted_by_renumbering_the_others_is_named(app: Flask) -> None:
    tamper(app, *renumber(range(4, 9), 1), copy(2, 4))
    assert findings(look(app)) == [("inserted", 4, 4)]


@pytest.mark.usefixtures("eight")
def test_a_row_removed_by_renumbering_the_others_is_named(app: Flask) -> None:
    tamper(app, "DELETE FROM audit_row WHERE number = 4", *renumber(range(5, 9), -1))
    assert findings(look(app)) == [("missing", 4, 4)]


@pytest.mark.usefixtures("eight")
def test_swapped_rows_are_named(app: Flask) -> None:
    tamper(app, *(f"UPDATE audit_row SET number = {to} WHERE number = {number}" for number, to in ((4, 99), (5, 4), (99, 5))))
    assert findings(look(app)) == [("swapped", 4, 5)]


@pytest.mark.usefixtures("eight")
def test_what_two_rows_say_swapped_is_named(app: Flask) -> None:
    tamper(app, "UPDATE audit_row SET subject_name = 'Kéy ' || (6 - number) WHERE number IN (3, 4)")
    assert findings(look(app)) == [("changed", 3, 3), ("changed", 4, 4)]


@pytest.mark.usefixtures("eight")
def test_two_troubles_are_both_named(app: Flask) -> None:
    tamper(app, "UPDATE audit_row SET address = '192.0.2.1' WHERE number = 2", "DELETE FROM audit_row WHERE number = 6")
    assert findings(look(app)) == [("changed", 2, 2), ("missing", 6, 6)]


@pytest.mark.usefixtures("eight")
def test_another_key_is_told_as_such(app: Flask) -> None:
    assert findings(look(app, key=secrets.token_bytes(48))) == [("key", 1, 8)]


def test_six_times_the_rows_need_hardly_more_memory(app: Flask) -> None:
    few, many = memory_to_verify(app, 2_000), memory_to_verify(app, 12_000)
    assert many < 3 * few


def memory_to_verify(app: Flask, rows: int) -> int:
    """The most bytes that Python held while so many rows were verified."""
    with app.app_context():
        with db.engine.connect().execution_options(writes=True) as connection, connection.begin():
            connection.execute(delete(AuditRow))
            fill(connection, settings().audit_key, rows)
        tracemalloc.start()
        verdict = look(app)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert (verdict.rows, verdict.wrong) == (rows, 0)
    return most


def fill(connection: Connection, key: bytes, count: int) -> None:
    """Rows as record() would have chained them, in lots."""
    at, mac, lot = datetime(2026, 1, 1, tzinfo=UTC), b"", []
    values = dict.fromkeys(("actor_kind", "actor_id", "actor_name", "event", "subject_type", "subject_id", "address", "user_agent"), "x")
    for number in range(1, count + 1):
        row = AuditRow(number=number, at=at, organization_id=1, subject_name=f"Subject {number}", details={"n": number}, **values)
        mac = chain(key, mac, row)
        lot.append({column.key: getattr(row, column.key) for column in AuditRow.__table__.columns} | {"mac": mac})
        if len(lot) == 5_000 or number == count:
            connection.execute(insert(AuditRow), lot)
            lot.clear()
