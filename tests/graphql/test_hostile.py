"""Documents made to hurt: refused with a code, by their text's size and not by what they would unfold to."""

from collections.abc import Callable

import pytest

from graphql_schema import KNOWN
from graphql_schema.engine.documents import read_document
from tests.graphql.conftest import Ask, Send, Statements

PARSE, VALIDATION = "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"


def nest(number: int, leaf: str) -> str:
    """2^number fields in some 40 characters each."""
    fragments = "".join(f" fragment F{each} on Network {{ ...F{each + 1} ...F{each + 1} }}" for each in range(number))
    return f"{{ networks {{ nodes {{ ...F0 }} }} }}{fragments} fragment F{number} on Network {{ {leaf} }}"


def many(number: int, form: str) -> str:
    return " ".join(form.format(each) for each in range(number))


DOCUMENTS = {
    "2^60 fields by fragments": (nest(60, "name"), VALIDATION),
    "2^60 aliases by fragments": (nest(60, "a: name"), VALIDATION),
    "2^12 records by fragments": (nest(12, "organization { name }"), VALIDATION),
    "10,000 aliases": (f"{{ {many(10_000, 'a{}: viewer {{ address }}')} }}", PARSE),
    "51 aliases": (f"{{ {many(51, 'a{}: viewer {{ address }}')} }}", VALIDATION),
    "1,000 directives": (f"{{ viewer {'@include(if: true) ' * 1000} {{ address }} }}", PARSE),
    "21 directives": (f"{{ {many(21, 'viewer @skip(if: false) {{ address }}')} }}", VALIDATION),
    "13 levels": ("{ networks { nodes " + "{ organization { networks { nodes " * 4 + "{ name }" + " } } }" * 4 + " } }", VALIDATION),
    "100,000 brackets": ("[" * 100_000, PARSE),
    "100,000 braces": ("{ a " * 50_000, PARSE),
    "deep values": ("{ networks(where: " + "{ not: " * 900 + "{}" + " }" * 900 + ") { totalCount } }", PARSE),
    "a repeated field": ("{ networks { nodes { " + "name " * 3900 + "} } }", VALIDATION),
    "101 fragments": ("{ viewer { address } }" + many(101, " fragment F{} on Network {{ name }}"), VALIDATION),
    "a cycle": ("{ networks { nodes { ...A } } } fragment A on Network { ...B } fragment B on Network { ...A }", VALIDATION),
    "a fragment of itself": ("{ viewer { address } } fragment A on Network { organization { networks { nodes { ...A } } } }", VALIDATION),
    "circular introspection": ("{ __schema " + "{ types { fields { type " * 4 + "{ name }" + " } } }" * 4 + " }", VALIDATION),
    "a NUL": ("{ network(asn: 1\0) { name } }", PARSE),
    "5,000 unknown fields": (f"{{ {many(1900, 'x{}')} }}", VALIDATION),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_hostile_document_is_refused(name: str) -> None:
    text, word = DOCUMENTS[name]
    errors = read_document(KNOWN, text).errors
    assert 1 <= len(errors) <= 5
    assert {(error.extensions or {}).get("code") for error in errors} == {word}


def test_a_hostile_document_costs_no_statement(send: Send, statements: Statements) -> None:
    with statements() as seen:
        for text, _ in DOCUMENTS.values():
            assert send(text).get_json()["errors"]
    assert seen == []


def test_limits_are_what_they_say() -> None:
    for text in (
        f"{{ {many(50, 'a{}: viewer {{ address }}')} }}",
        f"{{ {many(20, 'viewer @skip(if: false) {{ address }}')} }}",
        "{ networks { nodes " + "{ organization { networks { nodes " * 3 + "{ name }" + " } } }" * 3 + " } }",
    ):
        assert not read_document(KNOWN, text).errors


def test_the_same_exchange_printed_often_counts_often(ask: Ask, send: Send, add_networks: Callable[[int], None]) -> None:
    add_networks(230)
    fine = "{ exchanges { nodes { ports(first: 1000) { nodes { exchange { name } } } } } }"
    assert len(ask(fine)["exchanges"]["nodes"][0]["ports"]["nodes"]) > 230
    costly = fine.replace("{ name }", "{ ports(first: 1000) { nodes { speed } } }")
    (error,) = send(costly).get_json()["errors"]
    assert error["extensions"]["code"] == "COST_LIMIT_EXCEEDED"
