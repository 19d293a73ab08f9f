"""One statement per nesting level, whatever the number of rows; one snapshot; none for what is refused."""

from collections.abc import Callable

import pytest

from tests.graphql.requests import Ask, Send, Statements
from tests.people import Robot

DEEP = """{
  exchanges { totalCount nodes {
    name
    ports { totalCount nodes { speed network { asn organization { name } contacts { totalCount nodes { email } } } } }
    peeringLans { nodes { prefixes { nodes { prefix } } } }
  } }
}"""


def test_statements_do_not_grow_with_rows(ask: Ask, statements: Statements, add_networks: Callable[[int], None]) -> None:
    with statements() as few:
        ask(DEEP)
    add_networks(150)
    with statements() as many:
        ask(DEEP.replace("ports {", "ports(first: 1000) {"))
    assert len(many) == len(few) == 10


def test_a_key_costs_one_statement_more(ask: Ask, statements: Statements, robot: Callable[..., Robot]) -> None:
    key = robot("networks:read")
    query = "{ networks { nodes { asn } } }"
    ask(query, key)  # its first use is written
    with statements() as seen:
        ask(query, key)
    assert len(seen) == 2


@pytest.mark.parametrize(
    "query", ["{", "{ nonsense }", "{ network(asn: 64500) { notesPrivate } }", "{ networks(first: 2000) { totalCount } }"]
)
def test_what_is_refused_asks_the_database_nothing(query: str, send: Send, statements: Statements) -> None:
    with statements() as seen:
        assert "errors" in send(query).json
    assert seen == []


def test_only_what_is_selected_is_read(ask: Ask, statements: Statements) -> None:
    with statements() as seen:
        ask("{ networks { totalCount } exchanges { nodes { name } } }")
    assert len(seen) == 2
    assert "count(" in seen[0].lower()
    assert "tech_email" not in seen[1]
