"""Scopes: every field has a rule, a missing one is named once, and nothing of a refused request runs."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from graphql import GraphQLObjectType, GraphQLSchema, build_schema

from graphql_schema import INDEX, sdl
from graphql_schema.engine.schema_index import build_index
from graphql_schema.schema.scopes import scopes_of
from portal.access.permissions import GRANTABLE
from portal.db.session import lock
from portal.extensions import db
from portal.registry.exchanges import PeeringLan
from portal.registry.networks import Network
from portal.registry.types import TYPES
from tests.graphql.requests import Ask, Send, Statements
from tests.people import People, Robot
from tests.registry import Records

FIELDS = sorted(INDEX.needed)


def test_every_field_of_the_schema_has_a_rule() -> None:
    objects = [named for name, named in INDEX.schema.type_map.items() if isinstance(named, GraphQLObjectType) and not name.startswith("__")]
    assert {f"{named.name}.{field}" for named in objects for field in named.fields} <= INDEX.needed.keys() | INDEX.granted.keys()


def test_a_field_without_a_rule_can_not_be_served() -> None:
    schema: GraphQLSchema = build_schema("type Query { secret: String }")
    query: Any = schema.query_type

    class Definition:
        """As Strawberry leaves it, without a directive."""

        directives = ()
        metadata: dict[str, Any] = {}  # noqa: RUF012 - never changed
        origin = object

    query.extensions = query.fields["secret"].extensions = {"strawberry-definition": Definition}
    with pytest.raises(TypeError, match=r"Query\.secret has no scope rule"):
        build_index(schema, scopes_of)


@pytest.mark.parametrize("field", FIELDS)
def test_a_fields_rule_is_of_the_table(field: str) -> None:
    assert INDEX.needed[field] <= {permission.value for permission in GRANTABLE}


@pytest.mark.parametrize("name", sorted(INDEX.records))
def test_a_records_fields_need_what_its_rows_need_or_what_they_lead_to(name: str) -> None:
    own = {permission.value for permission in INDEX.records[name].reads}
    for field, described in INDEX.fields[name].items():
        target = TYPES[described.relation.target].reads if described.relation else frozenset()
        expected = {"networks:read_private"} if field == "notesPrivate" else {permission.value for permission in target} or own
        assert INDEX.needed[f"{name}.{field}"] == expected, field


def test_descriptions_end_with_the_scope() -> None:
    for name, named in INDEX.schema.type_map.items():
        if isinstance(named, GraphQLObjectType) and not name.startswith("__") and name != "Query":
            for field, definition in named.fields.items():
                scopes = sorted((INDEX.needed | INDEX.granted)[f"{name}.{field}"])
                words = f"Needs {' or '.join(scopes)}." if scopes else ("Needs no scope.", "Needs the scope of the list.")
                assert definition.description is not None
                assert definition.description.endswith(words), f"{name}.{field}"


def test_every_part_of_the_schema_is_described() -> None:
    for named in INDEX.schema.type_map.values():
        if named.name.startswith("__") or named.name in {"String", "Int", "Float", "Boolean", "ID"}:
            continue
        assert named.description, named
        for parts in (getattr(named, "fields", {}), getattr(named, "values", {})):
            for name, part in parts.items():
                assert part.description, f"{named}.{name}"
                assert all(argument.description for argument in getattr(part, "args", {}).values()), f"{named}.{name}"


def test_the_sdl_shows_the_rules() -> None:
    text = re.sub(r'\s*"""[^"]*"""\s*|\s+', " ", sdl())
    assert "directive @requiresScope( anyOf: [String!]! ) on FIELD_DEFINITION | OBJECT" in text
    assert 'type Network implements Node @requiresScope(anyOf: ["networks:read"])' in text
    assert 'notesPrivate: String @requiresScope(anyOf: ["networks:read_private"])' in text


WIDE = "{ networks { nodes { name asn ports { nodes { exchange { name } } } contacts { nodes { email } } } } exchanges { nodes { name } } }"


def test_each_missing_scope_is_named_once(send: Send, robot: Callable[..., Robot], statements: Statements) -> None:
    key = robot("facilities:read")
    send("{ viewer { address } }", key)
    with statements() as seen:
        response = send(WIDE, key)
    assert response.status_code == 403
    assert [(error["message"].partition(" needs ")[0], error["extensions"]["requiredScopes"]) for error in response.json["errors"]] == [
        ("Query.networks", ["networks:read"]),
        ("Network.ports", ["exchanges:read", "networks:read"]),
        ("ExchangePort.exchange", ["exchanges:read"]),
        ("Network.contacts", ["contacts:read", "contacts:read_private"]),
        ("Query.exchanges", ["exchanges:read"]),
    ]
    assert all(error["extensions"]["grantedScopes"] == ["facilities:read"] for error in response.json["errors"])
    assert "data" not in response.json
    assert len(seen) == 1  # the key's own look-up


def test_what_is_skipped_needs_no_scope(send: Send, robot: Callable[..., Robot]) -> None:
    key = robot("exchanges:read")
    skip = "query ($no: Boolean = true) { networks @skip(if: $no) { totalCount } viewer { address } }"
    include = "query ($yes: Boolean = false) { viewer { address } ... @include(if: $yes) { networks { totalCount } } }"
    assert [send(skip, key).status_code, send(skip, key, no=False).status_code, send(skip, key, no=True).status_code] == [200, 403, 200]
    assert [send(include, key).status_code, send(include, key, yes=True).status_code, send(include, key).status_code] == [200, 403, 200]


def test_a_port_is_read_with_either_sides_scope(ask: Ask, send: Send, robot: Callable[..., Robot], records: Records) -> None:
    node = f'{{ node(id: "netixlan:{records["net port"]}") {{ ... on ExchangePort {{ speed }} }} }}'
    for scope in ("networks:read", "exchanges:read"):
        assert ask(node, robot(scope, name=scope)) == {"node": {"speed": 10_000}}
    assert send(node, robot("contacts:read", name="neither")).status_code == 403


SHORT = {"net": "net", "ix": "ix", "ixlan": "lan", "ixpfx": "v4", "netixlan": "net port", "fac": "fac", "netfac": "presence"}
SHORT |= {"ixfac": "ix presence", "poc": "net Public"}


@pytest.mark.parametrize("tag", sorted(SHORT))
def test_an_id_needs_no_scope_and_tells_nothing_without_it(tag: str, ask: Ask, robot: Callable[..., Robot], records: Records) -> None:
    query = f'{{ node(id: "{tag}:{records[SHORT[tag]]}") {{ id __typename }} }}'
    shown = {"id": f"{tag}:{records[SHORT[tag]]}", "__typename": INDEX.objects[tag].name}
    assert ask(query)["node"] == shown
    assert ask(query, robot("usage:read"))["node"] is None
    assert ask(query, robot(sorted(TYPES[tag].reads)[0].value, name="holder"))["node"] == shown


def test_private_notes_need_their_scope_and_the_own_organization(
    send: Send, ask: Ask, robot: Callable[..., Robot], records: Records
) -> None:
    query = "{ networks { nodes { asn notesPrivate } } }"
    assert send(query).status_code == 403
    assert send(query, robot("networks:read")).status_code == 403
    both = robot("networks:read", "networks:read_private", name="both")
    assert {node["asn"]: node["notesPrivate"] for node in ask(query, both)["networks"]["nodes"]} == {
        64500: "only ours",
        64501: "",
        64502: "",
        64510: None,
    }
    chosen = robot("networks:read", name="chosen", objects={"networks:read_private": frozenset({records["second"]})})
    expected = {64500: None, 64501: "", 64502: None, 64510: None}
    assert {node["asn"]: node["notesPrivate"] for node in ask(query, chosen)["networks"]["nodes"]} == expected


def test_a_listed_network_that_changed_hands_is_private_to_its_new_organization(
    app: Flask, ask: Ask, robot: Callable[..., Robot], records: Records, people: People
) -> None:
    query = "{ network(asn: 64500) { notesPrivate contacts { totalCount } } }"
    scopes = {name: frozenset({records["net"]}) for name in ("networks:read_private", "contacts:read_private")}
    key = robot("networks:read", "contacts:read", objects=scopes)
    assert ask(query, key)["network"] == {"notesPrivate": "only ours", "contacts": {"totalCount": 3}}
    with app.app_context():
        lock(db.session())
        db.session.get_one(Network, records["net"]).organization_id = people.theirs
        db.session.commit()
    assert ask(query, key)["network"] == {"notesPrivate": None, "contacts": {"totalCount": 2}}


@pytest.mark.parametrize("field", ["notesPrivate", "ixfIxpMemberListUrl", "nameFold", "changed", "keysFrozen"])
def test_a_guarded_or_internal_column_is_in_no_filter(field: str) -> None:
    assert not [name for name, columns in INDEX.filters.items() if field in columns]


def test_the_member_list_has_a_visibility_of_its_own(app: Flask, ask: Ask, robot: Callable[..., Robot], records: Records) -> None:
    query = "{ exchanges { nodes { peeringLans { nodes { ixfIxpMemberListUrl } } } } }"
    callers = {
        "anonymous": None,
        "read": robot("exchanges:read", name="read", charlie=True),
        "contacts": robot("exchanges:read", "contacts:read", name="contacts", charlie=True),
        "private": robot("exchanges:read", "exchanges:read_private", name="private", charlie=True),
        "others": robot("exchanges:read", "contacts:read", "exchanges:read_private", name="others"),
    }
    expected = {
        "Public": {"anonymous", "read", "contacts", "private", "others"},
        "Users": {"contacts", "others"},
        "Private": {"private"},
    }
    for visible, seen in expected.items():
        with app.app_context():
            lock(db.session())
            db.session.get_one(PeeringLan, records["lan"]).ixf_ixp_member_list_url_visible = visible
            db.session.commit()
        shown = {
            name
            for name, key in callers.items()
            if ask(query, key)["exchanges"]["nodes"][0]["peeringLans"]["nodes"][0]["ixfIxpMemberListUrl"]
        }
        assert shown == seen, visible


FILTERED = """query ($one: NetworkFilter, $two: PeerFilter, $three: ExchangeFilter) {
  networks(where: $one) { nodes { facilities { totalCount } contacts(where: {network: {ports: {some: {}}}}) { totalCount } } }
  peers(asn: 64500, where: $two) { totalCount }
  exchanges(where: $three) { totalCount }
}"""


def test_missing_scopes_of_filters_are_named_with_all_others(send: Send, robot: Callable[..., Robot], statements: Statements) -> None:
    one = {"or": [{"contacts": {"none": {"role": {"eq": "NOC"}}}}, {"not": {"ports": {"some": {"exchange": {}}}}}]}
    key, two = robot("networks:read"), {"contactRole": {"eq": "NOC"}}
    send("{ viewer { address } }", key)
    with statements() as seen:
        response = send(FILTERED, key, one=one, two=two, three={"facilities": {"every": {"facility": {}}}})
    assert response.status_code == 403
    assert [(error["message"].partition(" needs ")[0], error["extensions"]["requiredScopes"]) for error in response.json["errors"]] == [
        ("Network.contacts", ["contacts:read", "contacts:read_private"]),
        ("Query.exchanges", ["exchanges:read"]),
        ("ExchangePort.exchange", ["exchanges:read"]),
        ("PeerFilter.contactRole", ["contacts:read", "contacts:read_private"]),
        ("Exchange.facilities", ["exchanges:read", "facilities:read"]),
        ("ExchangeFacility.facility", ["facilities:read"]),
    ]
    assert "data" not in response.json
    assert len(seen) == 1  # the key's own look-up


def test_a_missing_scope_is_told_before_what_else_is_wrong(send: Send, robot: Callable[..., Robot]) -> None:
    query = "{ networks(where: {contacts: {some: {}}}) { totalCount } again: networks(first: 9999) { totalCount } }"
    (error,) = send(query, robot("networks:read")).json["errors"]
    assert (error["extensions"]["code"], error["extensions"]["grantedScopes"]) == ("FORBIDDEN", ["networks:read"])
