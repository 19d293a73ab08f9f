"""Cost: known before anything is read, refused where it is too much, paid from the one budget and settled to what was read."""

from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from graphql_schema.engine.cost.estimate import MAX_ROWS, Cost
from graphql_schema.engine.cost.filter_cost import filter_cost
from portal.extensions import db
from portal.limits.memory import Spending
from portal.registry.read import sizes
from portal.registry.read.filters import read_where
from portal.registry.types import TYPES
from tests.graphql.hostile import COSTLY
from tests.graphql.requests import Ask, Send, Statements
from tests.people import Robot
from tests.registry import Records

NETWORKS = "query ($where: NetworkFilter) { networks(where: $where) { totalCount } }"


@pytest.fixture
def full_size(app: Flask) -> None:
    """The process believes that the registry is of full size."""
    with app.app_context():
        sizes.latest[db.engine] = sizes.Counted(monotonic(), sizes.TYPICAL)


@pytest.fixture
def costs(app: Flask, full_size: None, send: Send) -> Callable[..., int]:
    """`costs(query, **variables)`: the points that are asked for it."""

    def requested(query: str, **variables: Any) -> int:
        app.extensions["portal spending"] = Spending()
        answer = send(query, **variables).json
        cost: int = answer["extensions"]["cost"]["requested"]
        return cost

    return requested


PRICES = {
    "{ viewer { address } }": 1,
    "{ network(asn: 64500) { name ports { nodes { exchange { name } } } contacts { nodes { email } } } }": 1,
    "{ networks(first: 1000) { nodes { name } } }": 10,
    "{ networks(first: 1000) { nodes { name } edges { cursor } } }": 10,
    "{ exchanges(first: 100) { nodes { ports(first: 1000) { nodes { speed } } } } }": 54,
    "{ exchanges(first: 100) { nodes { ports(first: 10) { nodes { speed } } } } }": 11,
    "{ networks(first: 1000) { nodes { organization { name } } } }": 20,
    "{ campuses(first: 1000) { nodes { name } } }": 1,
    "{ networks { totalCount } }": 3,
    "{ a: networks { totalCount } b: networks { totalCount } }": 7,
    "{ peers(asn: 64500) { nodes { network { name } } } }": 1,
    '{ nodes(ids: ["net:1", "net:2", "ix:3"]) { ... on Exchange { ports { nodes { speed } } } } }': 1,
    "{ dataStatus { types { count } } }": 26,
    "{ dataStatus { version } }": 1,
}


@pytest.mark.parametrize("query", PRICES)
def test_what_a_question_is_expected_to_cost(costs: Callable[..., int], query: str) -> None:
    assert costs(query) == PRICES[query]


def test_ids_cost_as_many_rows_as_they_are(costs: Callable[..., int]) -> None:
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Exchange { ports { nodes { speed } } } ... on Network { name } } }"
    assert costs(query, ids=[f"ix:{number}" for number in range(500)]) == (500 + 500 * 70_000 // 1300) // 100


FILTERS: dict[str, tuple[Any, int]] = {
    "a unique value": ({"asn": {"eq": 64500}}, 1),
    "some unique values": ({"or": [{"asn": {"eq": 64500}}, {"asn": {"in": [64501, 64502]}}]}, 1),
    "all but a unique value": ({"not": {"asn": {"eq": 64500}}}, 4),
    "a text": ({"name": {"contains": "net"}}, 4),
    "a text without a folded copy": ({"notes": {"contains": "net"}}, 7),
    "ten texts": ({"or": [{"name": {"contains": str(number)}} for number in range(10)]}, 10),
    "a relation": ({"ports": {"some": {"speed": {"gt": 1000}}}}, 26),
    "a relation to something indexed": ({"organization": {"databaseId": {"eq": 1}}}, 1),
    "a relation to nothing indexed": ({"ports": {"none": {"exchange": {"databaseId": {"eq": 26}}}}}, 4),
}


@pytest.mark.parametrize("name", FILTERS)
def test_what_a_filter_looks_at_is_paid_for(costs: Callable[..., int], name: str) -> None:
    where, price = FILTERS[name]
    assert costs(NETWORKS, where=where) == price


def test_a_filter_is_paid_for_once_by_each_statement(costs: Callable[..., int]) -> None:
    both = NETWORKS.replace("totalCount", "totalCount nodes { name }")
    where = {"notes": {"contains": "net"}}
    assert [costs(query, where=where) for query in (NETWORKS, both)] == [7, 16]  # two scans of 770 rows' worth, and 100 rows


def test_a_relation_that_an_index_serves_is_cheap_in_lists_too() -> None:
    where = read_where(TYPES["netixlan"], {"network": {"asn": {"eq": 64500}}, "exchange": {"id": {"in": [26, 31]}}})
    assert filter_cost(TYPES["netixlan"], where.shape, where.values, sizes.TYPICAL).max_rows == 20


FOUR = "query ($inside: NetworkFilter) { networks(where: { ports: { some: { exchange: { ports: { some: { network: $inside } } } } } }) %s }"


def test_a_fourth_relation_is_for_few_rows_that_an_index_finds(costs: Callable[..., int], send: Send, statements: Statements) -> None:
    query = FOUR % "{ nodes { asn } }"
    assert costs(query, inside={"asn": {"in": [64500, 64501]}}) < 20
    with statements() as seen:
        (error,) = send(query, inside={"name": {"contains": "net"}}).json["errors"]
    assert (error["extensions"]["code"], "by ASN or id" in error["message"]) == ("COST_LIMIT_EXCEEDED", True)
    assert seen == []


def test_one_records_long_list_is_counted_before_it_is_read(
    costs: Callable[..., int], ask: Ask, add_networks: Callable[[int], None], statements: Statements, records: Records
) -> None:
    """The mean exchange has 53 ports; who asks for so many that it matters asks for a large one."""
    add_networks(250)
    query = "query ($id: ID!, $first: Int) { exchange(id: $id) { ports(first: $first) { nodes { network { name } } } } }"
    record = query.replace("exchange(id: $id) {", "node(id: $id) { ... on Exchange {").replace("} } } } }", "} } } } } }")
    exchange = f"ix:{records['ix']}"
    assert [costs(text, id=exchange, first=first) for text in (query, record) for first in (100, 1000)] == [1, 5, 1, 5]
    assert costs(query, id="ix:404", first=1000) == 1
    with statements() as seen:
        ask(query, id=exchange, first=1000)
    assert len(seen) == 4


def test_peers_are_paid_for_by_the_ports_at_our_lans(
    costs: Callable[..., int], ask: Ask, send: Send, add_networks: Callable[[int], None]
) -> None:
    """A page is paid for by itself, and ranking by what is ranked, before and after."""
    add_networks(700)
    query = "query ($first: Int) { peers(asn: 64500, first: $first) { nodes { network { name } sharedExchanges { exchange { name } } } } }"
    for first, points in ((0, 1), (10, 1), (300, 12), (5000, 24)):
        actual = send(query, first=first).json["extensions"]["cost"]["actual"]
        assert points == actual <= costs(query, first=first) <= actual * 1.5


@pytest.mark.parametrize("name", COSTLY)
def test_what_costs_too_much_is_told_with_its_price(client: FlaskClient, records: Records, full_size: None, name: str) -> None:
    body, code = COSTLY[name]
    answer: Any = client.post("/graphql", data=body, content_type="application/json").get_json()
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == code
    assert error["extensions"]["mostRows"] == MAX_ROWS < error["extensions"]["expectedRows"]
    assert f"one request may cost {MAX_ROWS}" in error["message"]


def test_a_cost_is_at_least_a_point() -> None:
    assert [Cost(rows=rows, scanned=scanned).points for rows, scanned in ((0, 0), (99, 100), (150, 49), (150, 50))] == [1, 1, 1, 2]


def test_an_answer_tells_what_it_cost(send: Send, robot: Callable[..., Robot], full_size: None) -> None:
    response = send("{ networks(first: 1000) { nodes { name } } }", robot("networks:read"))
    cost = response.json["extensions"]["cost"]
    assert (cost["requested"], cost["actual"], cost["remaining"]) == (10, 1, 999)
    assert cost["resetAt"].endswith("Z")
    assert response.headers["RateLimit"].startswith('"key";r=999;t=')


def test_an_answer_to_get_tells_it_in_headers_alone(app: Flask, send: Send) -> None:
    response = app.test_client().get("/graphql", query_string={"query": "{ rateLimit { remaining } }"})
    assert response.get_json() == {"data": {"rateLimit": {"remaining": 59}}}
    assert response.headers["RateLimit"].startswith('"address";r=59;t=')


def test_the_limit_is_told_before_it_is_settled(send: Send, full_size: None) -> None:
    limit = send("{ rateLimit { limit cost remaining resetAt } networks(first: 1000) { nodes { name } } }").json
    state = limit["data"]["rateLimit"]
    assert (state["limit"], state["cost"], state["remaining"]) == (60, 10, 50)
    assert (limit["extensions"]["cost"]["actual"], limit["extensions"]["cost"]["remaining"]) == (1, 59)
    assert state["resetAt"] == limit["extensions"]["cost"]["resetAt"]


def test_a_question_is_paid_beforehand_and_one_beyond_the_limit_once(
    app: Flask, send: Send, full_size: None, statements: Statements
) -> None:
    app.extensions["portal spending"] = spending = Spending()
    for _ in range(59):
        assert send("{ viewer { address } }").status_code == 200
    with statements() as seen:
        refused = send("{ networks(first: 1000) { nodes { name } } }")
    assert (refused.status_code, refused.json["errors"][0]["extensions"]["code"]) == (429, "RATE_LIMITED")
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.headers["RateLimit"].startswith('"address";r=0;t=')
    assert seen == []
    spending.addresses.by_subject.clear()
    send("{ viewer { address } }")
    beyond = send("{ exchanges { nodes { ports(first: 500) { nodes { speed } } } } a: networks(first: 1000) { nodes { name } } }")
    assert beyond.json["extensions"]["cost"]["requested"] == 64
    assert beyond.status_code == 200
    assert beyond.headers["RateLimit"].startswith('"address";r=58;t=')


def test_sizes_are_kept_until_they_are_old(app: Flask, ask: Ask) -> None:
    with app.app_context():
        engine = db.engine
    sizes.latest.pop(engine, None)
    ask("{ networks { totalCount } }")
    kept = sizes.latest[engine]
    assert (kept.sizes["net"], kept.sizes["ix"]) == (5, 1)
    ask("{ networks { totalCount } }")
    assert sizes.latest[engine] is kept
    kept.at -= sizes.FRESH_SECONDS + 1
    ask("{ networks { totalCount } }")
    assert sizes.latest[engine] is not kept


def test_a_registry_without_rows_can_be_asked(app: Flask) -> None:
    client = app.test_client()
    for query in ("{ networks { nodes { ports { nodes { speed } } } totalCount } }", '{ search(text: "net") { totalCount } }'):
        assert client.post("/graphql", json={"query": query}).get_json()["extensions"]["cost"]["requested"] == 1
