"""Fields: each has a rule, and each caller is refused exactly those that the rule doesn't give it, with nothing of them told."""

import pytest
from graphql import GraphQLObjectType, get_named_type, is_required_argument

from tests.authorization.asker import World
from tests.authorization.schema import Served
from tests.authorization.world import FIRST_ASN

pytestmark = pytest.mark.one_engine  # what is refused is decided before a row is read

ARGUMENTS = {"ID!": '"net:1"', "[ID!]!": '["net:1"]', "ASN!": f"{FIRST_ASN + 1}", "IPAddress!": '"198.51.100.1"', "String!": '"network"'}
ARGUMENTS["[ASN!]!"] = f"[{FIRST_ASN + 1}, {FIRST_ASN + 5}]"
MOST_ROOTS = 30  # a document holds 50 lists and records at most, and a node may be any of the 13


def test_every_field_that_is_served_has_a_rule_and_every_record_its_columns(everything: World) -> None:
    for name, kind in everything.served.objects.items():
        for field in kind.fields:
            everything.served.rule(name, field)
    for record in everything.served.records.values():
        raw = next(iter(everything.tables[record.table].values()))
        assert set(record.columns.values()) <= set(raw), record.name


def test_a_records_fields_are_refused_to_whom_their_rule_says(everything: World) -> None:
    for record in everything.served.records.values():
        fields = " ".join(record.selection(name) for name in record.fields)
        query = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {record.name} {{ {fields} }} }} }}"
        for asker in everything.everybody():
            hidden = {f"{record.name}.{name}" for name in record.fields if not asker.rights.may(everything.served.rule(record.name, name))}
            hidden -= {f"{record.name}.id"}  # which tells nothing: the node is null where it may not be seen
            present, absent = ([f"{record.tag}:{number}"] for number in (1, 999))
            assert asker.refused(query, ids=present) == hidden, (asker.caller, record.name)
            assert not hidden or asker.send(query, ids=present).json == asker.send(query, ids=absent).json


def written(served: Served, name: str) -> str:
    """A root field with its arguments, and no more below it than it needs."""
    root = served.roots[name]
    given = {key: ARGUMENTS[str(argument.type)] for key, argument in root.args.items() if is_required_argument(argument)}
    if "databaseId" in root.args:
        given = {"databaseId": "1"}
    arguments = f"({', '.join(f'{key}: {value}' for key, value in given.items())})" if given else ""
    return (
        f"{name}{arguments} {{ __typename }}" if isinstance(get_named_type(root.type), GraphQLObjectType) else f"{name}{arguments} {{ id }}"
    )


def test_root_fields_are_refused_to_whom_their_rule_says(everything: World) -> None:
    names = list(everything.served.roots)
    parts = [names[start : start + MOST_ROOTS] for start in range(0, len(names), MOST_ROOTS)]
    for some in parts:
        query = f"{{ {' '.join(written(everything.served, name) for name in some)} }}"
        for asker in everything.everybody():
            hidden = {f"Query.{name}" for name in some if not asker.rights.may(everything.served.rule("Query", name))}
            assert asker.refused(query) == hidden, asker.caller


COMPOSED = {
    "Peer": f"{{ peers(asn: {FIRST_ASN + 1}) {{ nodes {{ %s }} }} }}",
    "SharedExchange": f"{{ peers(asn: {FIRST_ASN + 1}) {{ nodes {{ sharedExchanges {{ %s }} }} }} }}",
    "CommonExchange": f"{{ commonExchanges(asns: {ARGUMENTS['[ASN!]!']}) {{ %s }} }}",
    "CommonFacility": f"{{ commonFacilities(asns: {ARGUMENTS['[ASN!]!']}) {{ %s }} }}",
    "IPOwner": '{ ipAddress(ip: "198.51.100.1") { %s } }',
}


def below(served: Served, name: str) -> str:
    given = get_named_type(served.type_of(name))
    return f"{name.partition('.')[2]} {{ __typename }}" if isinstance(given, GraphQLObjectType) else name.partition(".")[2]


def test_a_composed_answers_fields_are_refused_to_whom_their_rule_says(everything: World) -> None:
    served = everything.served
    others = {name for name, kind in served.objects.items() if not kind.interfaces and served.is_ruled(name)}
    assert others == {*COMPOSED, "Query"}
    for name, query in COMPOSED.items():
        for field in served.objects[name].fields:
            text = query % below(served, f"{name}.{field}")
            needed = [served.rule(name, field), *(served.rule(*way.split(".")) for way in ways(name))]
            for asker in everything.everybody():
                assert bool(asker.refused(text)) is not all(map(asker.rights.may, needed)), (asker.caller, name, field)


def ways(name: str) -> list[str]:
    """The fields that lead there."""
    paths = {"Peer": ["Query.peers"], "SharedExchange": ["Query.peers", "Peer.sharedExchanges"], "IPOwner": ["Query.ipAddress"]}
    return paths.get(name) or [f"Query.{'commonExchanges' if name == 'CommonExchange' else 'commonFacilities'}"]
