"""Rows: each type's list, with all its fields, relations and counts, is for each caller what the oracle makes of the raw rows."""

from collections.abc import Iterator
from typing import Any

from graphql import get_named_type

from tests.authorization.asker import Asker, World
from tests.authorization.schema import Record
from tests.authorization.values import field_value

PAGE = "{ edges { cursor node { id } } pageInfo { hasNextPage } }"


def readable(world: World, asker: Asker) -> Iterator[tuple[Record, list[str]]]:
    """The types that the caller may read, and which of their fields."""
    for record in world.served.records.values():
        if asker.rights.may(world.served.rule("Query", record.root)):
            yield record, [name for name in record.fields if asker.rights.may(world.served.rule(record.name, name))]


def test_a_list_holds_the_rows_and_values_that_its_caller_may_see(everything: World) -> None:
    for asker in everything.everybody():
        for record, names in readable(everything, asker):
            selection = " ".join(record.selection(name) for name in names)
            page = asker.ask(f"{{ {record.root}(first: 1000) {{ totalCount pageInfo {{ hasNextPage }} nodes {{ {selection} }} }} }}")
            rows = asker.rights.rows(record.table)
            expected = [{name: field_value(everything.served, asker, record, name, row) for name in names} for row in rows]
            connection = page[record.root]
            assert connection["nodes"] == expected, (asker.caller, record.name)
            assert (connection["totalCount"], connection["pageInfo"]["hasNextPage"]) == (len(rows), False), (asker.caller, record.name)


def test_paging_leads_past_the_visible_rows_and_no_others(everything: World) -> None:
    for asker in everything.everybody():
        for record, _ in readable(everything, asker):
            query = f"query ($after: Cursor) {{ {record.root}(first: 7, after: $after) {PAGE} }}"
            ids: list[str] = []
            page: dict[str, Any] = {"edges": [{"cursor": None}], "pageInfo": {"hasNextPage": True}}
            while page["pageInfo"]["hasNextPage"]:
                page = asker.ask(query, after=page["edges"][-1]["cursor"])[record.root]
                ids += [edge["node"]["id"] for edge in page["edges"]]
            assert ids == [f"{record.tag}:{row['id']}" for row in asker.rights.rows(record.table)], (asker.caller, record.name)


def test_an_id_leads_to_a_visible_row_or_to_nothing(everything: World) -> None:
    ids = [(record, number) for record in everything.served.records.values() for number in (*everything.tables[record.table], 999)]
    named = [f"{record.tag}:{number}" for record, number in ids]
    for asker in everything.everybody():
        nodes = asker.ask("query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", ids=named)["nodes"]
        for (record, number), name, node in zip(ids, named, nodes, strict=True):
            row = everything.tables[record.table].get(number)
            seen = row is not None and asker.rights.sees(record.table, row)
            assert node == ({"__typename": record.name, "id": name} if seen else None), (asker.caller, name)


def test_the_one_record_with_an_id_is_found_where_it_may_be_seen(everything: World) -> None:
    singles = {get_named_type(root.type).name: name for name, root in everything.served.roots.items() if set(root.args) >= {"id"}}
    for record in everything.served.records.values():
        numbers = [*sorted(everything.tables[record.table])[:: max(1, len(everything.tables[record.table]) // 7)], 999]
        query = " ".join(f'a{number}: {singles[record.name]}(id: "{record.tag}:{number}") {{ id }}' for number in numbers)
        for asker in everything.some_of_each(record.table):
            if not asker.rights.may(everything.served.rule("Query", record.root)):
                continue
            visible = {row["id"] for row in asker.rights.rows(record.table)}
            expected = {f"a{number}": {"id": f"{record.tag}:{number}"} if number in visible else None for number in numbers}
            assert asker.ask(f"{{ {query} }}") == expected, (asker.caller, record.name)


def test_the_registrys_status_counts_what_its_caller_may_see(everything: World) -> None:
    for asker in everything.everybody():
        counted = asker.ask("{ dataStatus { types { type count } } }")["dataStatus"]["types"]
        expected = {record.tag: len(asker.rights.rows(record.table)) for record in everything.served.records.values()}
        assert {counter["type"]: counter["count"] for counter in counted} == expected, asker.caller
