"""Questions made to hurt: refused with a code, by their text's size and not by what they would unfold to."""

from collections.abc import Callable
from time import monotonic

import pytest
from flask import Flask
from flask.testing import FlaskClient
from graphql import get_introspection_query

from graphql_schema import INDEX
from graphql_schema.engine.documents.document import read_document
from portal.extensions import db
from portal.http.json_answers import JSON
from portal.limits.memory import Spending
from portal.registry.read import sizes
from tests.graphql.hostile import DOCUMENTS, REFUSED, many
from tests.graphql.requests import Ask, Send, Statements


@pytest.fixture
def full_size(app: Flask) -> None:
    """The process believes that the registry is of full size."""
    with app.app_context():
        sizes.latest[db.engine] = sizes.Counted(monotonic(), sizes.TYPICAL)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_hostile_document_is_refused(name: str) -> None:
    text, word = DOCUMENTS[name]
    errors = read_document(INDEX, text).errors
    assert 1 <= len(errors) <= 5
    assert {(error.extensions or {}).get("code") for error in errors} == {word}


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_question_is_refused_without_a_statement(
    app: Flask, client: FlaskClient, full_size: None, statements: Statements, name: str
) -> None:
    """Trap 19: a nested query of 217 bytes that runs for 31 s."""
    body, word = REFUSED[name]
    app.extensions["portal spending"] = Spending()
    with statements() as seen:
        response = client.post("/graphql", data=body, content_type=JSON)
    assert response.status_code in {200, 400, 413}
    answer = response.get_json()
    assert "data" not in answer
    assert {error["extensions"]["code"] for error in answer["errors"]} == {word}
    assert len(response.get_data()) < 5000
    assert seen == []


def test_limits_are_what_they_say() -> None:
    for text in (
        f"{{ {many(50, 'a{}: viewer {{ address }}')} }}",
        f"{{ {many(20, 'viewer @skip(if: false) {{ address }}')} }}",
        "{ networks { nodes " + "{ organization { networks { nodes " * 3 + "{ name }" + " } } }" * 3 + " } }",
        "{ networks { nodes { " + "name " * 100 + "} } }",
        f"{{ {many(20, 'a{}: __schema {{ types {{ name }} }}')} }}",
        get_introspection_query(specified_by_url=True, directive_is_repeatable=True, schema_description=True, input_value_deprecation=True),
        "{ networks { nodes { " + many(50, "...F{}") + " } } }" + many(50, " fragment F{} on Network {{ id name asn }}"),
    ):
        assert not read_document(INDEX, text).errors


def test_the_same_exchange_printed_often_counts_often(ask: Ask, send: Send, add_networks: Callable[[int], None]) -> None:
    add_networks(230)
    fine = "{ exchanges { nodes { ports(first: 1000) { nodes { exchange { name } } } } } }"
    assert len(ask(fine)["exchanges"]["nodes"][0]["ports"]["nodes"]) > 230
    costly = fine.replace("{ name }", "{ ports(first: 1000) { nodes { speed } } }")
    (error,) = send(costly).get_json()["errors"]
    assert error["extensions"]["code"] == "COST_LIMIT_EXCEEDED"


def test_a_long_number_tells_nothing_of_the_program() -> None:
    (error,) = read_document(INDEX, f"{{ networks(first: {'9' * 5000}) {{ totalCount }} }}").errors
    assert error.message == "A number has too many digits. The schema is at /graphql/schema.graphql."
