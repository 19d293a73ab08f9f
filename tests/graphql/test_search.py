"""search: what is found and in which order, as an oracle over raw rows says; pages, scopes, limits and statements."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from flask import Flask

from graphql_schema.computed.search import expect
from portal.db.session import lock
from portal.extensions import db
from portal.registry.networks import Network
from portal.registry.read.search import read_question
from portal.registry.read.sizes import TYPICAL
from tests.graphql import search_oracle
from tests.graphql.oracle import Caller, Oracle, Tables
from tests.graphql.oracle_types import TYPES
from tests.graphql.requests import Ask, Send, Statements
from tests.graphql.stored_registry import NETWORK_NULLS, store
from tests.people import People, Robot
from tests.registry import Records

SEARCH = """query ($text: String!, $first: Int, $after: Cursor) {
  search(text: $text, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    nodes { __typename ... on Node { id } }
    edges { cursor node { ... on Network { asn } } }
  }
}"""
NAMES = """query ($text: String!) { search(text: $text) { nodes {
  ... on Network { name } ... on Exchange { name } ... on Facility { name }
  ... on Organization { name } ... on Carrier { name } ... on Campus { name }
} } }"""
READS = ("networks:read", "exchanges:read", "facilities:read", "carriers:read", "campuses:read")
Callers = list[tuple[Robot | None, Caller, set[str]]]


def fill(app: Flask, people: People, seed: int) -> tuple[search_oracle.Rows, Tables]:
    """A registry of much the same names, and its stored rows."""
    rows = search_oracle.registry(Random(seed), [people.ours, people.theirs])
    return rows, store(app, rows)


@pytest.fixture
def callers(people: People, robot: Callable[..., Robot]) -> Callers:
    """Everybody; keys that read all, of either organization; and keys that read one resource only."""
    everything = set(search_oracle.KINDS)
    return [
        (None, Caller(), everything),
        (robot(*READS, name="ours"), Caller(people.ours), everything),
        (robot(*READS, name="theirs", charlie=True), Caller(people.theirs), everything),
        (robot("networks:read", name="networks"), Caller(people.ours), {"Network", "Organization"}),
        (robot("exchanges:read", name="exchanges"), Caller(people.ours), {"Exchange", "Organization"}),
        (robot("contacts:read", name="contacts"), Caller(people.ours), {"Organization"}),
    ]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_results_and_their_order_are_the_oracles(seed: int, app: Flask, ask: Ask, people: People, callers: Callers) -> None:
    rows, tables = fill(app, people, seed)
    random, compared = Random(seed), 0
    tags = {kind: TYPES[kind][1] for kind in search_oracle.KINDS}
    for number in range(80):
        key, caller, kinds = random.choice(callers)
        words, first = search_oracle.text(random, rows), random.choice([1, 5, 100, 100])
        expected = [(kind, f"{tags[kind]}:{identity}") for kind, identity in search_oracle.results(Oracle(tables, caller), kinds, words)]
        answered, after = [], None
        query = SEARCH if "Network" in kinds else SEARCH.replace("... on Network { asn }", "__typename")
        while True:
            page = ask(query, key, text=words, first=first, after=after)["search"]
            answered += [(node["__typename"], node["id"]) for node in page["nodes"]]
            assert page["totalCount"] == len(expected)
            assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
            assert [edge["cursor"] for edge in page["edges"]][-1:] == [page["pageInfo"]["endCursor"]][: len(page["edges"])]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
            assert len(page["nodes"]) == first
        assert answered == expected, f"question {number} of seed {seed}, {caller}, {sorted(kinds)}: {words!r}"
        compared += len(expected)
    assert compared > 200


def test_the_best_come_first(app: Flask, ask: Ask, people: People, records: Records) -> None:
    names = ("Net of Plain", "Plain", "Plain Sailing", "Explain", "Zplain", "Water-plain")
    with app.app_context():
        lock(db.session())
        for number, name in enumerate(names, 1):
            owner = {"organization_id": people.ours, "aka": "plain" if name == "Zplain" else ""}
            db.session.add(Network(id=number, asn=65536 + number, name=name, **owner, **NETWORK_NULLS))
        db.session.commit()
    names_in_order = [node["name"] for node in ask(NAMES, text="PLAÍN")["search"]["nodes"]]
    assert names_in_order == ["Plain", "Zplain", "Plain Sailing", "Net of Plain", "Water-plain", "Explain"]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("AS64500", ["Example Net"]),
        ("as 64510", ["Other Net"]),
        ("64501", ["Éxample Łabs"]),
        ("example labs", ["Éxample Łabs"]),
        ("labs EXAMPLE", ["Éxample Łabs"]),
        ("198.51.100.3", ["Other Net", "EX-IX"]),
        ("2001:DB8:1:0::2", ["Éxample Łabs", "EX-IX"]),
        ("198.51.100.77", ["EX-IX"]),
        ("198.51.100.0/24", ["EX-IX"]),
        ("198.51.100.9/24", ["EX-IX"]),
        ("198.51.0.0/16", ["EX-IX"]),
        ("::ffff:198.51.100.3", []),
        ("ex-ix", ["EX-IX"]),
        ("EXIX", ["EX-IX"]),
        ("ex.ix", ["EX-IX"]),
        ("asn64500", ["Example Net"]),
        ("ASN 64500", ["Example Net"]),
        ("example", ["Éxample Łabs", "Example Net", "Example House", "Example Org"]),
        ("%%", []),
        ("e_a", []),
        ("\\\\", []),
        ("Waiting", []),
        ("Gone", []),
        ("64502", []),
        ("private@as64500.example.net", []),
        ("only ours", []),
        ("4294967296", []),
    ],
)
def test_a_text_finds_what_people_mean(words: str, names: list[str], ask: Ask) -> None:
    assert [node["name"] for node in ask(NAMES, text=words)["search"]["nodes"]] == names


def test_an_as_set_finds_its_network(app: Flask, ask: Ask, records: Records) -> None:
    with app.app_context():
        lock(db.session())
        db.session.get_one(Network, records["second"]).irr_as_set = "RIPE::AS-EXAMPLE-EU"
        db.session.get_one(Network, records["other"]).irr_as_set = "RADB::AS-OTHER RIPE::AS-EXAMPLE"
        db.session.commit()
    for words in ("as-example", "AS-EXAMPLE", "ripe::as-example", "as-example@ripe", "AS-Example@RIPE"):
        assert [node["name"] for node in ask(NAMES, text=words)["search"]["nodes"]] == ["Other Net", "Éxample Łabs"]


def test_names_are_found_without_their_punctuation_and_the_larger_come_first(
    app: Flask, ask: Ask, people: People, records: Records
) -> None:
    names = {"DE-CIX Frankfurt": 3, "DECIX": 1, "DE CIX Frankfurt": 5, "AT&T": 0, "U.S. Cellular": 2, "us-cellular": 9}
    with app.app_context():
        lock(db.session())
        for number, (name, size) in enumerate(names.items(), 1):
            owner = {"organization_id": people.ours, "ix_count": size}
            db.session.add(Network(id=number, asn=65536 + number, name=name, **owner, **NETWORK_NULLS))
        db.session.commit()
    for words, expected in {
        "decix frankfurt": ["DE-CIX Frankfurt"],
        "de-cix frankfurt": ["DE-CIX Frankfurt", "DE CIX Frankfurt"],
        "att": ["AT&T"],
        "us cellular": ["U.S. Cellular", "us-cellular"],
        "cellular": ["us-cellular", "U.S. Cellular"],
        "dec": ["DE-CIX Frankfurt", "DECIX"],
    }.items():
        assert [node["name"] for node in ask(NAMES, text=words)["search"]["nodes"]] == expected, words


def test_a_pending_record_is_found_by_its_own_organization(ask: Ask, robot: Callable[..., Robot]) -> None:
    query = 'query { search(text: "waiting") { totalCount nodes { ... on Network { asn } } } }'
    assert ask(query, robot("networks:read"))["search"] == {"totalCount": 1, "nodes": [{"asn": 64502}]}
    for other in (None, robot("networks:read", name="theirs", charlie=True)):
        assert ask(query, other)["search"] == {"totalCount": 0, "nodes": []}
    assert ask(query.replace("{ asn }", "{ id }"), robot("exchanges:read", name="exchanges"))["search"]["totalCount"] == 0


def test_what_is_below_a_result_is_read_as_anywhere(ask: Ask) -> None:
    query = """{ search(text: "example") { edges { node {
      __typename
      ... on Network { asn contacts { nodes { email } } ports { nodes { exchange { name } } } }
      ... on Facility { city networks { totalCount } }
    } } } }"""
    second, first, facility, organization = [edge["node"] for edge in ask(query)["search"]["edges"]]
    assert first["contacts"]["nodes"] == [{"email": "public@as64500.example.net"}]
    assert second["ports"]["nodes"] == [{"exchange": {"name": "EX-IX"}}]
    assert facility == {"__typename": "Facility", "city": "Zürich", "networks": {"totalCount": 1}}
    assert organization == {"__typename": "Organization"}


def test_a_field_of_a_result_needs_its_scope(send: Send, robot: Callable[..., Robot], statements: Statements) -> None:
    key = robot("networks:read")
    send("{ viewer { address } }", key)
    with statements() as seen:
        response = send('{ search(text: "example") { nodes { ... on Network { name } ... on Exchange { name } } } }', key)
    (error,) = response.json["errors"]
    assert (error["extensions"]["code"], error["extensions"]["requiredScopes"]) == ("FORBIDDEN", ["exchanges:read"])
    assert len(seen) == 1, "the key's own look-up"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"text": ""}, "2 letters"),
        ({"text": "a"}, "2 letters"),
        ({"text": " \u0301\u0301\u0301"}, "2 letters"),
        ({"text": "--"}, "2 letters"),
        ({"text": "a\0b"}, "NUL"),
        ({"text": "a" * 256}, "255 characters"),
        ({"text": "a b c d e f g h i j k"}, "10 words"),
        ({"text": "ab", "first": 101}, "first must be from 0 to 100"),
        ({"text": "ab", "first": -1}, "first must be from 0 to 100"),
        ({"text": "ab", "after": "x"}, "cursor"),
    ],
)
def test_what_cannot_be_searched_is_refused_before_anything_is_read(
    arguments: dict[str, Any], words: str, send: Send, statements: Statements
) -> None:
    with statements() as seen:
        (error,) = send(SEARCH, **arguments).json["errors"]
    assert (error["extensions"]["code"], words in error["message"]) == ("BAD_USER_INPUT", True)
    assert seen == []


def test_an_asn_of_one_digit_is_enough(app: Flask, ask: Ask, people: People, records: Records) -> None:
    with app.app_context():
        lock(db.session())
        db.session.add(Network(id=1, asn=7, name="Seven", organization_id=people.ours, **NETWORK_NULLS))
        db.session.commit()
    for words in ("7", "AS7", " as 7 ", "07"):
        assert [node["name"] for node in ask(NAMES, text=words)["search"]["nodes"]] == ["Seven"]


def test_a_cursor_belongs_to_its_search(ask: Ask, send: Send) -> None:
    cursor = ask(SEARCH, text="example", first=1)["search"]["pageInfo"]["endCursor"]
    assert ask(SEARCH, text=" EXAMPLE ", first=1, after=cursor)["search"]["edges"][0]["node"] == {"asn": 64500}
    for other in ("exampl", "64500", "198.51.100.1"):
        (error,) = send(SEARCH, text=other, after=cursor).json["errors"]
        assert (error["extensions"]["code"], "cursor" in error["message"]) == ("BAD_USER_INPUT", True)


def test_one_statement_finds_and_one_for_each_type_reads(ask: Ask, statements: Statements, add_networks: Callable[[int], None]) -> None:
    query = 'query { search(text: "net", first: 100) { nodes { ... on Network { name } ... on Organization { name } } } }'
    with statements() as few:
        ask(query)
    add_networks(150)
    with statements() as many:
        nodes = ask(query)["search"]["nodes"]
    assert (len(few), len(many), len(nodes)) == (2, 2, 100)
    with statements() as counted:
        ask('{ search(text: "net") { totalCount } }')
    assert len(counted) == 1


def test_two_searches_may_stand_in_one_question(ask: Ask) -> None:
    query = (
        '{ a: search(text: "other net") { nodes { ... on Network { asn } } } b: search(text: "zzz") { nodes { __typename } totalCount } }'
    )
    assert ask(query) == {"a": {"nodes": [{"asn": 64510}]}, "b": {"nodes": [], "totalCount": 0}}


def test_looking_at_all_names_costs_more_than_looking_an_address_up() -> None:
    def looked(words: str, *fields: str) -> float:
        return expect(read_question(words, 20), TYPICAL, frozenset(fields)).scanned

    assert 500 < looked("one", "nodes") < looked("one two", "nodes") < looked("one", "nodes", "totalCount")
    assert looked("198.51.100.1", "nodes", "totalCount") == looked("7", "nodes") == 0
    assert expect(read_question("one", 20), TYPICAL, frozenset({"nodes"})).rows == 20
