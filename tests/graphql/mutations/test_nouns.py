"""Exchanges with their LANs, facilities, carriers and campuses: what is created with a record, waits with it and goes with it."""

from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.access.principal import COMMAND_LINE
from portal.extensions import db
from portal.models import Mail
from portal.registry.types import TYPES
from portal.registry.write.approve import approve
from tests.graphql.requests import Ask
from tests.people import People
from tests.registry import Records

CREATE = """mutation ($input: CreateExchangeInput!) { createExchange(input: $input) {
  exchange { id status protoUnicast protoIpv6 regionContinent
    peeringLans { nodes { id status prefixes { nodes { prefix protocol status } } } } }
  userErrors { code message path } } }"""
SCOPES = ("exchanges:read", "exchanges:create", "exchanges:update", "exchanges:delete", "facilities:read", "carriers:read")


def test_an_exchange_comes_with_its_lan_waits_with_it_and_takes_it_along(app: Flask, ask: Ask, robot: Any, people: People) -> None:
    key = robot(*SCOPES)
    given = {"organizationId": people.ours, "name": "Our IX", "country": "de", "techEmail": "noc@example.net", "prefix": "203.0.113.0/24"}
    payload = ask(CREATE, key, input=given)["createExchange"]
    assert payload["userErrors"] == []
    exchange = payload["exchange"]
    number = exchange["id"].removeprefix("ix:")
    prefixes = {"nodes": [{"prefix": "203.0.113.0/24", "protocol": "IPV4", "status": "PENDING"}]}
    assert exchange == {
        "id": f"ix:{number}",
        "status": "PENDING",
        "protoUnicast": True,
        "protoIpv6": False,
        "regionContinent": "EUROPE",
        "peeringLans": {"nodes": [{"id": f"ixlan:{number}", "status": "PENDING", "prefixes": prefixes}]},
    }
    assert ask(f'{{ node(id: "ixlan:{number}") {{ id }} }}', None)["node"] is None
    with app.app_context():
        approve(db.session(), COMMAND_LINE, exchange["id"])
        db.session.commit()
    query = f"{{ exchange(id: {number}) {{ status peeringLans {{ nodes {{ status prefixes {{ nodes {{ status }} }} }} }} }} }}"
    live = {"status": "OK", "peeringLans": {"nodes": [{"status": "OK", "prefixes": {"nodes": [{"status": "OK"}]}}]}}
    assert ask(query, None)["exchange"] == live
    delete = "mutation ($id: ID!) { deleteExchange(input: {id: $id}) { exchange { id } userErrors { code } } }"
    assert ask(delete, key, id=number)["deleteExchange"] == {"exchange": None, "userErrors": []}
    with app.app_context():
        for tag in ("ix", "ixlan"):
            assert db.session.get_one(TYPES[tag].model, int(number)).status == "deleted"


def test_all_that_is_wrong_with_a_new_exchange_and_its_prefix_is_told_and_nothing_stays(
    app: Flask, ask: Ask, robot: Any, people: People, records: Records
) -> None:
    given = {"organizationId": people.ours, "name": "Our IX", "techEmail": "noc", "prefix": "198.51.100.0/24"}
    payload = ask(CREATE, robot(*SCOPES), input=given)["createExchange"]
    assert [(error["code"], error["path"][1]) for error in payload["userErrors"]] == [("INVALID", "techEmail"), ("TAKEN", "prefix")]
    payload = ask(CREATE, robot(*SCOPES, name="two"), input=given | {"techEmail": "a@example.net", "prefix": "198.51.100.0/28"})
    assert [(error["code"], error["path"][1]) for error in payload["createExchange"]["userErrors"]] == [("TAKEN", "prefix")]
    with app.app_context():
        assert db.session.query(TYPES["ix"].model).count() == 1


def test_an_exchange_with_ports_stays(ask: Ask, robot: Any, records: Records) -> None:
    delete = "mutation ($id: ID!) { deleteExchange(input: {id: $id}) { userErrors { code message } } }"
    errors = ask(delete, robot(*SCOPES, charlie=True), id=f"ix:{records['ix']}")["deleteExchange"]["userErrors"]
    assert {error["code"] for error in errors} == {"IN_USE"}
    assert any("3 live ExchangePort records rely on it" in error["message"] for error in errors)


def test_a_carrier_waits_for_the_facilitys_organization(app: Flask, ask: Ask, robot: Any, people: People, records: Records) -> None:
    ours, theirs = ("carriers:read", "carriers:create", "carriers:update", "facilities:read"), ("facilities:create",)
    key = robot(*ours, *theirs)
    create = "mutation ($input: CreateCarrierInput!) { createCarrier(input: $input) { carrier { databaseId status } } }"
    carrier = ask(create, key, input={"organizationId": people.ours, "name": "Ours"})["createCarrier"]["carrier"]
    assert carrier["status"] == "OK"
    create = "mutation ($input: CreateFacilityInput!) { createFacility(input: $input) { facility { databaseId status } } }"
    own = ask(create, key, input={"organizationId": people.ours, "name": "Ours"})["createFacility"]["facility"]["databaseId"]
    create = "mutation ($input: CreateCarrierFacilityInput!) { createCarrierFacility(input: $input) { carrierFacility { id status } } }"
    given = {"carrierId": carrier["databaseId"]}
    statuses = {}
    for facility in (own, records["fac"]):
        payload = ask(create, key, input=given | {"facilityId": facility})["createCarrierFacility"]
        statuses[facility] = payload["carrierFacility"]["status"]
    assert statuses == {own: "OK", records["fac"]: "PENDING"}
    counts = "query ($id: ID) { facility(id: $id) { carrierCount } }"
    assert [ask(counts, None, id=facility)["facility"]["carrierCount"] for facility in statuses] == [1, 0]
    identity = payload["carrierFacility"]["id"]
    assert mails(app, identity) == [("carrier.asked", "charlie@example.net")]
    approve_it = "mutation ($id: ID!) { approveCarrierFacility(input: {id: $id}) { userErrors { code } } }"
    owner = robot("facilities:update", name="owner", charlie=True)
    assert ask(approve_it, owner, id=identity)["approveCarrierFacility"] == {"userErrors": []}
    assert [ask(counts, None, id=facility)["facility"]["carrierCount"] for facility in statuses] == [1, 1]
    editors = [("carrier.admitted", "alice@example.net"), ("carrier.admitted", "erin@example.net")]
    assert mails(app, identity) == [*editors, ("carrier.asked", "charlie@example.net")]


def mails(app: Flask, identity: str) -> list[tuple[str, str]]:
    with app.app_context():
        return sorted((mail.event, mail.recipient) for mail in db.session.scalars(select(Mail).where(Mail.about == identity)))
