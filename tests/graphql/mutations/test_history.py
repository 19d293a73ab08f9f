"""History by key: who or what changed which field, for those alone who may read the activity."""

from typing import Any

from flask import Flask

from portal.db.session import lock
from portal.extensions import db
from portal.models import ImportDifference
from tests.graphql.requests import Ask, Send
from tests.people import People
from tests.registry import Records

HISTORY = """query ($id: ID!, $first: Int, $after: Cursor) { history(id: $id, first: $first, after: $after) {
  nodes { act at actorKind actorName record field before after } pageInfo { hasNextPage hasPreviousPage endCursor } } }"""
ACTS = """mutation ($network: ID!, $port: ID!, $contact: ID!) {
  updateNetwork(input: {id: $network, infoPrefixes4: 20, irrAsSet: "RIPE::AS-X"}) { userErrors { message } }
  updateExchangePort(input: {id: $port, speed: 400000}) { userErrors { message } }
  updateContact(input: {id: $contact, name: "Someone else"}) { userErrors { message } } }"""


def test_a_networks_history_tells_of_its_ports_and_contacts_without_personal_values(ask: Ask, robot: Any, records: Records) -> None:
    writer, reader = robot("networks:update", "contacts:update", name="nightly"), robot("audit:read", name="reader")
    ids = {"network": f"net:{records['net']}", "port": f"netixlan:{records['net port']}", "contact": f"poc:{records['net Public']}"}
    answer = ask(ACTS, writer, **ids)
    assert [payload["userErrors"] for payload in answer.values()] == [[], [], []]
    page = ask(HISTORY, reader, id=ids["network"])["history"]
    assert [(row["record"], row["field"], row["before"], row["after"]) for row in page["nodes"]] == [
        (ids["contact"], "name", None, None),
        (ids["port"], "speed", "10000", "400000"),
        (ids["network"], "irrAsSet", "", "RIPE::AS-X"),
        (ids["network"], "infoPrefixes4", None, "20"),
    ]
    assert {(row["actorKind"], row["actorName"]) for row in page["nodes"]} == {("key", "nightly")}
    assert len({row["act"] for row in page["nodes"]}) == 3
    first = ask(HISTORY, reader, id=ids["network"], first=3)["history"]
    rest = ask(HISTORY, reader, id=ids["network"], first=3, after=first["pageInfo"]["endCursor"])["history"]
    assert first["nodes"] + rest["nodes"] == page["nodes"]
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    assert len(ask(HISTORY, reader, id=ids["port"])["history"]["nodes"]) == 1


def test_a_ports_history_is_read_by_both_sides_and_by_no_one_else(ask: Ask, send: Send, robot: Any, records: Records) -> None:
    ask(ACTS, robot("networks:update", "contacts:update"), network=records["net"], port=records["net port"], contact=records["net Public"])
    exchanges = robot("audit:read", name="theirs", charlie=True)
    ids = {name: f"{tag}:{records[name]}" for name, tag in {"net port": "netixlan", "ix": "ix", "net": "net", "net Public": "poc"}.items()}
    numbers = {name: len(ask(HISTORY, exchanges, id=identity)["history"]["nodes"]) for name, identity in ids.items()}
    assert numbers == {"net port": 1, "ix": 1, "net": 0, "net Public": 0}
    for key in (None, robot("networks:read", "networks:update", name="reader")):
        response = send(HISTORY, key, id=ids["net"])
        (error,) = response.json["errors"]
        assert (response.status_code, error["extensions"]["requiredScopes"]) == (403, ["audit:read"])


DIFFERENCES = "query ($id: ID!) { importDifferences(id: $id) { record field stored imported clash } }"


def test_what_an_import_would_have_said_is_told_to_the_organization_alone(app: Flask, ask: Ask, robot: Any, records: Records) -> None:
    differences = {"speed": 20_000, "notes_private": "theirs", "": {"network_id": records["net"], "role": "NOC", "visible": "Private"}}
    kinds = {"speed": ("netixlan", records["net port"]), "notes_private": ("net", records["net"]), "": ("poc", 99)}
    with app.app_context():
        lock(db.session())
        for field, imported in differences.items():
            tag, number = kinds[field]
            whose = {"object_type": "net", "object_id": records["net"], "record_type": tag, "record_id": number}
            db.session.add(ImportDifference(field=field, imported=imported, clash_id=0, **whose))
        db.session.commit()
    identity = f"net:{records['net']}"
    port = {"record": f"netixlan:{records['net port']}", "field": "speed", "stored": "10000", "imported": "20000", "clash": None}
    ours = robot("networks:read", name="ours")
    assert ask(DIFFERENCES, ours, id=identity)["importDifferences"] == [port]
    everything = robot("networks:read", "networks:read_private", "contacts:read_private", name="all")
    assert [row["field"] for row in ask(DIFFERENCES, everything, id=identity)["importDifferences"]] == ["notesPrivate", "speed", ""]
    for key in (None, robot("networks:read", charlie=True)):
        assert ask(DIFFERENCES, key, id=identity)["importDifferences"] == []


def test_what_names_a_deleted_facility_names_none_and_its_history_says_so(ask: Ask, robot: Any, records: Records, people: People) -> None:
    key = robot(
        "networks:update", "networks:read", "facilities:create", "facilities:update", "facilities:delete", "facilities:read", "audit:read"
    )
    create = "mutation ($input: CreateFacilityInput!) { createFacility(input: $input) { facility { id } userErrors { message } } }"
    facility = ask(create, key, input={"organizationId": people.ours, "name": "Our house"})["createFacility"]["facility"]["id"]
    port = f"netixlan:{records['net port']}"
    update = "mutation ($input: UpdateExchangePortInput!) { updateExchangePort(input: $input) { exchangePort { version } } }"
    ask(update, key, input={"id": port, "netSideId": facility})
    deletion = "mutation ($id: ID!) { deleteFacility(input: {id: $id}) { changes { record field after } userErrors { message } } }"
    changes = ask(deletion, key, id=facility)["deleteFacility"]["changes"]
    assert {"record": port, "field": "netSideId", "after": None} in changes
    newest = ask(HISTORY, key, id=port)["history"]["nodes"][0]
    assert (newest["field"], newest["before"], newest["after"]) == ("netSideId", facility.partition(":")[2], None)
