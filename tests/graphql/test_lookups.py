"""Every field can be filtered by; ids, accounts elsewhere, addresses and long lists as the oracle's random queries can't ask them."""

from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLList, GraphQLScalarType, get_named_type, get_nullable_type

from graphql_schema import INDEX
from portal.db.session import lock
from portal.extensions import db
from portal.registry.networks import Network
from tests.graphql.oracle_types import ROOTS
from tests.graphql.requests import Ask, Send
from tests.registry import Records

GATED = {
    "Network.notesPrivate": "only its own organization sees it, and a filter would let others guess it",
    "Network.irrAsSets": "it is irrAsSet in parts, which can be asked",
    "PeeringLan.ixfIxpMemberListUrl": "it has a visibility of its own, and a filter would let others guess it",
}
COUNT = "query ($where: NetworkFilter) { networks(where: $where) { totalCount nodes { asn } } }"


def shown_values() -> list[str]:
    """Each field of a record type that holds a value, not records."""
    values = []
    for named in INDEX.objects.values():
        for name, field in named.fields.items():
            target, listed = get_named_type(field.type), isinstance(get_nullable_type(field.type), GraphQLList)
            if isinstance(target, GraphQLScalarType | GraphQLEnumType) or listed:
                values.append(f"{named.name}.{name}")
    return values


def filter_of(field: str) -> Any:
    """The field's lookup; None without one."""
    record, _, name = field.partition(".")
    filter_type: Any = INDEX.schema.type_map[f"{record}Filter"]
    return get_named_type(filter_type.fields[name].type) if name in filter_type.fields else None


def test_every_value_that_is_not_gated_can_be_filtered_by() -> None:
    assert len(shown_values()) > 150
    assert {field for field in shown_values() if filter_of(field) is None} == set(GATED)


@pytest.mark.parametrize("field", sorted(set(shown_values()) - set(GATED)))
def test_every_lookup_asks_for_one_or_for_some(field: str) -> None:
    lookup = filter_of(field)
    assert isinstance(lookup, GraphQLInputObjectType)
    if "some" in lookup.fields:
        assert set(lookup.fields) == {"some", "none", "every"}
    else:
        assert {"eq", "ne", "in"} <= set(lookup.fields)


@pytest.mark.parametrize("root", ROOTS)
def test_one_of_none_is_nobody(root: str, ask: Ask) -> None:
    whole = ask(f"{{ {root} {{ totalCount }} }}")[root]["totalCount"]
    filters: Any = INDEX.schema.type_map[f"{ROOTS[root]}Filter"]
    names = [name for name, argument in filters.fields.items() if "in" in getattr(get_named_type(argument.type), "fields", {})]
    assert {"id", "status", "updated"} <= set(names)
    for name in names:
        none = f"{{ {name}: {{ in: [] }} }}"
        query = f"{{ none: {root}(where: {none}) {{ totalCount }} all: {root}(where: {{ not: {none} }}) {{ totalCount }} }}"
        assert ask(query) == {"none": {"totalCount": 0}, "all": {"totalCount": whole}}, name


def test_addresses_and_prefixes_are_asked_alike() -> None:
    for name in ("IPAddressLookup", "IPPrefixLookup"):
        named: Any = INDEX.schema.type_map[name]
        assert {"eq", "ne", "in", "containsIp", "within", "family"} <= set(named.fields)


def test_an_id_finds_its_record(ask: Ask, records: Records) -> None:
    net, other = f"net:{records['net']}", f"net:{records['other']}"
    for where, asns in (
        ({"id": {"eq": net}}, [64500]),
        ({"id": {"in": [other, net]}}, [64500, 64510]),
        ({"id": {"eq": str(records["net"])}}, [64500]),
        ({"id": {"in": [records["net"], other]}}, [64500, 64510]),
        ({"id": {"ne": net}}, [64501, 64510]),
        ({"id": {"in": [other, net]}, "databaseId": {"eq": records["other"]}}, [64510]),
        ({"id": {"eq": net}, "databaseId": {"eq": records["other"]}, "and": [{"asn": {"gt": 0}}]}, []),
        ({"organization": {"id": {"eq": "org:7"}}}, []),
    ):
        assert [node["asn"] for node in ask(COUNT, where=where)["networks"]["nodes"]] == asns, where


@pytest.mark.parametrize("wrong", ["ix:1", "net:", "net:x", "net:99999999999", "", "-1", "x:1", "net:1:2"])
def test_an_id_of_another_type_is_refused_with_its_place(wrong: str, send: Send) -> None:
    said = "ix:1 is the id of a record of type Exchange" if wrong == "ix:1" else f'"{wrong}" isn\'t an id'
    for where, path in (
        ({"id": {"eq": wrong}}, "where.id.eq"),
        ({"or": [{"id": {"in": ["7", wrong]}}]}, "where.or[0].id.in[1]"),
        ({"not": {"id": {"ne": wrong}}}, "where.not.id.ne"),
    ):
        (error,) = send(COUNT, where=where).json["errors"]
        message = f"{path}: {said}. Send the id of a record of type Network, such as net:31 or 31."
        assert (error["extensions"]["code"], error["message"]) == ("BAD_USER_INPUT", message)


@pytest.fixture
def accounts(records: Records, app: Any) -> None:
    """Example Net has two accounts; one of Other Net's isn't as PeeringDB writes them."""
    with app.app_context():
        lock(db.session())
        written = [{"service": "website", "identifier": "https://Example.net"}, {"service": "mastodon", "identifier": "@Net"}]
        db.session.get_one(Network, records["net"]).social_media = written
        db.session.get_one(Network, records["other"]).social_media = [{"service": "website"}, {"service": 5, "identifier": None}]
        db.session.commit()


@pytest.mark.usefixtures("accounts")
@pytest.mark.parametrize(
    ("where", "asns"),
    [
        ({"some": {"service": {"eq": "website"}}}, [64500, 64510]),
        ({"some": {"service": {"eq": "website"}, "identifier": {"contains": "EXAMPLE"}}}, [64500]),
        ({"some": {"service": {"eq": "mastodon"}, "identifier": {"contains": "example"}}}, []),
        ({"some": {"service": {"in": ["mastodon", "x"]}}}, [64500]),
        ({"some": {"identifier": {"eq": ""}}}, [64510]),
        ({"some": {"service": {"isNull": True}}}, []),
        ({"none": {"service": {"startsWith": "masto"}}}, [64501, 64510]),
        ({"every": {"service": {"endsWith": "site"}}}, [64501]),
        ({"some": {}}, [64500, 64510]),
        ({"none": {}}, [64501]),
        ({"some": {"service": {"eq": "website"}}, "none": {"service": {"eq": "mastodon"}}}, [64510]),
    ],
)
def test_networks_are_found_by_their_accounts(where: dict[str, Any], asns: list[int], ask: Ask) -> None:
    assert [node["asn"] for node in ask(COUNT, where={"socialMedia": where})["networks"]["nodes"]] == asns


@pytest.mark.usefixtures("accounts")
def test_what_is_no_text_is_shown_as_it_is_asked(ask: Ask) -> None:
    accounts = ask("{ network(asn: 64510) { socialMedia { service identifier } } }")["network"]["socialMedia"]
    assert accounts == [{"service": "website", "identifier": ""}, {"service": "", "identifier": ""}]


@pytest.mark.parametrize(
    ("values", "asns"), [([True], [64500]), ([False], [64501, 64510]), ([True, False], [64500, 64501, 64510]), ([], [])]
)
def test_a_boolean_is_one_of_some(values: list[bool], asns: list[int], ask: Ask, app: Any, records: Records) -> None:
    with app.app_context():
        lock(db.session())
        db.session.get_one(Network, records["net"]).info_multicast = True
        db.session.commit()
    where = {"infoMulticast": {"in": values}}
    assert [node["asn"] for node in ask(COUNT, where=where)["networks"]["nodes"]] == asns


@pytest.mark.parametrize(
    ("where", "asns"),
    [
        ({"some": {"eq": "speed"}}, [64500, 64510]),
        ({"some": {"in": ["is_rs_peer", "x"]}}, [64500]),
        ({"some": {"contains": "SPEE"}, "none": {"startsWith": "is_"}}, [64510]),
        ({"some": {"startsWith": "sp", "endsWith": "peer"}}, []),
        ({"some": {"eq": 'in"quotes'}}, [64510]),
        ({"none": {"eq": "speed"}}, [64501]),
        ({"every": {"ne": "is_rs_peer"}}, [64501, 64510]),
        ({"some": {}}, [64500, 64510]),
        ({"some": {"eq": ""}}, [64510]),
        ({"some": {"isNull": True}}, []),
    ],
)
def test_networks_are_found_by_a_text_of_a_list(where: dict[str, Any], asns: list[int], ask: Ask, app: Any, records: Records) -> None:
    with app.app_context():
        lock(db.session())
        db.session.get_one(Network, records["net"]).ixp_update_exclude = ["speed", "is_rs_peer"]
        db.session.get_one(Network, records["other"]).ixp_update_exclude = ["speed", 'in"quotes', 7]
        db.session.commit()
    assert [node["asn"] for node in ask(COUNT, where={"ixpUpdateExclude": where})["networks"]["nodes"]] == asns
    shown = ask("{ networks { nodes { ixpUpdateExclude } } }")["networks"]["nodes"]
    assert [node["ixpUpdateExclude"] for node in shown] == [["speed", "is_rs_peer"], [], ["speed", 'in"quotes', ""]]


@pytest.mark.parametrize(
    "where",
    [
        {"ixpUpdateExclude": {"some": None}},
        {"ixpUpdateExclude": {"some": {"eq": None}}},
        {"ixpUpdateExclude": {"some": {"eq": "a\0b"}}},
        {"ixpUpdateExclude": {"some": {"in": ["a"] * 501}}},
        {"socialMedia": {"some": None}},
        {"socialMedia": {"some": {"service": None}}},
        {"socialMedia": {"some": {"service": {"eq": None}}}},
        {"socialMedia": {"some": {"service": {"eq": "a\0b"}}}},
        {"socialMedia": {"some": {"service": {"in": ["a"] * 501}}}},
        {"and": [{"socialMedia": {"some": {"service": {"eq": "a"}, "identifier": {"eq": "b"}}}}] * 17},
        {"id": {"in": ["net:1"] * 501}},
        {"id": {"eq": None}},
        {"and": [{"id": {"eq": "net:1"}}] * 51},
    ],
)
def test_limits_hold_for_these_lookups(where: dict[str, Any], send: Send) -> None:
    (error,) = send(COUNT, where=where).json["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


def test_several_long_lists_of_times_are_no_deep_expression(ask: Ask) -> None:
    times = [f"2020-01-01T00:{second // 60:02}:{second % 60:02}Z" for second in range(500)]
    assert ask(COUNT, where={"or": [{"updated": {"in": times}}] * 4})["networks"]["totalCount"] == 0


@pytest.mark.parametrize(("address", "count"), [("198.51.100.2", 1), ("::ffff:198.51.100.2", 0), ("198.51.100.9", 0), ("2001:db8:1::2", 0)])
def test_an_address_contains_itself_alone(address: str, count: int, ask: Ask) -> None:
    query = "query ($ip: IPAddress) { exchangePorts(where: { ipaddr4: { containsIp: $ip } }) { totalCount } }"
    assert ask(query, ip=address)["exchangePorts"]["totalCount"] == count
