"""Giving a record back to the import: shown first, then done, for those alone who may update it."""

from typing import Any

import pytest
from flask import Flask

from portal.db.session import lock
from portal.extensions import db
from portal.models import ImportDifference
from portal.registry.networks import Network
from tests.graphql.requests import Ask, Send
from tests.people import People
from tests.registry import Records

FOLLOW = """mutation ($id: ID!, $dryRun: Boolean) { followImport(input: {id: $id}, dryRun: $dryRun) {
  record { id ... on Network { source infoPrefixes4 } } changes { record field before after } userErrors { code } } }"""


@pytest.fixture
def kept(app: Flask, people: People, records: Records) -> str:
    """A network with an id of PeeringDB's that is kept here, and of which the import says something else."""
    with app.app_context():
        lock(db.session())
        db.session.add(Network(id=7, organization_id=people.ours, asn=64600, name="Kept", info_prefixes4=10))
        whose = {"object_type": "net", "object_id": 7, "record_type": "net", "record_id": 7}
        db.session.add(ImportDifference(field="info_prefixes4", imported=50, clash_id=0, **whose))
        db.session.commit()
    return "net:7"


def test_a_record_follows_the_import_again_after_a_look(ask: Ask, robot: Any, kept: str) -> None:
    key = robot("networks:read", "networks:update")
    shown = ask(FOLLOW, key, id=kept, dryRun=True)["followImport"]
    assert shown["changes"] == [
        {"record": kept, "field": "source", "before": "here", "after": "import"},
        {"record": kept, "field": "infoPrefixes4", "before": "10", "after": "50"},
    ]
    assert ask(f'{{ network(id: "{kept}") {{ source infoPrefixes4 }} }}', key) == {"network": {"source": "HERE", "infoPrefixes4": 10}}
    assert ask(FOLLOW, key, id=kept)["followImport"] == shown
    assert ask(f'{{ network(id: "{kept}") {{ source infoPrefixes4 }} }}', key) == {"network": {"source": "IMPORT", "infoPrefixes4": 50}}


def test_who_may_not_update_it_and_what_was_made_here_is_refused(send: Send, robot: Any, records: Records, kept: str) -> None:
    def code(key: Any, identity: str) -> str:
        answer: Any = send(FOLLOW, key, id=identity).json
        return str(answer["errors"][0]["extensions"]["code"])

    listed = robot("networks:read", name="listed", objects={"networks:update": frozenset({records["net"]})})
    assert [code(key, kept) for key in (None, robot("networks:read"), listed)] == ["FORBIDDEN"] * 3
    assert code(robot("networks:read", "networks:update", charlie=True), kept) == "NOT_FOUND"
    assert code(robot("networks:read", "networks:update", name="writer"), f"net:{records['net']}") == "CONFLICT"


def test_what_goes_along_with_a_deleted_network_is_told_in_what_the_caller_may_read(ask: Ask, robot: Any, records: Records) -> None:
    query = f"mutation {{ deleteNetwork(input: {{id: {records['net']}}}, dryRun: true) {{ changes {{ record field before after }} }} }}"
    gone = ask(query, robot("networks:delete", "networks:read"))["deleteNetwork"]["changes"]
    names = {f"net:{records['net']}", f"netixlan:{records['net port']}", f"netfac:{records['presence']}"}
    assert {row["record"] for row in gone} == names
    assert {(row["field"], row["before"], row["after"]) for row in gone} == {("status", "ok", "deleted")}
    contacts = ask(query, robot("networks:delete", "networks:read", "contacts:read", name="reader"))["deleteNetwork"]["changes"]
    assert len(contacts) > len(gone)
