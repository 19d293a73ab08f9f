"""What is sent again under the same key is done once."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from portal.api_keys.lifecycle.rotate import Overlap, rotate
from portal.db.session import lock, now
from portal.extensions import db
from portal.models import ApiKeyGrant, IdempotentAct
from portal.registry.contacts import Contact
from tests.graphql.requests import Ask, Send
from tests.keys.tokens import token_id
from tests.people import People, Robot
from tests.registry import Records
from tests.threads import at_once

CREATE = """mutation ($input: CreateContactInput!, $key: String, $dryRun: Boolean) {
  createContact(input: $input, idempotencyKey: $key, dryRun: $dryRun) {
    contact { id name } userErrors { code message path } userWarnings { message } } }"""
SCOPES = ("contacts:read", "contacts:create", "contacts:update", "contacts:delete")


@pytest.fixture
def contact(records: Records) -> dict[str, Any]:
    return {"networkId": records["net"], "role": "SALES", "visible": "PUBLIC", "email": "sales@example.net"}


def number_of_contacts(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Contact)) or 0


def test_the_same_is_created_once_and_answered_as_it_is_now(app: Flask, ask: Ask, robot: Any, contact: dict[str, Any]) -> None:
    key, other, before = robot(*SCOPES), robot(*SCOPES, name="other"), number_of_contacts(app)
    first = ask(CREATE, key, input=contact, key="one")["createContact"]
    change = 'mutation ($id: ID!) { updateContact(input: {id: $id, name: "Desk"}) { userErrors { code } } }'
    ask(change, key, id=first["contact"]["id"])
    again = ask(CREATE, key, input=dict(reversed(contact.items())), key="one")["createContact"]
    assert again == {"contact": {"id": first["contact"]["id"], "name": "Desk"}, "userErrors": [], "userWarnings": []}
    assert ask(CREATE, other, input=contact, key="one")["createContact"]["contact"]["id"] != first["contact"]["id"]
    assert ask(CREATE, key, input=contact)["createContact"]["contact"]["id"] != first["contact"]["id"]
    assert number_of_contacts(app) == before + 3
    ask("mutation ($id: ID!) { deleteContact(input: {id: $id}) { userErrors { code } } }", key, id=first["contact"]["id"])
    gone = ask(CREATE, key, input=contact, key="one")["createContact"]
    assert (gone["contact"], gone["userErrors"], "was deleted since" in gone["userWarnings"][0]["message"]) == (None, [], True)


def test_another_input_and_a_key_that_is_none_are_refused(app: Flask, ask: Ask, robot: Any, contact: dict[str, Any]) -> None:
    key, before = robot(*SCOPES), number_of_contacts(app)
    ask(CREATE, key, input=contact, key="one")
    for text, given, code in (("one", contact | {"role": "NOC"}, "CONFLICT"), ("", contact, "INVALID"), ("é", contact, "INVALID")):
        (error,) = ask(CREATE, key, input=given, key=text)["createContact"]["userErrors"]
        assert (error["code"], error["path"]) == (code, ["idempotencyKey"])
    assert number_of_contacts(app) == before + 1


def test_what_was_not_done_uses_up_no_key(app: Flask, ask: Ask, robot: Any, contact: dict[str, Any]) -> None:
    key, before = robot(*SCOPES), number_of_contacts(app)
    ask(CREATE, key, input=contact, key="one", dryRun=True)
    assert ask(CREATE, key, input=contact | {"email": "nonsense"}, key="one")["createContact"]["userErrors"]
    assert ask(CREATE, key, input=contact | {"role": "NOC"}, key="one")["createContact"]["userErrors"] == []
    assert number_of_contacts(app) == before + 1


def test_a_key_lasts_for_a_day_and_longer_than_a_token(app: Flask, people: People, ask: Ask, robot: Any, contact: dict[str, Any]) -> None:
    key = robot(*SCOPES)
    first = ask(CREATE, key, input=contact, key="one")["createContact"]["contact"]
    with app.app_context():
        _, token = rotate(db.session(), people.principal("alice"), people.ours, key.key_id, seen=token_id(key.token), overlap=Overlap.NOW)
        db.session.commit()
    rotated = Robot(key.key_id, token.reveal(), people.ours)
    assert ask(CREATE, rotated, input=contact, key="one")["createContact"]["contact"] == first
    write(app, update(IdempotentAct).values(at=now() - timedelta(hours=24)))
    assert ask(CREATE, rotated, input=contact, key="one")["createContact"]["contact"] != first
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(IdempotentAct)) == 1


def test_rights_are_checked_again(app: Flask, ask: Ask, send: Send, robot: Any, contact: dict[str, Any]) -> None:
    key = robot(*SCOPES)
    ask(CREATE, key, input=contact, key="one")
    write(app, delete(ApiKeyGrant).where(ApiKeyGrant.api_key_id == key.key_id, ApiKeyGrant.action == "create"))
    answer: Any = send(CREATE, key, input=contact, key="one").json
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_of_two_at_once_one_creates(app: Flask, ask: Ask, robot: Any, contact: dict[str, Any]) -> None:
    key, before = robot(*SCOPES), number_of_contacts(app)
    body = {"query": CREATE, "variables": {"input": contact, "key": "one"}}

    answers: list[Any] = []

    def post() -> None:
        response: Any = app.test_client().post("/graphql", json=body, headers=key.headers)
        answers.append(response.json["data"]["createContact"])

    at_once(app, *[post] * 4)
    assert [answer["userErrors"] for answer in answers] == [[]] * 4
    assert len({answer["contact"]["id"] for answer in answers}) == 1
    assert number_of_contacts(app) == before + 1


def test_a_declaration_is_applied_once(app: Flask, ask: Ask, robot: Any, records: Records) -> None:
    apply = """mutation ($input: [ApplyNetworkInput!]!) { applyNetworks(input: $input, idempotencyKey: "one", maxDeletes: 9) {
      applied plan { action } userErrors { code path } userWarnings { message } } }"""
    key, declared = robot("networks:read", "networks:update", "contacts:read"), {"asn": 64500, "facilities": []}
    assert ask(apply, key, input=[declared])["applyNetworks"]["plan"] == [{"action": "DELETE"}]
    add = "mutation ($input: CreateNetworkFacilityInput!) { createNetworkFacility(input: $input) { userErrors { code } } }"
    ask(add, key, input={"networkId": records["net"], "facilityId": records["fac"]})
    again = ask(apply, key, input=[declared])["applyNetworks"]
    assert (again["applied"], again["plan"], again["userErrors"], len(again["userWarnings"])) == (True, [], [], 1)
    (error,) = ask(apply, key, input=[declared | {"ports": []}])["applyNetworks"]["userErrors"]
    assert error == {"code": "CONFLICT", "path": ["idempotencyKey"]}


def write(app: Flask, statement: Any) -> None:
    with app.app_context():
        lock(db.session())
        db.session.execute(statement.execution_options(synchronize_session=False))
        db.session.commit()
