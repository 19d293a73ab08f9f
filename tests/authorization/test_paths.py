"""Other ways to rows: sorted lists, what changed, search and exports lead to what a caller may see and to nothing else."""

import gzip
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from portal.limits.memory import Spending
from tests.authorization.asker import Asker, World
from tests.authorization.rights import GATED
from tests.authorization.schema import Record
from tests.authorization.values import field_value

SEARCHED = ("Network", "Exchange", "Facility", "Organization", "Carrier", "Campus")
SEARCH = f"""query ($text: String!) {{
  search(text: $text, first: 100) {{ totalCount nodes {{ {" ".join(f"... on {name} {{ id }}" for name in SEARCHED)} }} }}
}}"""


def askers(world: World, record: Record) -> Iterator[Asker]:
    """One for each set of rows that callers of the type see."""
    for asker in world.some_of_each(record.table):
        if asker.rights.may(world.served.rule("Query", record.root)):
            yield asker


def pages(asker: Asker, record: Record, arguments: str) -> list[str]:
    """The ids of a whole list, page by page."""
    query = f"query ($after: Cursor) {{ {record.root}(first: 9, after: $after, {arguments}) {{ nodes {{ id }} {INFO} }} }}"
    ids, page = list[str](), dict[str, Any](pageInfo={"hasNextPage": True, "endCursor": None})
    while page["pageInfo"]["hasNextPage"]:
        page = asker.ask(query, after=page["pageInfo"]["endCursor"])[record.root]
        ids += [node["id"] for node in page["nodes"]]
    return ids


INFO = "pageInfo { hasNextPage endCursor }"


def test_a_sorted_list_holds_the_same_rows_and_no_order_is_of_a_hidden_value(everything: World) -> None:
    for record in everything.served.records.values():
        fields: Any = everything.served.schema.type_map[f"{record.name}OrderField"]
        shown = {re.sub("(?=[A-Z])", "_", name).upper(): column for name, column in record.columns.items()}
        for name in fields.values:
            assert (record.table, shown[name]) not in GATED, f"{record.name} can be sorted by {name}, which may be hidden"
            for asker in askers(everything, record):
                for direction in ("ASC", "DESC"):
                    ids = pages(asker, record, f"orderBy: [{{ field: {name}, direction: {direction} }}]")
                    rows = asker.rights.rows(record.table)
                    assert sorted(ids) == sorted(f"{record.tag}:{row['id']}" for row in rows), (asker.caller, record.name, name)


@pytest.mark.parametrize("argument", ["includeDeleted: true", 'changedSince: ""'])
def test_deleted_rows_are_those_that_would_be_seen_if_they_were_not_deleted(argument: str, everything: World) -> None:
    for record in everything.served.records.values():
        single = [name for name in record.fields if name not in record.relations or not record.relations[name].many]
        for asker in askers(everything, record):
            names = [name for name in single if asker.rights.may(everything.served.rule(record.name, name))]
            selection = " ".join(record.selection(name) for name in names)
            page = asker.ask(f"{{ {record.root}(first: 1000, {argument}) {{ totalCount nodes {{ {selection} }} }} }}", deleted=True)[
                record.root
            ]
            rows = asker.rights.rows(record.table, deleted=True)
            expected = [{name: field_value(everything.served, asker, record, name, row, deleted=True) for name in names} for row in rows]
            assert sorted(page["nodes"], key=lambda node: node["databaseId"]) == expected, (asker.caller, record.name)
            assert page["totalCount"] == len(rows)


@pytest.mark.parametrize("name", SEARCHED)
def test_a_search_finds_what_its_caller_may_see(name: str, everything: World) -> None:
    record = everything.served.records[name]
    for asker in everything.some_of_each(record.table):
        for number, row in everything.tables[record.table].items():
            results = asker.ask(SEARCH, text=row["name"])["search"]
            assert ({"id": f"{record.tag}:{number}"} in results["nodes"]) is asker.rights.sees(record.table, row), (asker.caller, number)
            assert results["totalCount"] == len(results["nodes"])


def test_an_address_or_an_asn_leads_to_what_its_caller_may_see(everything: World) -> None:
    for asker in everything.some_of_each("exchange_port", "network"):
        for port in everything.tables["exchange_port"].values():
            nodes = asker.ask(SEARCH, text=port["ipaddr4"])["search"]["nodes"]
            network = everything.tables["network"][port["network_id"]]
            led = asker.rights.sees("exchange_port", port) and asker.rights.sees("network", network)
            assert ({"id": f"net:{network['id']}"} in nodes) is led, (asker.caller, port["id"])
        for number, network in everything.tables["network"].items():
            nodes = asker.ask(SEARCH, text=str(network["asn"]))["search"]["nodes"]
            assert ({"id": f"net:{number}"} in nodes) is asker.rights.sees("network", network), (asker.caller, number)


def export(asker: Asker, tag: str, query: str = "", *, deleted: bool = False) -> tuple[int, list[dict[str, Any]]]:
    """The status and the lines of an export but its last, held against what the caller may see."""
    asker.app.extensions["portal spending"] = Spending()
    response = asker.client.get(f"/export/{tag}.ndjson.gz{query}", headers=asker.caller.headers)
    if response.status_code != 200:
        return response.status_code, []
    text = gzip.decompress(response.data).decode()
    asker.hold(text, deleted=deleted)
    *lines, last = map(json.loads, text.splitlines())
    assert last["complete"]
    return 200, lines


def test_an_export_holds_the_rows_and_values_that_its_caller_may_see(everything: World) -> None:
    for record in everything.served.records.values():
        single = [name for name in record.fields if name not in record.relations or not record.relations[name].many]
        for asker in everything.everybody():
            status, lines = export(asker, record.tag)
            if not asker.rights.may(everything.served.rule("Query", record.root)):
                assert (status, lines) == (403, []), (asker.caller, record.name)
                continue
            names = [name for name in single if asker.rights.may(everything.served.rule(record.name, name))]
            rows = asker.rights.rows(record.table)
            expected = [{name: field_value(everything.served, asker, record, name, row) for name in names} for row in rows]
            assert sorted(lines, key=lambda line: line["databaseId"]) == expected, (asker.caller, record.name)


def test_an_export_of_changes_tells_no_more_than_that_a_row_is_gone(everything: World) -> None:
    for record in everything.served.records.values():
        for asker in askers(everything, record):
            _, lines = export(asker, record.tag, "?changedSince=", deleted=True)
            rows = asker.rights.rows(record.table, deleted=True)
            assert sorted(line["databaseId"] for line in lines) == [row["id"] for row in rows], (asker.caller, record.name)
            gone = [line for line in lines if line["status"] == "DELETED"]
            assert len(gone) == len(rows) - len(asker.rights.rows(record.table))
            assert all(set(line) == {"id", "databaseId", "status", "updated"} for line in gone)
