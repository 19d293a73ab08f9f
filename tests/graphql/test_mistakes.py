"""The most likely mistakes of who asks for the first time: each answer says what was wrong and what to do."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.graphql.requests import Send

SCHEMA = "The schema is at /graphql/schema.graphql."
UNKNOWN, NULL = "Cannot query field", "This can't be null: leave it out"
FILTER = "query ($where: NetworkFilter) { networks(where: $where) { totalCount } }"
INVALID, INPUT = "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"


def refusal(response: TestResponse) -> tuple[str, str]:
    """The first error's code and message."""
    body: Any = response.get_json()
    return body["errors"][0]["extensions"]["code"], body["errors"][0]["message"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (
            "{ network(asn: 64500) { policy_general } }",
            f"{UNKNOWN} 'policy_general' on type 'Network'. Did you mean 'policyGeneral' or 'policyUrl'?",
        ),
        ("{ networks { asn } }", f"{UNKNOWN} 'asn' on type 'NetworkConnection'. Did you mean 'nodes {{ asn }}'?"),
        ("{ networks { notes } }", f"{UNKNOWN} 'notes' on type 'NetworkConnection'. Did you mean 'nodes {{ notes }}'?"),
        ("{ peers(asn: 1) { edges { shared_exchanges } } }", "Did you mean 'node { sharedExchanges }'?"),
        ("{ viewer { nonsense } }", f"{UNKNOWN} 'nonsense' on type 'Viewer'. {SCHEMA}"),
        ('{ network(asn: "AS-64500") { name } }', 'An ASN is a whole number from 0 to 4294967295, as 64500 or "AS64500".'),
        ("{ network(asn: 1.10) { name } }", "An ASN is a whole number"),
        ('{ networks(where: {updated: {gt: "yesterday"}}) { totalCount } }', "A DateTime is a text as 2026-04-16T12:00:00Z"),
        (
            "{ networks(where: {asn: 64500}) { totalCount } }",
            "Expected value of type 'ASNLookup' to be an object, found: 64500. Did you mean { eq: 64500 }?",
        ),
        ("{ networks(where: {asn: [1, 2]}) { totalCount } }", "Did you mean { in: [1, 2] }?"),
        ('{ networks(where: {nme: {eq: "x"}}) { totalCount } }', "unknown field 'nme'. Did you mean 'name' or 'not'?"),
        ("{ networks(orderBy: {field: name}) { totalCount } }", "Did you mean the enum value 'NAME'?"),
        ("{ networks(frst: 3) { totalCount } }", "Did you mean 'first'?"),
        ("{ networks(where: {asn: {in: [null]}}) { totalCount } }", "not to be null. Leave it out, or give a value."),
        ("{ networks(changedSince: 1776340800) { totalCount } }", "For rows that changed since a time, use where.updated: where: {updated"),
        (
            "{ networks(where: {policyGeneral: {eq: Open}}) { totalCount } }",
            "Value 'Open' does not exist in 'Policy' enum. Did you mean the enum value 'OPEN'?",
        ),
        (
            '{ networks(where: {policyGeneral: {eq: "Open"}}) { totalCount } }',
            "non-enum value: \"Open\". Did you mean the enum value 'OPEN'?",
        ),
        ('{ networks(where: {infoTraffic: {eq: "1 Tbps+"}}) { totalCount } }', "Did you mean the enum value 'TBPS_1_5'?"),
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
        (FILTER, {"where": {"asn": 64500}}, "found: 64500. Did you mean { eq: 64500 }?"),
        (FILTER, {"where": {"policyGeneral": {"eq": "Open"}}}, "Did you mean the enum value 'OPEN'?"),
        (FILTER, {"where": {"infoTypes": {"some": {"in": ["Cable/DSL/ISP"]}}}}, "Did you mean the enum value 'CABLE_DSL_ISP'?"),
        (FILTER, {"where": {"asn": {"in": [None]}}}, "at .asn.in[0]: Expected value of non-null type 'ASN!' not to be null. Leave it out"),
        (FILTER, {"where": {"and": [{"infoScope": {"in": None}}]}}, f"where.and[0].infoScope.in: {NULL}, or ask isNull."),
        (FILTER, {"where": {"or": None}}, f"where.or: {NULL}."),
        (FILTER, {"where": {"databaseId": {"eq": None}}}, f"where.databaseId.eq: {NULL}, or ask isNull."),
        (FILTER, {"where": {"ports": {"some": {"ipaddr4": {"eq": None}}}}}, f"where.ports.some.ipaddr4.eq: {NULL}, or ask isNull."),
        (FILTER, {"where": {"ports": {"none": None}}}, f"where.ports.none: {NULL}."),
        (FILTER, {"where": {"infoTypes": {"some": {"eq": None}}}}, f"where.infoTypes.some.eq: {NULL}."),
        (
            FILTER,
            {"where": {"socialMedia": {"every": {"service": {"ne": None}}}}},
            f"where.socialMedia.every.service.ne: {NULL}, or ask isNull.",
        ),
        (FILTER, {"where": {"not": {"nameLong": {"contains": "\0"}}}}, "where.not.nameLong.contains: A text in a filter can't hold a NUL"),
        (FILTER, {"where": {"and": [{}, {"databaseId": {"in": [1] * 501}}]}}, "where.and[1].databaseId.in: This list can hold 500 values"),
        ("{ networks(first: 5000) { totalCount } }", {}, "first must be from 0 to 1000, not 5000. Ask for more by pages"),
        ("{ network { name } }", {}, "Give exactly one of asn, id and databaseId."),
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
        ("Bearer pport_nope", "check that the whole token was copied"),
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


@pytest.mark.parametrize(
    ("sent", "time"),
    [
        ("2026-04-16T14:00:00.5+02:00", "2026-04-16T12:00:00Z"),
        ("2026-04-16", "2026-04-16T00:00:00Z"),
        ("1776340800", "2026-04-16T12:00:00Z"),
    ],
)
@pytest.mark.parametrize("argument", ["after", "changedSince"])
def test_a_time_instead_of_a_cursor_is_told_of_the_filter(argument: str, sent: str, time: str, send: Send) -> None:
    code, message = refusal(send(f'{{ networks({argument}: "{sent}") {{ totalCount }} }}'))
    said = f'This is a time, not a cursor. For rows that changed since a time, use where.updated: where: {{updated: {{gte: "{time}"}}}}.'
    assert (code, message) == (INPUT, said)


def test_suggestions_look_at_a_few_errors_and_short_names_only(send: Send) -> None:
    names = " ".join(f"networkFacilitie{letter}{letter}" for letter in "abcdefghijklmnopqrst")
    errors = send(f"{{ {names} }}").json["errors"]
    assert [message.count("Did you mean") for message in (error["message"] for error in errors)] == [1] * 5
    for name in ("asn" * 50_000, "_" * 200_000):
        (error,) = send(f"{{ networks {{ {name} }} }}").json["errors"]
        assert len(error["message"]) < 600
