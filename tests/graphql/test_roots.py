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
    number = f"{nodes[0]['id'].partition(':')[2]}" if nodes else "77"
    by_number = [f'(id: "{number}")', f"(id: {number})", f"(databaseId: {number})"]
    fields = " ".join(f"n{place}: {SINGLES[name]}{argument} {{ id __typename }}" for place, argument in enumerate(by_number))
    assert list(ask(f"{{ {fields} }}").values()) == [nodes[0] if nodes else None] * 3
    missing = f"{INDEX.records[name].tag}:77"
    assert ask(f'{{ one: {SINGLES[name]}(id: "{missing}") {{ id }} }}') == {"one": None}


def test_every_type_is_tried_above() -> None:
    assert {INDEX.records[name].tag for name in SINGLES} == set(TYPES)


def test_nodes_come_in_the_order_of_their_ids(ask: Ask, records: Records) -> None:
    ids = [
        f"net:{records['other']}",
        f"ix:{records['ix']}",
        "net:1",
        f"net:{records['net']}",
        f"net:{records['gone']}",
    ]
    query = """query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Network { asn ports { nodes { speed } } } ... on Exchange { name } } }"""
    other, exchange, *nothing, again = ask(query, ids=[*ids, ids[0]])["nodes"]
    assert other == again == {"id": ids[0], "asn": 64510, "ports": {"nodes": [{"speed": 30000}]}}
    assert exchange == {"id": ids[1], "name": "EX-IX"}
    assert nothing == [None, {"id": ids[3], "asn": 64500, "ports": {"nodes": [{"speed": 10000}]}}, None]


def test_nodes_cost_a_statement_for_each_type(ask: Ask, records: Records, statements: Statements) -> None:
    ids = [f"net:{records[name]}" for name in ("net", "second", "other")] + [f"ix:{records['ix']}"]
    with statements() as seen:
        ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=ids)
    assert len(seen) == 2


def test_too_many_nodes_are_refused(send: Send) -> None:
    (error,) = send("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["net:1"] * 501).json["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "500" in error["message"]


SEND = "Send the id of a record of type {}, such as {}:31 or 31."
TYPE_NEEDED = "Send the type's tag and the record's number, such as net:20 or ix:31."


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ('{ exchange(id: "net:31") { id } }', f"net:31 is the id of a record of type Network. {SEND.format('Exchange', 'ix')}"),
        ('{ network(id: "x") { id } }', f'"x" isn\'t an id. {SEND.format("Network", "net")}'),
        (f'{{ contact(id: "{"9" * 99}") {{ id }} }}', f'"{"9" * 40}…" isn\'t an id. {SEND.format("Contact", "poc")}'),
        ("{ facility { id } }", "Give exactly one of id and databaseId."),
        ('{ facility(id: "fac:1", databaseId: 1) { id } }', "Give exactly one of id and databaseId."),
        ("{ facility(id: null) { id } }", "Give exactly one of id and databaseId."),
        ("{ network(asn: 1, databaseId: 1) { id } }", "Give exactly one of asn, id and databaseId."),
        ("{ node(id: 31) { id } }", f'"31" isn\'t an id. {TYPE_NEEDED}'),
        ('{ node(id: "as:31") { id } }', f'"as:31" isn\'t an id. {TYPE_NEEDED}'),
        ('{ nodes(ids: ["net:1", "poc:x"]) { id } }', f'ids[1]: "poc:x" isn\'t an id. {TYPE_NEEDED}'),
    ],
)
def test_what_is_no_id_here_is_refused(query: str, message: str, send: Send) -> None:
    (error,) = send(query).json["errors"]
    assert (error["extensions"]["code"], error["message"]) == ("BAD_USER_INPUT", message)
