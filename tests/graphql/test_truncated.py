"""No list is cut short in silence: pageInfo says so, or `extensions.truncated` names it by its path."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal.limits.memory import Spending
from tests.graphql.requests import Send

NETWORKS = ["networks"]
PORTS = ["exchanges", "nodes", "ports"]


@pytest.fixture
def truncated(app: Flask, send: Send, add_networks: Callable[[int], None]) -> Callable[[str], Any]:
    """`truncated(query)`: the paths, among 150 networks with a port at one exchange each."""
    add_networks(150)

    def paths(query: str) -> Any:
        app.extensions["portal spending"] = Spending()
        answer = send(query).json
        assert "errors" not in answer
        return answer["extensions"].get("truncated")

    return paths


CASES: dict[str, list[list[str]] | None] = {
    "{ networks { nodes { name } } }": [NETWORKS],
    "{ networks { edges { cursor } totalCount } }": [NETWORKS],
    "{ networks { nodes { name } pageInfo { hasNextPage } } }": None,
    "{ networks { pageInfo { endCursor } nodes { name } } }": None,
    "{ networks { totalCount } }": None,
    "{ networks(first: 1000) { nodes { name } } }": None,
    "{ networks(first: 0) { nodes { name } } }": None,
    "{ exchanges { nodes { ports(first: 0) { nodes { speed } } } } }": None,
    "{ peers(asn: 64500, first: 0) { nodes { network { name } } } }": None,
    "{ exchanges { nodes { ports { nodes { speed } } } } }": [PORTS],
    "{ exchanges { nodes { ports(first: 5000) { nodes { speed } } } } }": None,
    "{ exchanges { nodes { ports { nodes { speed } pageInfo { hasNextPage } } } } }": None,
    "{ exchanges { edges { node { all: ports(first: 3) { nodes { speed } totalCount } } } } }": [["exchanges", "edges", "node", "all"]],
    "{ here: networks { nodes { name } } exchanges { nodes { ports { nodes { speed } } } } }": [PORTS, ["here"]],
    "{ peers(asn: 64500) { nodes { network { name } } } }": [["peers"]],
    "{ peers(asn: 64500) { nodes { network { name } } pageInfo { hasNextPage } } }": None,
    "{ peers(asn: 64500, first: 5000) { nodes { network { name } } } }": None,
}


@pytest.mark.parametrize("query", CASES)
def test_a_list_that_was_cut_short_is_named(truncated: Callable[[str], Any], query: str) -> None:
    assert truncated(query) == CASES[query]


def test_an_answer_to_get_names_it_too(app: Flask, truncated: Callable[[str], Any]) -> None:
    response = app.test_client().get("/graphql", query_string={"query": "{ networks { nodes { name } } }"})
    body: Any = response.get_json()
    assert body["extensions"] == {"truncated": [NETWORKS]}
    assert "ETag" in response.headers


MOST = {
    "networks(first: {}) {{ totalCount }}": 1000,
    "exchangePorts(first: {}) {{ totalCount }}": 1000,
    "networks {{ nodes {{ ports(first: {}) {{ totalCount }} }} }}": 1000,
    "exchanges {{ nodes {{ ports(first: {}) {{ totalCount }} }} }}": 5000,
    "exchanges {{ nodes {{ facilities(first: {}) {{ totalCount }} }} }}": 1000,
    "peeringLans {{ nodes {{ ports(first: {}) {{ totalCount }} }} }}": 5000,
    "peers(asn: 64500, first: {}) {{ totalCount }}": 5000,
}


@pytest.mark.parametrize("form", MOST)
def test_a_page_has_its_most(send: Send, form: str) -> None:
    assert "errors" not in send(f"{{ {form.format(MOST[form])} }}").json
    for first in (MOST[form] + 1, -1, 2**31 - 1):
        (error,) = send(f"{{ {form.format(first)} }}").json["errors"]
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
        assert f"first must be from 0 to {MOST[form]}, not {first}." in error["message"]
