"""Several writers at once, parents that are gone, and documents of which a part fails."""

from typing import Any

from flask import Flask

from portal.db.session import lock
from portal.extensions import db
from portal.registry.networks import Network
from portal.registry.ports import ExchangePort
from tests.graphql.requests import Ask, Send
from tests.registry import Records
from tests.threads import at_once

UPDATE = """mutation ($input: UpdateNetworkInput!) { updateNetwork(input: $input) {
  network { version infoPrefixes4 } userErrors { code } } }"""


def test_of_writers_at_once_each_with_the_version_it_read_one_wins(app: Flask, robot: Any, records: Records) -> None:
    key, answers = robot("networks:read", "networks:update"), list[Any]()

    def writer(number: int) -> Any:
        def write() -> None:
            given = {"asn": 64500, "infoPrefixes4": number, "ifVersion": 1}
            response: Any = app.test_client().post("/graphql", json={"query": UPDATE, "variables": {"input": given}}, headers=key.headers)
            answers.append(response.json["data"]["updateNetwork"])

        return write

    at_once(app, *(writer(number) for number in (10, 20, 30, 40)))
    assert sorted(len(answer["userErrors"]) for answer in answers) == [0, 1, 1, 1]
    (won,) = [answer["network"] for answer in answers if not answer["userErrors"]]
    lost = [answer for answer in answers if answer["userErrors"]]
    assert {error["code"] for answer in lost for error in answer["userErrors"]} == {"CONFLICT"}
    assert [answer["network"] for answer in lost] == [won] * 3


def test_what_stands_below_a_deleted_record_is_gone_too(app: Flask, send: Send, robot: Any, records: Records) -> None:
    with app.app_context():
        lock(db.session())
        db.session.get_one(Network, records["net"]).status = "deleted"
        db.session.commit()
    key = robot("networks:read", "networks:update", "contacts:create", "contacts:update")
    number = records["net"]
    acts = (
        f'createContact(input: {{networkId: {number}, role: NOC, visible: PUBLIC, email: "a@example.net"}}) {{ userErrors {{ code }} }}',
        f'updateContact(input: {{id: {records["net Public"]}, name: "x"}}) {{ userErrors {{ code }} }}',
        f"updateExchangePort(input: {{id: {records['net port']}, speed: 100}}) {{ userErrors {{ code }} }}",
        f"deleteNetworkFacility(input: {{id: {records['presence']}}}) {{ userErrors {{ code }} }}",
        f'confirmRecord(input: {{id: "net:{number}"}}) {{ userErrors {{ code }} }}',
    )
    for act in acts:
        answer: Any = send(f"mutation {{ {act} }}", key).json
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["NOT_FOUND"], act


def test_of_ten_mutations_those_that_fail_stop_no_other(app: Flask, send: Send, robot: Any, records: Records) -> None:
    numbers = [*range(8), -1]
    acts = [
        f"m{number + 1}: updateNetwork(input: {{asn: 64500, infoPrefixes4: {number}}}) {{ userErrors {{ code }} }}" for number in numbers
    ]
    acts.insert(4, 'gone: updateNetwork(input: {asn: 64999, notes: "x"}) { userErrors { code } }')
    answer: Any = send(f"mutation {{ {' '.join(acts)} }}", robot("networks:update")).json
    assert [error["path"] for error in answer["errors"]] == [["gone"]]
    assert [name for name, payload in answer["data"].items() if payload is None or payload["userErrors"]] == ["gone", "m0"]
    with app.app_context():
        network = db.session.get_one(Network, records["net"])
        assert (network.info_prefixes4, network.version) == (7, 9)


def test_pending_ports_of_others_go_with_a_lan_and_their_network_sees_it(app: Flask, ask: Ask, robot: Any, records: Records) -> None:
    exchange, ours = robot("exchanges:update", charlie=True), robot("networks:read", "networks:update", "audit:read", name="ours")
    lan = """mutation ($id: ID!) { createPeeringLan(input: {exchangeId: $id}) { peeringLan { databaseId } userErrors { code } } }"""
    key = robot("exchanges:read", "exchanges:update", name="both", charlie=True)
    number = ask(lan, key, id=records["ix"])["createPeeringLan"]["peeringLan"]["databaseId"]
    prefix = 'mutation ($id: ID!) { createPrefix(input: {peeringLanId: $id, prefix: "203.0.113.0/24"}) { userErrors { code } } }'
    assert ask(prefix, exchange, id=number)["createPrefix"] == {"userErrors": []}
    with app.app_context():
        lock(db.session())
        place = {"exchange_id": records["ix"], "peering_lan_id": number}
        port = ExchangePort(id=77, network_id=records["waiting"], asn=64502, status="pending", **place)
        db.session.add(port)
        db.session.commit()
    delete = "mutation ($id: ID!) { deletePeeringLan(input: {id: $id}) { userErrors { code message } } }"
    assert ask(delete, exchange, id=number)["deletePeeringLan"] == {"userErrors": []}
    history = "query ($id: ID!) { history(id: $id, first: 5) { nodes { record field after } } }"
    nodes = ask(history, ours, id=f"net:{records['waiting']}")["history"]["nodes"]
    assert nodes == [{"record": "netixlan:77", "field": "status", "after": "deleted"}]
