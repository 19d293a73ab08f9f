"""The most likely mistakes of who asks for the first time: each answer says what was wrong and what to do."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.graphql.requests import Send

SCHEMA = "The schema is at /graphql/schema.graphql."
INVALID, INPUT = "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"


def refusal(response: TestResponse) -> tuple[str, str]:
    """The first error's code and message."""
    body: Any = response.get_json()
    return body["errors"][0]["extensions"]["code"], body["errors"][0]["message"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("{ network(asn: 64500) { policy_general } }", "Cannot query field 'policy_general' on type 'Network'."),
        ('{ network(asn: "AS-64500") { name } }', 'An ASN is a whole number from 0 to 4294967295, as 64500 or "AS64500".'),
        ("{ network(asn: 1.10) { name } }", "An ASN is a whole number"),
        ('{ networks(where: {updated: {gt: "yesterday"}}) { totalCount } }', "A DateTime is a text as 2026-04-16T12:00:00Z"),
        ("{ networks(where: {asn: 64500}) { totalCount } }", "Expected value of type 'ASNLookup' to be an object, found: 64500."),
        ("{ networks(where: {policyGeneral: {eq: Open}}) { totalCount } }", "Value 'Open' does not exist in 'Policy' enum."),
        ('{ networks(where: {policyGeneral: {eq: "Open"}}) { totalCount } }', "Enum 'Policy' cannot represent non-enum value: \"Open\"."),
        ("{ networks(where: {name: {contains: north}}) { totalCount } }", "String cannot represent a non string value: north"),
    ],
)
def test_what_the_schema_does_not_have_is_named_with_the_way_to_the_schema(query: str, words: str, send: Send) -> None:
    code, message = refusal(send(query))
    assert code == INVALID
    assert words in message
    assert message.endswith(SCHEMA)


@pytest.mark.parametrize(
    ("query", "variables", "words"),
    [
        ("query ($asn: ASN!) { network(asn: $asn) { name } }", {"asn": "AS 64500"}, "An ASN is a whole number"),
        ("query ($asn: ASN!) { network(asn: $asn) { name } }", {}, "Expected a value of non-null type 'ASN!'"),
        ("{ networks(first: 5000) { totalCount } }", {}, "first must be from 0 to 1000, not 5000. Ask for more by pages"),
        ("{ network { name } }", {}, "Give exactly one of asn and id."),
    ],
)
def test_a_value_that_can_not_be_is_told(query: str, variables: dict[str, Any], words: str, send: Send) -> None:
    code, message = refusal(send(query, **variables))
    assert code == INPUT
    assert words in message


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Bearer ", "Check that the variable it comes from is set."),
        ("Basic YTpi", "Send the token as: Authorization: Bearer pport_…"),
        ("Bearer pport_nope", "Check that the whole token was copied"),
    ],
)
def test_a_credential_that_can_not_be_used_says_what_to_check(header: str, words: str, client: FlaskClient) -> None:
    response = client.post("/graphql", json={"query": "{ viewer { address } }"}, headers={"Authorization": header})
    assert words in refusal(response)[1]


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        ('{"query": "{ viewer { address } }"}', "application/x-www-form-urlencoded", "Send the header Content-Type: application/json"),
        ("{'query': 1}", "application/json", "This isn't JSON in UTF-8 (line 1, column 2)"),
        ("{}", "application/json", "You can try one at /playground."),
    ],
)
def test_a_body_that_can_not_be_read_says_what_to_send(body: str, kind: str, words: str, client: FlaskClient) -> None:
    assert words in refusal(client.post("/graphql", data=body, content_type=kind))[1]


def test_a_key_without_the_scope_is_told_who_can_add_it(send: Send, robot: Any) -> None:
    code, message = refusal(send("{ networks { nodes { name } } }", robot("facilities:read")))
    assert code == "FORBIDDEN"
    assert message == "Query.networks needs networks:read. This API key doesn't have it; an admin of its organization can add it."
