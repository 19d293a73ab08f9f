"""Questions made to hurt, with the code that each must be refused with; the tests ask them, and benchmarks/hostile.py times them."""

import json
from typing import Any

PARSE, VALIDATION, INPUT, COST = "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT", "COST_LIMIT_EXCEEDED"
COUNT = "query ($where: NetworkFilter) { networks(where: $where) { totalCount } }"
OFTEN = "query ($where: NetworkFilter) {" + "".join(f" a{index}: networks(where: $where) {{ totalCount }}" for index in range(50)) + " }"


def nest(number: int, leaf: str) -> str:
    """2^number fields in some 40 characters each."""
    fragments = "".join(f" fragment F{index} on Network {{ ...F{index + 1} ...F{index + 1} }}" for index in range(number))
    return f"{{ networks {{ nodes {{ ...F0 }} }} }}{fragments} fragment F{number} on Network {{ {leaf} }}"


def empty_nest(number: int) -> str:
    """2^number spreads of a fragment that isn't there."""
    return "{ ...F0 }" + "".join(f" fragment F{index} on Query {{ ...F{index + 1} ...F{index + 1} }}" for index in range(number))


def many(number: int, form: str) -> str:
    return " ".join(form.format(index) for index in range(number))


DOCUMENTS = {  # name → (text, code)
    "2^60 fields by fragments": (nest(60, "name"), VALIDATION),
    "2^60 spreads of nothing": (empty_nest(60), VALIDATION),
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
    "21 lists of the schema": (f"{{ {many(21, 'a{}: __schema {{ types {{ name }} }}')} }}", VALIDATION),
    "990 names": ("{ networks { nodes { " + "name " * 990 + "} } }", VALIDATION),
    "990 names in a fragment that nobody uses": ("{ viewer { address } } fragment A on Network { " + "name " * 990 + "}", VALIDATION),
    "240 nests of one name": ("{ networks { nodes { " + "organization { networks { nodes { name } } } " * 240 + "} } }", VALIDATION),
    "200 arguments of one field": (f"{{ {many(200, 'networks(first: {}) {{ nodes {{ name }} }}')} }}", VALIDATION),
    "a NUL": ("{ network(asn: 1\0) { name } }", PARSE),
    "5,000 unknown fields": (f"{{ {many(1900, 'x{}')} }}", VALIDATION),
}


def wrapped(number: int, inside: Any) -> Any:
    """A filter in so many denials."""
    for _ in range(number):
        inside = {"not": inside}
    return inside


def conditions(number: int, lookup: str) -> Any:
    return {"or": [{"name": {lookup: str(index)}} for index in range(number)]}


def question(query: str, **variables: Any) -> bytes:
    return json.dumps({"query": query, "variables": variables}).encode()


VARIABLES = {  # name → (body, code)
    "9 levels of a filter": (question(COUNT, where=wrapped(9, {})), INPUT),
    "500 levels of a filter": (question(COUNT, where=wrapped(500, {})), INPUT),
    "51 conditions": (question(COUNT, where=conditions(51, "eq")), INPUT),
    "5,000 conditions, 50 times": (question(OFTEN, where=conditions(5000, "contains")), INPUT),
    "20,000 empty groups, 50 times": (question(OFTEN, where={"or": [{}] * 20_000}), INPUT),
    "a list of 501": (question(COUNT, where={"asn": {"in": list(range(501))}}), INPUT),
    "a list of 30,000, 50 times": (question(OFTEN, where={"asn": {"in": list(range(30_000))}}), INPUT),
    "a text of 200,000 letters": (question(COUNT, where={"name": {"contains": "x" * 200_000}}), INPUT),
    "5 relations": (
        question(COUNT, where={"ports": {"some": {"exchange": {"ports": {"some": {"network": {"organization": {}}}}}}}}),
        INPUT,
    ),
    "a number of 200,000 digits": (b'{"query": "{ network(asn: ' + b"9" * 200_000 + b') { name } }"}', VALIDATION),
    "20,000 variables that nobody knows": (question("{ nothing }", **{f"v{index}": 1 for index in range(20_000)}), VALIDATION),
}
BODIES = {  # no GraphQL at all
    "100,000 brackets of JSON": (b"[" * 100_000, "BAD_REQUEST"),
    "a nest of 20,000 objects": (b'{"query":' * 20_000, "BAD_REQUEST"),
    "invalid UTF-8": (b'{"query": "\xff"}', "BAD_REQUEST"),
    "300 kB": (b'{"query": "' + b" " * 300_000 + b'"}', "PAYLOAD_TOO_LARGE"),
    "a batch of 1,000": (b"[" + b",".join([question("{ viewer { address } }")] * 1000) + b"]", "BAD_REQUEST"),
}
COSTLY = {  # in a registry of full size
    "50 aliases of 50 texts": (question(OFTEN, where=conditions(50, "contains")), COST),
    "50 aliases of a relation": (question(OFTEN, where={"ports": {"none": {"speed": {"gt": 1000}}}}), COST),
    "50 aliases of 50 lists of 500": (
        question(OFTEN, where={"or": [{"name": {"in": [str(index) for index in range(500)]}}] * 50}),
        COST,
    ),
    "exchanges of exchanges": (
        question("{ exchanges { nodes { ports { nodes { exchange { ports { nodes { speed } } } } } } } }"),
        COST,
    ),
    "a thousand of five thousand": (question("{ exchanges(first: 1000) { nodes { ports(first: 5000) { nodes { speed } } } } }"), COST),
}
REFUSED: dict[str, tuple[bytes, str]] = {
    **{name: (question(text), code) for name, (text, code) in DOCUMENTS.items()},
    **VARIABLES,
    **BODIES,
    **COSTLY,
}
