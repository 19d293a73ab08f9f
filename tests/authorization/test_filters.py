"""Filters: nothing that a caller may not see can be counted, found or told apart by what it asks for."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from graphql import GraphQLEnumType, get_named_type

from tests.authorization.asker import Asker, World
from tests.authorization.rights import GATED, Row
from tests.authorization.schema import Record, Relation, is_list
from tests.authorization.values import column_value

MOST_ALIASES = 50
Meets = Callable[[Row], bool]
Condition = tuple[str, Meets]  # the filter's text, and which rows meet it


def columns(world: World, record: Record) -> Iterator[str]:
    """The fields whose columns can be filtered by."""
    for name, argument in record.filters.items():
        if name in record.fields and name not in record.relations:
            assert (record.table, record.columns[name]) not in GATED, f"{record.name}.{name} could be guessed"
            assert "eq" in get_named_type(argument.type).fields or is_list(record.fields[name].type), name
            yield name


def questions(world: World, record: Record) -> Iterator[Condition]:
    """For each column: rows with the values of two rows in turn, so that every row is asked for by several columns."""
    rows = [row for _, row in sorted(world.tables[record.table].items())]
    for place, name in enumerate(columns(world, record)):
        first, other = (rows[(5 * place + step) % len(rows)] for step in (0, 3))
        yield from about(world, record, name, first)
        yield next(about(world, record, name, other))


def about(world: World, record: Record, name: str, row: Row) -> Iterator[Condition]:
    value = shown(world, record, name, row)
    if is_list(record.fields[name].type):
        one = value[0]
        if isinstance(one, dict):
            condition = f"{{ identifier: {{ eq: {json.dumps(one['identifier'])} }} }}"
        else:
            condition = f"{{ eq: {one if isinstance(get_named_type(record.fields[name].type), GraphQLEnumType) else json.dumps(one)} }}"
        yield f"{name}: {{ some: {condition} }}", lambda other: shown(world, record, name, other) == value
    elif value is None:
        yield f"{name}: {{ isNull: true }}", lambda other: shown(world, record, name, other) is None
    else:
        text = value if isinstance(get_named_type(record.fields[name].type), GraphQLEnumType) else json.dumps(value)
        yield f"{name}: {{ eq: {text} }}", lambda other: shown(world, record, name, other) == value
        yield f"not: {{ {name}: {{ ne: {text} }} }}", lambda other: shown(world, record, name, other) == value
        if isinstance(value, str) and value.endswith("!"):
            yield f"{name}: {{ startsWith: {json.dumps(value[:-1])} }}", lambda other: other[record.columns[name]].startswith(value[:-1])


def shown(world: World, record: Record, name: str, row: Row) -> Any:
    return f"{record.tag}:{row['id']}" if name == "id" else column_value(world.served, record, name, row[record.columns[name]])


def relations(world: World, record: Record, name: str, asker: Asker) -> Iterator[Condition]:
    """Rows that lead to one of some rows, or to none of them, or to others only: as if what is hidden weren't there."""
    relation = record.relations[name]
    table = world.served.records[relation.target].table
    others = sorted(world.tables[table].items())
    for number, other in others[:: max(1, len(others) // 3)]:
        leads = leading(relation, other) if asker.rights.sees(table, other) else nowhere
        if not relation.many:
            yield f"{name}: {{ databaseId: {{ eq: {number} }} }}", leads
            continue
        yield f"{name}: {{ some: {{ databaseId: {{ eq: {number} }} }} }}", leads
        yield f"{name}: {{ none: {{ databaseId: {{ eq: {number} }} }} }}", opposite(leads)
        yield f"{name}: {{ every: {{ databaseId: {{ ne: {number} }} }} }}", opposite(leads)


def leading(relation: Relation, other: Row) -> Meets:
    return lambda row: bool(row[relation.local] == other[relation.remote])


def nowhere(_: Row) -> bool:
    return False


def opposite(meets: Meets) -> Meets:
    return lambda row: not meets(row)


def hold(asker: Asker, record: Record, conditions: Sequence[Condition]) -> None:
    """The counts are those of the visible rows that meet what is asked."""
    rows = asker.rights.rows(record.table)
    for start in range(0, len(conditions), MOST_ALIASES):
        some = conditions[start : start + MOST_ALIASES]
        query = " ".join(f"a{number}: {record.root}(where: {{ {text} }}) {{ totalCount }}" for number, (text, _) in enumerate(some))
        answer = asker.ask(f"{{ {query} }}")
        for number, (text, meets) in enumerate(some):
            assert answer[f"a{number}"]["totalCount"] == sum(map(meets, rows)), (asker.caller, record.name, text)


def test_a_hidden_value_is_met_by_no_filter(everything: World) -> None:
    for record in everything.served.records.values():
        conditions = list(questions(everything, record))
        for asker in everything.some_of_each(record.table):
            if asker.rights.may(everything.served.rule("Query", record.root)):
                hold(asker, record, conditions)


def test_a_hidden_row_is_met_by_no_filter_through_a_relation(everything: World) -> None:
    for record in everything.served.records.values():
        for name, relation in record.relations.items():
            for asker in everything.some_of_each(record.table, everything.served.records[relation.target].table):
                if not asker.rights.may(everything.served.rule("Query", record.root)):
                    continue
                conditions = list(relations(everything, record, name, asker))
                if asker.rights.may(everything.served.rule(record.name, name)):
                    hold(asker, record, conditions)
                else:
                    refused = asker.refused(f"{{ {record.root}(where: {{ not: {{ {conditions[0][0]} }} }}) {{ totalCount }} }}")
                    assert refused == {f"{record.name}.{name}"}, asker.caller
