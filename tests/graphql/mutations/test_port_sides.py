"""A port belongs to two: what its exchange's organization may say of it, and what both see of that."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.db.session import lock
from portal.extensions import db
from portal.models import AuditRow, Mail, RecordChange
from portal.registry.ports import ExchangePort
from tests.graphql.requests import Ask, Send
from tests.people import People
from tests.registry import Records

UPDATE = """mutation ($input: UpdateExchangePortInput!, $dryRun: Boolean) { updateExchangePort(input: $input, dryRun: $dryRun) {
  exchangePort { operational version } userErrors { code message path } } }"""
OFF = {"operational": False}


@pytest.fixture
def exchange_key(robot: Any) -> Any:
    return robot("exchanges:read", "exchanges:update", charlie=True)


def stored(app: Flask) -> tuple[list[tuple[Any, ...]], int, list[str]]:
    """(of each port whether it works, and its version), acts, mails."""
    with app.app_context():
        ports = db.session.execute(select(ExchangePort.id, ExchangePort.operational, ExchangePort.version).order_by(ExchangePort.id))
        acts = [act for act in db.session.scalars(select(AuditRow.event)) if act.startswith("record.")]
        return (
            [tuple(port) for port in ports],
            len(acts),
            sorted(db.session.scalars(select(Mail.recipient).where(Mail.event.like("port.%")))),
        )


def test_the_exchange_switches_a_port_off_and_both_are_told(
    app: Flask, people: People, ask: Ask, exchange_key: Any, records: Records
) -> None:
    given = {"id": records["net port"], **OFF}
    payload = ask(UPDATE, exchange_key, input=given, dryRun=True)["updateExchangePort"]
    assert (payload["exchangePort"], stored(app)[1:]) == ({"operational": False, "version": 2}, (0, []))
    payload = ask(UPDATE, exchange_key, input=given)["updateExchangePort"]
    assert payload == {"exchangePort": {"operational": False, "version": 2}, "userErrors": []}
    assert stored(app)[1:] == (2, ["alice@example.net", "charlie@example.net", "erin@example.net"])
    with app.app_context():
        rows = db.session.scalars(select(RecordChange).order_by(RecordChange.id)).all()
        seen = [(row.organization_id, row.object_type, row.object_id, row.field, row.before, row.after) for row in rows]
        assert seen == [
            (people.ours, "net", records["net"], "operational", True, False),
            (people.theirs, "ix", records["ix"], "operational", True, False),
        ]
        mail = db.session.scalars(select(Mail).where(Mail.recipient == "alice@example.net", Mail.event.like("port.%"))).one()
        assert "Other Org has set the port 198.51.100.1 of AS64500 Example Net at EX-IX to not operational." in mail.text
    assert ask(UPDATE, exchange_key, input=given)["updateExchangePort"]["exchangePort"]["version"] == 2
    assert stored(app)[1] == 2


def test_it_may_change_nothing_else(app: Flask, send: Send, robot: Any, exchange_key: Any, records: Records) -> None:
    before, port = stored(app), records["net port"]
    other = robot("exchanges:read", name="other", charlie=True, objects={"networks:update": frozenset({records["other"]})})
    refused: list[tuple[Any, dict[str, Any]]] = [
        (exchange_key, {"operational": True}),
        (exchange_key, {**OFF, "notes": "x"}),
        (exchange_key, {"speed": 100}),
        (other, OFF),
    ]
    for key, given in [*refused, (robot("exchanges:read", "exchanges:update"), OFF)]:
        answer: Any = send(UPDATE, key, input={"id": port, **given}).json
        assert answer["errors"][0]["extensions"]["code"] in {"FORBIDDEN", "NOT_FOUND"}, given
    assert stored(app) == before


def test_a_port_that_follows_the_import_stays_and_the_answer_says_so(app: Flask, ask: Ask, exchange_key: Any, records: Records) -> None:
    with app.app_context():
        lock(db.session())
        db.session.execute(update(ExchangePort).values(source="import"))
        db.session.commit()
    before = stored(app)
    (error,) = ask(UPDATE, exchange_key, input={"id": records["net port"], **OFF})["updateExchangePort"]["userErrors"]
    assert (error["code"], error["path"], "nothing was written" in error["message"]) == ("FOLLOWS_IMPORT", ["input", "operational"], True)
    assert stored(app) == before


def test_the_network_switches_it_on_again(app: Flask, ask: Ask, robot: Any, exchange_key: Any, records: Records) -> None:
    ask(UPDATE, exchange_key, input={"id": records["net port"], **OFF})
    key = robot("networks:read", "networks:update")
    payload = ask(UPDATE, key, input={"id": records["net port"], "operational": True, "ifVersion": 2})["updateExchangePort"]
    assert payload == {"exchangePort": {"operational": True, "version": 3}, "userErrors": []}
