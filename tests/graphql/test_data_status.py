"""What the registry holds, how fresh it is, and that counts are of what the caller sees."""

from collections.abc import Callable
from typing import Any

from flask import Flask

from portal.db.session import lock, now
from portal.extensions import db
from portal.models import ImportRun
from portal.registry.networks import Network
from tests.graphql.requests import Ask, Statements
from tests.people import Robot
from tests.registry import Records

STATUS = "{ dataStatus { version lastImport types { type count } } }"


def counts(answer: Any) -> dict[str, int]:
    return {counter["type"]: counter["count"] for counter in answer["dataStatus"]["types"]}


def test_counts_are_of_what_the_caller_sees(ask: Ask, robot: Callable[..., Robot]) -> None:
    everybody, member = counts(ask(STATUS)), counts(ask(STATUS, robot("networks:read", "contacts:read", "contacts:read_private")))
    assert len(everybody) == 13
    assert (everybody["net"], everybody["poc"], everybody["ix"]) == (3, 3, 1)
    assert (member["net"], member["poc"], member["ix"], member["carrier"]) == (4, 8, 0, 0)


def test_the_version_grows_with_every_write(app: Flask, ask: Ask, records: Records) -> None:
    before = ask(STATUS)["dataStatus"]["version"]
    with app.app_context():
        lock(db.session())
        db.session.get_one(Network, records["net"]).name = "Renamed"
        db.session.commit()
    assert ask(STATUS)["dataStatus"]["version"] == before + 1


def test_the_last_import_is_told(app: Flask, ask: Ask) -> None:
    assert ask(STATUS)["dataStatus"]["lastImport"] is None
    moment = now()
    with app.app_context():
        lock(db.session())
        db.session.add(ImportRun(file="dump.json", digest="0", started=moment, finished=moment, version=1, counts={}))
        db.session.commit()
    assert ask(STATUS)["dataStatus"]["lastImport"] == moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_types_are_counted_by_one_statement_however_often_they_are_asked(ask: Ask, statements: Statements) -> None:
    with statements() as seen:
        ask("{ a: dataStatus { types { count } } b: dataStatus { types { type } } }")
    assert len([statement for statement in seen if "count(" in statement.lower()]) == 1
    with statements() as seen:
        ask("{ dataStatus { version } }")
    assert len(seen) == 1
