"""A declaration makes networks as it says: the difference is a plan, applied whole or not at all."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.models import AuditRow, RecordChange
from portal.registry.contacts import Contact
from portal.registry.ports import ExchangePort
from tests.graphql.requests import Ask, Send, Statements
from tests.registry import Records

APPLY = """mutation ($input: [ApplyNetworkInput!]!, $dryRun: Boolean, $maxDeletes: Int) {
  applyNetworks(input: $input, dryRun: $dryRun, maxDeletes: $maxDeletes) {
    applied plan { action type id name asn path fields { field before after } }
    userErrors { code message path } userWarnings { message } } }"""
SCOPES = ("networks:read", "networks:update", "contacts:read", "contacts:create", "contacts:update", "contacts:delete")
NOC = {"role": "NOC"}
NEW_CONTACT = NOC | {"email": "new@example.net", "visible": "PUBLIC"}
PORT = {"ipaddr4": "198.51.100.1", "ipaddr6": "2001:db8:1::1", "speed": 10_000}


def state(app: Flask) -> list[tuple[Any, ...]]:
    with app.app_context():
        port = ExchangePort
        ports = db.session.execute(select(port.id, port.ipaddr4, port.ipaddr6, port.speed, port.status, port.version))
        contacts = db.session.execute(select(Contact.id, Contact.role, Contact.email, Contact.status, Contact.version))
        return sorted(map(tuple, [*ports, *contacts]))


def acts_of(plan: Any) -> list[tuple[str, str]]:
    return [(change["action"], change["name"]) for change in plan]


@pytest.fixture
def apply(ask: Ask, robot: Any) -> Any:
    key = robot(*SCOPES)
    return lambda *networks, **options: ask(APPLY, key, input=list(networks), **options)["applyNetworks"]


def test_a_plan_is_shown_applied_and_then_empty(app: Flask, apply: Any, records: Records) -> None:
    declared = {
        "asn": 64500,
        "ports": [PORT | {"speed": 100_000}, {"ipaddr4": "198.51.100.50", "speed": 1000}],
        "facilities": [],
        "contacts": [NOC | {"email": "public@as64500.example.net"}, NOC | {"email": "users@as64500.example.net", "name": "Desk"}],
    }
    before = state(app)
    shown = apply(declared, dryRun=True)
    acts = [("UPDATE", "198.51.100.1"), ("CREATE", "198.51.100.50"), ("DELETE", f"netfac:{records['presence']}"), ("UPDATE", "NOC contact")]
    assert (shown["applied"], shown["userErrors"], acts_of(shown["plan"])[:3]) == (False, [], acts[:3])
    assert shown["plan"][0]["fields"] == [{"field": "speed", "before": "10000", "after": "100000"}]
    assert shown["plan"][1]["id"] is None
    assert state(app) == before
    applied = apply(declared)
    assert applied["applied"]
    assert [change | {"id": None} for change in applied["plan"]] == [change | {"id": None} for change in shown["plan"]]
    assert state(app) != before
    assert apply(declared)["plan"] == []


def test_what_the_caller_may_not_see_is_never_deleted(app: Flask, apply: Any, records: Records) -> None:
    apply({"asn": 64500, "contacts": [NEW_CONTACT]})
    with app.app_context():
        live = select(Contact.visible, Contact.email).where(Contact.network_id == records["net"], Contact.status == "ok")
        assert sorted(map(tuple, db.session.execute(live))) == [("Private", "private@as64500.example.net"), ("Public", "new@example.net")]


def test_two_ports_swap_an_address(app: Flask, apply: Any, records: Records) -> None:
    second = {"ipaddr4": "198.51.100.50", "ipaddr6": "2001:db8:1::50", "speed": 1000}
    apply({"asn": 64500, "ports": [PORT, second]})
    swapped = apply({"asn": 64500, "ports": [PORT | {"ipaddr6": "2001:db8:1::50"}, second | {"ipaddr6": "2001:db8:1::1"}]})
    assert (swapped["userErrors"], swapped["applied"], len(swapped["plan"])) == ([], True, 2)
    with app.app_context():
        ports = select(ExchangePort.ipaddr4, ExchangePort.ipaddr6).where(ExchangePort.network_id == records["net"])
        assert sorted(map(tuple, db.session.execute(ports))) == [("198.51.100.1", "2001:db8:1::50"), ("198.51.100.50", "2001:db8:1::1")]


WRONG: dict[str, tuple[dict[str, Any], list[str]]] = {
    "an address outside every LAN": (
        {"ports": [PORT, {"ipaddr4": "192.0.2.1", "speed": 99}]},
        ["input", "0", "ports", "1", "exchangeId"],
    ),
    "another network's address": ({"ports": [PORT, {"ipaddr4": "198.51.100.3", "speed": 1000}]}, ["input", "0", "ports", "1", "ipaddr4"]),
    "two entries of one port": ({"ports": [PORT, PORT]}, ["input", "0", "ports", "1"]),
    "no address": ({"ports": [{"speed": 1000}]}, ["input", "0", "ports", "0", "ipaddr4"]),
    "an unknown facility": ({"facilities": [{"name": "Nowhere"}]}, ["input", "0", "facilities", "0", "name"]),
    "the last contact of a network with ports": ({"contacts": []}, ["input", "0", "contacts", "role"]),
}


@pytest.mark.parametrize("name", WRONG)
def test_nothing_is_done_of_a_plan_with_an_error(app: Flask, apply: Any, records: Records, name: str) -> None:
    sections, path = WRONG[name]
    before = state(app)
    answer = apply({"asn": 64500} | sections)
    assert path in [error["path"] for error in answer["userErrors"]], answer
    assert (answer["applied"], answer["plan"], state(app)) == (False, [], before)


def test_more_deletions_than_allowed_are_refused(app: Flask, apply: Any, records: Records) -> None:
    before = state(app)
    (error,) = apply({"asn": 64500, "ports": []}, {"asn": 64501, "ports": []}, maxDeletes=1)["userErrors"]
    assert "would delete 2 records" in error["message"]
    assert state(app) == before
    assert apply({"asn": 64500, "ports": []}, {"asn": 64501, "ports": []}, maxDeletes=2)["applied"]


def test_one_missing_permission_refuses_all(app: Flask, send: Send, robot: Any, records: Records) -> None:
    before = state(app)
    declared = [{"asn": 64500, "ports": [PORT | {"speed": 100_000}], "contacts": [NEW_CONTACT]}]
    answer: Any = send(APPLY, robot("networks:read", "networks:update", "contacts:read", "contacts:create"), input=declared).json
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert state(app) == before


def test_only_listed_networks_and_no_strangers_are_reached(app: Flask, send: Send, robot: Any, records: Records) -> None:
    before = state(app)
    listed = {scope: frozenset({records["second"]}) for scope in ("networks:update", "contacts:update", "contacts:delete")}
    other = robot("networks:read", "contacts:read", objects=listed)
    for key in (None, other, robot(*SCOPES, charlie=True)):
        answer: Any = send(APPLY, key, input=[{"asn": 64500, "ports": []}]).json
        assert answer["errors"][0]["extensions"]["code"] in {"FORBIDDEN", "NOT_FOUND"}
    assert state(app) == before
    assert send(APPLY, other, input=[{"asn": 64501, "ports": []}]).json["data"]["applyNetworks"]["applied"]


@pytest.mark.parametrize("asn", [64510, 64999])
def test_another_organizations_network_answers_as_one_that_is_not_there(send: Send, robot: Any, records: Records, asn: int) -> None:
    answer: Any = send(APPLY, robot(*SCOPES), input=[{"asn": asn, "ports": []}]).json
    assert answer["errors"][0]["message"] == f"There is no AS{asn} of yours."


def test_one_act_is_recorded_with_its_counts(app: Flask, apply: Any, records: Records) -> None:
    apply({"asn": 64500, "ports": [PORT | {"speed": 100_000}, {"ipaddr4": "198.51.100.50", "speed": 1000}]})
    with app.app_context():
        act = db.session.scalars(select(AuditRow).order_by(AuditRow.number.desc())).first()
        assert act is not None
        assert (act.event, act.details) == ("network.declared", {"created": 1, "updated": 1, "deleted": 0})
        assert len(db.session.scalars(select(RecordChange).where(RecordChange.act == act.number)).all()) == 2


def test_statements_do_not_follow_the_number_of_ports(app: Flask, apply: Any, records: Records, statements: Statements) -> None:
    numbers = []
    for first, count in ((100, 10), (150, 60)):
        ports = [PORT, *({"ipaddr4": f"198.51.100.{number}", "speed": 1000} for number in range(first, first + count))]
        with statements() as seen:
            assert apply({"asn": 64500, "ports": ports}, maxDeletes=500)["userErrors"] == []
        numbers.append(len(seen))
    assert numbers[1] <= numbers[0] + 8, numbers
