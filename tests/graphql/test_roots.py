"""Every type has its pair of root fields, and node and nodes find records of all types."""

import pytest

from graphql_schema import INDEX
from portal.registry.types import TYPES
from tests.graphql.oracle_types import ROOTS
from tests.graphql.requests import Ask, Send, Statements
from tests.registry import Records

SINGLES = {
    "Organization": "organization",
    "Network": "network",
    "Exchange": "exchange",
    "PeeringLan": "peeringLan",
    "Prefix": "prefix",
    "ExchangePort": "exchangePort",
    "Facility": "facility",
    "NetworkFacility": "networkFacility",
    "ExchangeFacility": "exchangeFacility",
    "Carrier": "carrier",
    "CarrierFacility": "carrierFacility",
    "Campus": "campus",
    "Contact": "contact",
}


@pytest.mark.parametrize("name", sorted(SINGLES))
def test_a_type_is_asked_for_as_a_list_and_by_id(name: str, ask: Ask) -> None:
    several = next(root for root, kind in ROOTS.items() if kind == name)
    nodes = ask(f"{{ {several} {{ totalCount nodes {{ id __typename }} }} }}")[several]["nodes"]
    for node in nodes:
        document = f"query ($id: ID!) {{ one: {SINGLES[name]}(id: $id) {{ id __typename }} node(id: $id) {{ id __typename }} }}"
        assert ask(document, id=node["id"]) == {"one": node, "node": node}
    missing = f"{INDEX.records[name].tag}:77"
    assert ask(f'{{ one: {SINGLES[name]}(id: "{missing}") {{ id }} }}') == {"one": None}


def test_every_type_is_tried_above() -> None:
    assert {INDEX.records[name].tag for name in SINGLES} == set(TYPES)


def test_nodes_come_in_the_order_of_their_ids(ask: Ask, records: Records) -> None:
    ids = [
        f"net:{records['other']}",
        f"ix:{records['ix']}",
        "net:1",
        "nonsense",
        f"net:{records['net']}",
        f"net:{records['gone']}",
        "poc:x",
    ]
    query = """query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Network { asn ports { nodes { speed } } } ... on Exchange { name } } }"""
    other, exchange, *nothing, again = ask(query, ids=[*ids, ids[0]])["nodes"]
    assert other == again == {"id": ids[0], "asn": 64510, "ports": {"nodes": [{"speed": 30000}]}}
    assert exchange == {"id": ids[1], "name": "EX-IX"}
    assert nothing == [None, None, {"id": ids[4], "asn": 64500, "ports": {"nodes": [{"speed": 10000}]}}, None, None]


def test_nodes_cost_a_statement_for_each_type(ask: Ask, records: Records, statements: Statements) -> None:
    ids = [f"net:{records[name]}" for name in ("net", "second", "other")] + [f"ix:{records['ix']}"]
    with statements() as seen:
        ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=ids)
    assert len(seen) == 2


def test_too_many_nodes_are_refused(send: Send) -> None:
    (error,) = send("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["net:1"] * 501).json["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "500" in error["message"]
