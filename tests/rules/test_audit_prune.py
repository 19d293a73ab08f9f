"""Old audit rows can go, and the rest still shows who touched it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select

from portal.access.principal import COMMAND_LINE
from portal.audit import Event, Subject, record
from portal.audit.prune import prune
from portal.audit.record import chain
from portal.audit.verify import Head
from portal.db.session import now
from portal.errors import Conflict, Forbidden, Invalid
from portal.extensions import db, settings
from portal.models import AuditRow
from tests.people import People
from tests.rules.audit_chain import findings, look, tamper

FIRST = date(2026, 3, 1)


@pytest.fixture
def days(app: Flask) -> None:
    """Ten rows, one on each of ten days, and one of today."""
    texts = ("actor_kind", "actor_id", "actor_name", "event", "subject_type", "subject_id", "subject_name", "address", "user_agent")
    with app.app_context():
        with db.engine.connect().execution_options(writes=True) as connection, connection.begin():
            mac = b""
            for number in range(1, 11):
                at = datetime(2026, 3, number, tzinfo=UTC)
                row = AuditRow(number=number, at=at, organization_id=1, details={}, **dict.fromkeys(texts, "x"))
                mac = row.mac = chain(settings().audit_key, mac, row)
                connection.execute(insert(AuditRow), {column.key: getattr(row, column.key) for column in AuditRow.__table__.columns})
        record(db.session(), COMMAND_LINE, Event.API_KEY_EDITED, organization_id=1, subject=Subject("api_key", "key_1", "Key"))
        db.session.commit()


def pruned(app: Flask, before: date) -> int:
    with app.app_context():
        removed = prune(db.session(), COMMAND_LINE, before)
        db.session.commit()
        return removed


def numbers(app: Flask) -> list[int]:
    with app.app_context():
        return list(db.session.scalars(select(AuditRow.number).order_by(AuditRow.number)))


@pytest.mark.usefixtures("days")
def test_rows_before_the_day_go_and_the_rest_is_whole(app: Flask) -> None:
    assert pruned(app, FIRST + timedelta(days=4)) == 4
    assert numbers(app) == [*range(5, 13)]
    assert look(app).findings == []
    assert pruned(app, FIRST + timedelta(days=6)) == 2
    assert numbers(app) == [*range(7, 14)]
    assert look(app, look(app).head).findings == []


@pytest.mark.usefixtures("days")
def test_pruning_says_so_itself(app: Flask) -> None:
    pruned(app, FIRST + timedelta(days=4))
    with app.app_context():
        row = db.session.scalars(select(AuditRow).order_by(AuditRow.number.desc()).limit(1)).one()
        assert (row.event, row.actor_name, row.details["rows"], row.details["number"]) == ("audit.pruned", "Command line", 4, 4)


@pytest.mark.usefixtures("days")
def test_all_rows_but_the_one_that_says_so_can_go(app: Flask) -> None:
    tamper(app, "DELETE FROM audit_row WHERE number = 11")
    assert pruned(app, now().date()) == 10
    assert numbers(app) == [11]
    assert look(app).findings == []


@pytest.mark.usefixtures("days")
def test_with_nothing_to_remove_nothing_is_written(app: Flask) -> None:
    assert pruned(app, FIRST) == 0
    assert numbers(app) == [*range(1, 12)]


@pytest.mark.usefixtures("days")
@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("DELETE FROM audit_row WHERE number = 5", ("missing", 5, 5)),
        ("DELETE FROM audit_row WHERE number = 8", ("missing", 8, 8)),
        ("UPDATE audit_row SET actor_id = 'y' WHERE number = 5", ("changed", 5, 5)),
        ("DELETE FROM audit_row WHERE number = 12", ("missing", 1, 4)),
    ],
)
def test_what_is_done_after_it_is_found(app: Flask, statement: str, finding: tuple[str, int, int]) -> None:
    pruned(app, FIRST + timedelta(days=4))
    tamper(app, statement)
    assert findings(look(app)) == [finding]


@pytest.mark.usefixtures("days")
def test_a_changed_account_of_the_pruning_is_found(app: Flask) -> None:
    pruned(app, FIRST + timedelta(days=4))
    with app.app_context():
        fifth = db.session.get_one(AuditRow, 5)
        forged = f'{{"before": "2026-03-06", "mac": "{fifth.mac.hex()}", "number": 5, "rows": 5}}'
    tamper(app, f"UPDATE audit_row SET details = '{forged}' WHERE number = 12", "DELETE FROM audit_row WHERE number = 5")
    assert findings(look(app)) == [("changed", 12, 12)]


@pytest.mark.usefixtures("days")
def test_a_noted_head_that_was_pruned_is_told_so(app: Flask) -> None:
    with app.app_context():
        third, fourth = (Head(number, db.session.get_one(AuditRow, number).mac) for number in (3, 4))
    pruned(app, FIRST + timedelta(days=4))
    assert findings(look(app, third)) == [("noted", 3, 3)]
    assert look(app, fourth).wrong == 0


@pytest.mark.usefixtures("days")
def test_a_chain_that_isnt_whole_is_not_pruned(app: Flask) -> None:
    tamper(app, "UPDATE audit_row SET actor_id = 'y' WHERE number = 2")
    with pytest.raises(Conflict):
        pruned(app, FIRST + timedelta(days=4))
    assert numbers(app) == [*range(1, 12)]


def test_only_operators_prune_and_only_what_is_past(app: Flask, people: People) -> None:
    with app.app_context():
        with pytest.raises(Forbidden):
            prune(db.session(), people.principal("alice"), FIRST)
        with pytest.raises(Invalid):
            prune(db.session(), COMMAND_LINE, now().date() + timedelta(days=1))
