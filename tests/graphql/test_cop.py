"""The checks of graphql-cop, a scanner of others, each with the very question that it sends: none of them finds what it looks for."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

TYPENAME = "query cop {__typename}"
CIRCULAR = "query cop { __schema { types { " + "fields { type { " * 4 + "name" + " } }" * 4 + " } } }"
FRAGMENTS = "query { __schema { ...A } } fragment A on __Schema { __typename ...B } fragment B on __Schema { ...A }"
PARSE, VALIDATION = "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"


def answer(client: FlaskClient, query: str) -> Any:
    return client.post("/graphql", json={"query": query}).get_json()


def codes(body: Any) -> set[str]:
    """Of a refusal, which holds no data."""
    assert "data" not in body
    return {error["extensions"]["code"] for error in body["errors"]}


@pytest.mark.parametrize(
    ("name", "query", "code"),
    [
        ("alias overloading", "query cop { " + " ".join(f"alias{number}:__typename" for number in range(101)) + " }", VALIDATION),
        ("field duplication", "query cop { " + "__typename \n " * 500 + "}", VALIDATION),
        ("directive overloading", f"query cop {{ __typename {'@aa' * 10} }}", VALIDATION),
        ("circular introspection", CIRCULAR, VALIDATION),
        ("circular fragments", FRAGMENTS, VALIDATION),
    ],
)
def test_a_document_that_overloads_is_refused(name: str, query: str, code: str, client: FlaskClient) -> None:
    body = answer(client, query)
    assert codes(body) == {code}, name
    assert len(body["errors"]) <= 5


def test_a_batch_is_no_question(client: FlaskClient) -> None:
    body = client.post("/graphql", json=[{"query": TYPENAME}] * 10)
    assert (body.status_code, codes(body.get_json())) == (400, {"BAD_REQUEST"})


def test_a_suggestion_tells_what_the_public_schema_tells(client: FlaskClient) -> None:
    schema = client.get("/graphql/schema.graphql").get_data(as_text=True)
    for query in ("query cop { __schema { directive } }", "{ network(asn: 1) { nam } }", "{ networks(where: { nme: {} }) { totalCount } }"):
        body = answer(client, query)
        assert codes(body) == {VALIDATION}
        (suggested,) = re.findall(r"Did you mean ([^?]+)\?", str(body))
        assert all(re.search(rf"\b{word}\b", schema) or word == "directives" for word in re.findall(r"\w\w\w+", suggested)), suggested


def test_a_get_changes_nothing(client: FlaskClient) -> None:
    response = client.get("/graphql", query_string={"query": "mutation cop {__typename}"})
    assert (response.status_code, codes(response.get_json())) == (405, {"METHOD_NOT_ALLOWED"})


def test_a_get_answers_for_nobody_who_is_signed_in(client: FlaskClient) -> None:
    client.set_cookie("session", "x")
    response = client.get("/graphql", query_string={"query": "{ viewer { anonymous } }"})
    assert response.get_json() == {"data": {"viewer": {"anonymous": True}}}
    assert "Access-Control-Allow-Origin" not in response.headers


def test_a_post_that_a_strangers_page_could_send_is_refused(client: FlaskClient) -> None:
    for given in ({"query_string": {"query": TYPENAME}}, {"data": {"query": TYPENAME}}, {"data": f'{{"query": "{TYPENAME}"}}'}):
        response = client.post("/graphql", **given)
        assert (response.status_code, codes(response.get_json())) == (415, {"UNSUPPORTED_MEDIA_TYPE"})


def test_an_answer_traces_nothing(client: FlaskClient) -> None:
    body = answer(client, "query cop { __typename }")
    assert body["data"] == {"__typename": "Query"}
    assert set(body.get("extensions", {})) <= {"cost"}
    assert "stacktrace" not in str(body).lower()


def test_what_is_no_document_tells_nothing_of_the_program(client: FlaskClient) -> None:
    body = answer(client, "qwerty cop { abc }")
    assert codes(body) == {PARSE}
    assert set(body["errors"][0]["extensions"]) == {"code"}
    assert "Traceback" not in str(body)


def test_the_endpoint_is_no_page(client: FlaskClient) -> None:
    for path in ("/graphql", "/graphiql", "/console"):
        response = client.get(path, headers={"Accept": "text/html"})
        assert response.status_code in {404, 406}
        assert "graphiql" not in response.get_data(as_text=True).lower()


def test_introspection_is_on_for_code_generators_and_tells_no_rows(client: FlaskClient) -> None:
    body = answer(client, "query cop { __schema { types { name fields { name } } } }")
    assert {"Network", "Contact"} <= {kind["name"] for kind in body["data"]["__schema"]["types"]}
