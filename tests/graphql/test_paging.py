"""Relay's connections, at the top and inside: pages, cursors, totals and what can't be asked."""

from typing import Any

import pytest
from flask import Flask

from portal.db.session import lock
from portal.extensions import db
from portal.registry.networks import Network
from portal.registry.ports import ExchangePort
from tests.graphql.requests import Ask, Send
from tests.graphql.stored_registry import NETWORK_NULLS
from tests.people import People
from tests.registry import Records

PAGE = """query ($after: Cursor) {
  networks(first: 2, after: $after) { totalCount pageInfo { hasNextPage hasPreviousPage endCursor } nodes { asn } }
}"""


@pytest.fixture
def thirty_ports(app: Flask, records: Records) -> None:
    """AS64500 gets thirty more ports, AS64510 none."""
    with app.app_context():
        lock(db.session())
        for number in range(30):
            place = {"network_id": records["net"], "exchange_id": records["ix"], "peering_lan_id": records["lan"]}
            db.session.add(ExchangePort(id=100 + number, asn=64500, speed=number, ipaddr4=f"198.51.100.{100 + number}", **place))
        db.session.commit()


def pages(ask: Ask, query: str, *path: str) -> list[Any]:
    """All nodes of a list, a page at a time."""
    nodes, after = [], None
    while True:
        part = ask(query, after=after)
        for key in path:
            part = part[key]
        nodes += part["nodes"]
        if not part["pageInfo"]["hasNextPage"]:
            return nodes
        after = part["pageInfo"]["endCursor"]


def test_a_list_is_paged_to_its_end(ask: Ask) -> None:
    assert [node["asn"] for node in pages(ask, PAGE, "networks")] == [64500, 64501, 64510]


def test_a_page_knows_where_it_lies(ask: Ask) -> None:
    first = ask(PAGE)["networks"]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"], first["pageInfo"]["hasPreviousPage"]) == (3, True, False)
    last = ask(PAGE, after=first["pageInfo"]["endCursor"])["networks"]
    assert (last["totalCount"], last["pageInfo"]["hasNextPage"], last["pageInfo"]["hasPreviousPage"]) == (3, False, True)


def test_a_page_goes_on_where_rows_came_and_went(app: Flask, ask: Ask, people: People, records: Records) -> None:
    first = ask(PAGE)["networks"]
    with app.app_context():
        lock(db.session())
        db.session.get_one(Network, records["second"]).status = "deleted"
        db.session.add(Network(id=1, asn=64496, name="Early", organization_id=people.ours, **NETWORK_NULLS))
        db.session.commit()
    rest = ask(PAGE, after=first["pageInfo"]["endCursor"])["networks"]
    assert [node["asn"] for node in rest["nodes"]] == [64510]


@pytest.mark.usefixtures("thirty_ports")
@pytest.mark.parametrize("first", [1, 7, 31, 1000])
def test_nested_lists_are_paged_for_each_parent(first: int, ask: Ask) -> None:
    query = f"{{ networks {{ nodes {{ asn ports(first: {first}) {{ totalCount pageInfo {{ hasNextPage }} nodes {{ speed }} }} }} }} }}"
    ports = {node["asn"]: node["ports"] for node in ask(query)["networks"]["nodes"]}
    assert [ports[64500]["totalCount"], ports[64510]["totalCount"]] == [31, 1]
    assert len(ports[64500]["nodes"]) == min(first, 31)
    assert [ports[asn]["pageInfo"]["hasNextPage"] for asn in (64500, 64510)] == [first < 31, False]
    assert [node["speed"] for node in ports[64510]["nodes"]] == [30_000]


@pytest.mark.usefixtures("thirty_ports")
def test_a_nested_list_is_paged_to_its_end(ask: Ask) -> None:
    query = """query ($after: Cursor) {
      network(asn: 64500) { ports(first: 7, after: $after) { pageInfo { hasNextPage endCursor } nodes { databaseId } } }
    }"""
    ids = [node["databaseId"] for node in pages(ask, query, "network", "ports")]
    assert len(ids) == len(set(ids)) == 31
    assert ids == sorted(ids)


@pytest.mark.usefixtures("thirty_ports")
def test_a_nested_list_is_filtered_and_counted(ask: Ask) -> None:
    query = "{ networks { nodes { ports(where: { speed: { lt: 5 } }) { totalCount nodes { speed } } } } }"
    ports = [node["ports"] for node in ask(query)["networks"]["nodes"]]
    assert [part["totalCount"] for part in ports] == [5, 0, 0]
    assert [node["speed"] for node in ports[0]["nodes"]] == [0, 1, 2, 3, 4]


def test_edges_hold_the_same_rows_as_nodes(ask: Ask) -> None:
    query = "{ networks { nodes { id } edges { cursor __typename node { id } } pageInfo { startCursor endCursor } __typename } }"
    connection = ask(query)["networks"]
    assert [edge["node"] for edge in connection["edges"]] == connection["nodes"]
    assert [connection["edges"][0]["cursor"], connection["edges"][-1]["cursor"]] == [
        connection["pageInfo"]["startCursor"],
        connection["pageInfo"]["endCursor"],
    ]
    assert (connection["__typename"], connection["edges"][0]["__typename"]) == ("NetworkConnection", "NetworkEdge")


def test_an_empty_page_still_tells_the_total(ask: Ask) -> None:
    """It has no cursor to go on from, so that it doesn't say that the list goes on."""
    page = "totalCount nodes { __typename } pageInfo { hasNextPage startCursor }"
    query = f"""{{
      networks(first: 0) {{ {page} }} peers(asn: 64500, first: 0) {{ {page} }} search(text: "net", first: 0) {{ {page} }}
      network(asn: 64500) {{ ports(first: 0) {{ {page} }} }} all: networks {{ nodes {{ ports(first: 0) {{ {page} }} }} }}
    }}"""
    data = ask(query)
    lists = [data["networks"], data["peers"], data["search"], data["network"]["ports"]]
    lists += [network["ports"] for network in data["all"]["nodes"]]
    assert len(lists) == 7
    assert all(part["totalCount"] and not part["nodes"] for part in lists)
    assert all(part["pageInfo"] == {"hasNextPage": False, "startCursor": None} for part in lists)
    changes = ask('{ networks(first: 0, changedSince: "") { pageInfo { hasNextPage endCursor } } }')["networks"]
    assert changes["pageInfo"] == {"hasNextPage": True, "endCursor": ""}  # which goes on


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("first: 1001", "first must be from 0 to 1000"),
        ("first: -1", "first must be from 0 to 1000"),
        ('after: "nonsense"', "cursor"),
        ('after: ""', "cursor"),
        ("where: { asn: { eq: null } }", "isNull"),
        ("where: { asn: null }", "where.asn: This can't be null: leave it out, or ask isNull."),
        ('where: { name: { contains: "a\\u0000" } }', "NUL"),
    ],
)
@pytest.mark.parametrize(
    "place", ["{{ networks({}) {{ nodes {{ id }} }} }}", "{{ organization: viewer {{ address }} networks({}) {{ totalCount }} }}"]
)
def test_what_can_not_be_asked_is_said_before_anything_runs(place: str, arguments: str, words: str, send: Send) -> None:
    response = send(place.format(arguments))
    (error,) = response.json["errors"]
    assert "data" not in response.json
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["path"] == ["networks"]
    assert words in error["message"]


def test_a_cursor_of_another_list_is_refused(ask: Ask, send: Send) -> None:
    cursor = ask("{ exchanges { pageInfo { endCursor } } }")["exchanges"]["pageInfo"]["endCursor"]
    assert "cursor" in send(PAGE, after=cursor).json["errors"][0]["message"]
