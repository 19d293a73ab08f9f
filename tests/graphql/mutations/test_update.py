"""What a key with `update` changes, and what keeps it from doing so."""

from typing import Any

from flask import Flask
from sqlalchemy import select, update

from portal.db.session import lock
from portal.extensions import db
from portal.models import AuditRow, RecordChange
from portal.registry.networks import Network
from tests.graphql.requests import Ask, Send, Statements
from tests.people import People, Robot
from tests.registry import Records

UPDATE = """mutation ($input: UpdateNetworkInput!, $dryRun: Boolean) { updateNetwork(input: $input, dryRun: $dryRun) {
  network { asn name infoPrefixes4 irrAsSet policyGeneral version source }
  userErrors { code message path } userWarnings { message path } } }"""


def values_of(app: Flask, record_id: int) -> dict[str, Any]:
    with app.app_context():
        row = db.session.get_one(Network, record_id)
        return {column.name: getattr(row, column.name) for column in Network.__table__.columns}


def test_what_is_given_changes_and_the_rest_stays(app: Flask, ask: Ask, robot: Any, records: Records) -> None:
    before = values_of(app, records["net"])
    given = {"asn": 64500, "infoPrefixes4": 20, "irrAsSet": "as-example@ripe, as64501", "policyGeneral": "SELECTIVE"}
    payload = ask(UPDATE, robot("networks:read", "networks:update"), input=given)["updateNetwork"]
    stored = {"info_prefixes4": 20, "irr_as_set": "RIPE::AS-EXAMPLE AS64501", "policy_general": "Selective", "version": 2}
    assert payload["userErrors"] == []
    assert payload["network"] == {
        "asn": 64500,
        "name": "Example Net",
        "infoPrefixes4": 20,
        "irrAsSet": "RIPE::AS-EXAMPLE AS64501",
        "policyGeneral": "SELECTIVE",
        "version": 2,
        "source": "HERE",
    }
    after = values_of(app, records["net"])
    assert {name for name in after if after[name] != before[name]} - {"updated", "changed"} == set(stored)
    assert {name: after[name] for name in stored} == stored


def test_history_and_audit_tell_who_changed_which_field(app: Flask, ask: Ask, robot: Any, records: Records) -> None:
    key: Robot = robot("networks:read", "networks:update")
    ask(UPDATE, key, input={"id": f"net:{records['net']}", "infoPrefixes4": 20, "notesPrivate": "a secret"})
    with app.app_context():
        changes = db.session.scalars(select(RecordChange).order_by(RecordChange.field)).all()
        act = db.session.scalars(select(AuditRow).order_by(AuditRow.number.desc())).first()
        assert act is not None
        assert (act.event, act.actor_id, act.details) == ("record.updated", key.key_id, {"fields": ["info_prefixes4", "notes_private"]})
        assert [(row.field, row.before, row.after) for row in changes] == [("info_prefixes4", None, 20), ("notes_private", None, None)]
        assert {(row.act, row.actor_id, row.object_type, row.object_id) for row in changes} == {
            (act.number, key.key_id, "net", records["net"])
        }


def test_a_value_that_is_there_already_changes_nothing(app: Flask, ask: Ask, robot: Any, records: Records) -> None:
    payload = ask(UPDATE, robot("networks:read", "networks:update"), input={"asn": 64500, "name": " Example  Net", "policyGeneral": "OPEN"})
    assert payload["updateNetwork"]["network"]["version"] == 1
    with app.app_context():
        assert db.session.scalars(select(RecordChange)).all() == []


def test_all_wrong_values_are_told_with_their_paths_and_nothing_is_done(app: Flask, ask: Ask, robot: Any, records: Records) -> None:
    before = values_of(app, records["net"])
    given = {"asn": 64500, "infoPrefixes4": -1, "website": "example.net", "name": None, "irrAsSet": "FOO", "infoUnicast": None}
    payload = ask(UPDATE, robot("networks:read", "networks:update"), input=given)["updateNetwork"]
    assert payload["network"] is None
    assert sorted(error["path"][-1] for error in payload["userErrors"]) == ["infoPrefixes4", "infoUnicast", "irrAsSet", "name", "website"]
    assert values_of(app, records["net"]) == before


def test_a_name_of_another_is_taken(ask: Ask, robot: Any, records: Records) -> None:
    payload = ask(UPDATE, robot("networks:read", "networks:update"), input={"asn": 64500, "name": "Other Net"})["updateNetwork"]
    assert [(error["code"], error["path"]) for error in payload["userErrors"]] == [("TAKEN", ["input", "name"])]


def test_an_older_version_gets_the_current_record(ask: Ask, robot: Any, records: Records) -> None:
    key = robot("networks:read", "networks:update")
    ask(UPDATE, key, input={"asn": 64500, "infoPrefixes4": 20, "ifVersion": 1})
    payload = ask(UPDATE, key, input={"asn": 64500, "infoPrefixes4": 30, "ifVersion": 1})["updateNetwork"]
    assert [error["code"] for error in payload["userErrors"]] == ["CONFLICT"]
    assert (payload["network"]["version"], payload["network"]["infoPrefixes4"]) == (2, 20)


def test_a_dry_run_answers_and_keeps_nothing(app: Flask, ask: Ask, robot: Any, records: Records) -> None:
    before = values_of(app, records["net"])
    payload = ask(UPDATE, robot("networks:read", "networks:update"), input={"asn": 64500, "infoPrefixes4": 20}, dryRun=True)
    assert (payload["updateNetwork"]["network"]["infoPrefixes4"], payload["updateNetwork"]["network"]["version"]) == (20, 2)
    assert values_of(app, records["net"]) == before
    with app.app_context():
        assert db.session.scalars(select(RecordChange)).all() == []


def test_what_follows_the_import_is_refused_until_it_is_kept_here(app: Flask, ask: Ask, robot: Any, records: Records) -> None:
    with app.app_context():
        lock(db.session())
        db.session.execute(update(Network).where(Network.id == records["net"]).values(source="import"))
        db.session.commit()
    key, given = robot("networks:read", "networks:update"), {"asn": 64500, "infoPrefixes4": 20}
    (error,) = ask(UPDATE, key, input=given)["updateNetwork"]["userErrors"]
    assert (error["code"], f'keepHere(input: {{id: "net:{records["net"]}"}})' in error["message"]) == ("FOLLOWS_IMPORT", True)
    keep = "mutation ($id: ID!) { keepHere(input: {id: $id}) { record { id ... on Network { source } } userErrors { code } } }"
    kept = {"id": f"net:{records['net']}", "source": "HERE"}
    assert ask(keep, key, id=kept["id"])["keepHere"] == {"record": kept, "userErrors": []}
    assert ask(UPDATE, key, input=given)["updateNetwork"]["network"]["infoPrefixes4"] == 20


def test_a_record_is_confirmed_without_a_new_version(app: Flask, ask: Ask, robot: Any, records: Records) -> None:
    with app.app_context():
        lock(db.session())
        db.session.execute(update(Network).where(Network.id == records["net"]).values(source="import"))
        db.session.commit()
    before, key = values_of(app, records["net"]), robot("networks:read", "networks:update")
    query = """mutation ($id: ID!) { confirmRecord(input: {id: $id}) {
      record { ... on Network { version confirmedAt } } userErrors { code } } }"""
    payload = ask(query, key, id=f"net:{records['net']}")["confirmRecord"]
    assert (payload["userErrors"], payload["record"]["version"], payload["record"]["confirmedAt"] is None) == ([], 1, False)
    after = values_of(app, records["net"])
    assert {name for name in after if after[name] != before[name]} == {"changed", "confirmed_at"}
    with app.app_context():
        act = db.session.scalars(select(AuditRow).order_by(AuditRow.number.desc())).first()
        assert act is not None
        assert (act.event, act.actor_id, act.subject_id) == ("record.confirmed", key.key_id, str(records["net"]))


def test_another_organizations_record_answers_as_one_that_is_not_there(send: Send, robot: Any, records: Records) -> None:
    key = robot("networks:read", "networks:update")
    for asn in (64510, 64999):
        answer: Any = send(UPDATE, key, input={"asn": asn, "infoPrefixes4": 20}).json
        assert [(error["extensions"]["code"], error["message"]) for error in answer["errors"]] == [
            ("NOT_FOUND", f"There is no AS{asn} of yours.")
        ]


def test_a_document_is_refused_whole_for_one_missing_scope(app: Flask, send: Send, robot: Any, records: Records) -> None:
    before = values_of(app, records["net"])
    both = """mutation { updateNetwork(input: {asn: 64500, infoPrefixes4: 9}) { userErrors { code } }
      deleteContact(input: {id: 1}) { userErrors { code } } }"""
    for key in (None, robot("networks:update"), robot("networks:read", name="other")):
        response = send(both, key)
        assert (response.status_code, response.json["errors"][0]["extensions"]["code"]) == (403, "FORBIDDEN")
    assert values_of(app, records["net"]) == before


def test_eleven_mutations_are_too_many(send: Send, robot: Any, records: Records) -> None:
    acts = " ".join(f"m{number}: updateNetwork(input: {{asn: 64500}}) {{ userErrors {{ code }} }}" for number in range(11))
    answer: Any = send(f"mutation {{ {acts} }}", robot("networks:update")).json
    assert "11 mutations; 10 is the maximum" in answer["errors"][0]["message"]


def test_an_update_takes_a_small_constant_of_statements(app: Flask, ask: Ask, robot: Any, records: Records, statements: Statements) -> None:
    key = robot("networks:read", "networks:update")
    ask(UPDATE, key, input={"asn": 64500, "infoPrefixes4": 1})
    with statements() as seen:
        ask(UPDATE, key, input={"asn": 64500, "infoPrefixes4": 2, "infoPrefixes6": 3, "notes": "x", "aka": "y"})
    assert len(seen) <= 20, seen


def test_two_pending_networks_with_one_asn_are_each_their_own_organizations(app: Flask, ask: Ask, robot: Any, people: People) -> None:
    grants = ("networks:read", "networks:create", "networks:update")
    create = "mutation ($input: CreateNetworkInput!) { createNetwork(input: $input) { network { id } userErrors { message } } }"
    for key, owner in ((robot(*grants), people.ours), (robot(*grants, charlie=True), people.theirs)):
        given = {"organizationId": owner, "asn": 64777, "name": f"Of {owner}"}
        created = ask(create, key, input=given)["createNetwork"]["network"]["id"]
        updated = ask(UPDATE.replace("{ asn name", "{ id asn name"), key, input={"asn": 64777, "infoPrefixes4": 7})["updateNetwork"]
        assert (updated["userErrors"], updated["network"]["id"]) == ([], created)
