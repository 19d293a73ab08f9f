"""orderBy: at the top and inside, with cursors that go on in the same order."""

from typing import Any

import pytest
from flask import Flask

from portal.db.session import lock
from portal.extensions import db
from portal.registry.ports import ExchangePort
from portal.registry.types import TYPES
from tests.graphql.requests import Ask, Send
from tests.registry import Records

PAGE = """query ($after: Cursor, $order: [ExchangePortOrder!]) {
  network(asn: 64500) { ports(first: 4, after: $after, orderBy: $order) {
    pageInfo { hasNextPage endCursor } nodes { databaseId speed } } }
}"""
SPEED_DOWN = {"field": "SPEED", "direction": "DESC"}


@pytest.fixture
def thirty_ports(app: Flask, records: Records) -> None:
    """AS64500 gets thirty more ports, five of each speed."""
    with app.app_context():
        lock(db.session())
        for number in range(30):
            place = {"network_id": records["net"], "exchange_id": records["ix"], "peering_lan_id": records["lan"]}
            db.session.add(ExchangePort(id=100 + number, asn=64500, speed=number % 6, ipaddr4=f"198.51.100.{100 + number}", **place))
        db.session.commit()


def names(answer: Any) -> list[str]:
    return [node["name"] for node in answer["networks"]["nodes"]]


def test_names_sort_without_regard_to_case_and_accents(ask: Ask) -> None:
    orders = [names(ask(f"{{ networks(orderBy: {{ field: NAME, direction: {way} }}) {{ nodes {{ name }} }} }}")) for way in ("ASC", "DESC")]
    assert orders[0] == ["Éxample Łabs", "Example Net", "Other Net"]
    assert orders[1] == orders[0][::-1]


def test_a_later_field_sorts_what_the_first_leaves_equal(ask: Ask) -> None:
    order = "[{ field: SPEED, direction: DESC }, { field: ASN }]"
    ports = ask(f"{{ exchangePorts(orderBy: {order}) {{ nodes {{ speed asn }} }} }}")["exchangePorts"]["nodes"]
    assert ports == sorted(ports, key=lambda port: (-port["speed"], port["asn"]))


@pytest.mark.usefixtures("thirty_ports")
@pytest.mark.parametrize(
    "order", [[SPEED_DOWN], [{"field": "SPEED"}], [SPEED_DOWN, {"field": "DATABASE_ID"}], [{"field": "DATABASE_ID", "direction": "DESC"}]]
)
def test_a_nested_list_is_paged_to_its_end_in_order(order: list[dict[str, str]], ask: Ask) -> None:
    ports, after = list[dict[str, int]](), None
    while True:
        page = ask(PAGE, after=after, order=order)["network"]["ports"]
        ports += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(ports) == 31
    expected = sorted(ports, key=lambda port: port["databaseId"], reverse=order[-1].get("direction") == "DESC")
    for key in reversed(order):
        name = "speed" if key["field"] == "SPEED" else "databaseId"
        expected.sort(key=lambda port: port[name], reverse=key.get("direction") == "DESC")
    assert ports == expected


@pytest.mark.usefixtures("thirty_ports")
@pytest.mark.parametrize("first", [1, 31])
def test_each_parent_has_its_own_first_rows(first: int, ask: Ask) -> None:
    query = f"""{{ networks {{ nodes {{ asn ports(first: {first}, orderBy: {{ field: SPEED, direction: DESC }}) {{
      pageInfo {{ hasNextPage }} nodes {{ speed }} }} }} }} }}"""
    ports = {node["asn"]: node["ports"] for node in ask(query)["networks"]["nodes"]}
    speeds = [10_000, *(number for number in range(5, -1, -1) for _ in range(5))]
    assert [port["speed"] for port in ports[64500]["nodes"]] == speeds[:first]
    assert [ports[asn]["pageInfo"]["hasNextPage"] for asn in (64500, 64501)] == [first == 1, False]


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ("[{ field: NAME }, { field: ASN }, { field: UPDATED }, { field: FAC_COUNT }]", "3 fields at most"),
        ("[{ field: ASN }, { field: ASN, direction: DESC }]", "twice"),
    ],
)
def test_what_can_not_be_sorted_by_is_said(order: str, words: str, send: Send) -> None:
    (error,) = send(f"{{ networks(orderBy: {order}) {{ nodes {{ id }} }} }}").json["errors"]
    assert words in error["message"]
    assert (error["extensions"]["code"], error["path"]) == ("BAD_USER_INPUT", ["networks"])


@pytest.mark.parametrize("order", ["{ field: NAME, direction: DESC }", "{ field: ASN }", "[{ field: NAME }, { field: ASN }]", "[]"])
def test_a_cursor_of_another_order_is_refused(order: str, ask: Ask, send: Send) -> None:
    cursor = ask("{ networks(orderBy: { field: NAME }) { pageInfo { endCursor } } }")["networks"]["pageInfo"]["endCursor"]
    query = f"query ($after: Cursor) {{ networks(after: $after, orderBy: {order}) {{ nodes {{ id }} }} }}"
    assert "cursor" in send(query, after=cursor).json["errors"][0]["message"]


@pytest.mark.parametrize("tag", list(TYPES))
def test_whatever_has_an_index_to_sort_by_can_be_seen_by_all_and_is_never_empty(tag: str) -> None:
    kind = TYPES[tag]
    assert set(kind.orders.values()) == {"id", "updated", *kind.sorted_by}
    assert not any(kind.table.c[column].nullable for column in kind.orders.values())
    assert kind.gates.keys().isdisjoint(kind.orders)
