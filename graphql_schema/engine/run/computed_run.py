"""Runs computed fields: their finder, then the levels of the records that its rows name."""

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import Any

from graphql_schema.engine.cost.filter_cost import UNITS_PER_ROW
from graphql_schema.engine.plan.computed_levels import Computed, ComputedShape, MixedShape
from graphql_schema.engine.plan.levels import Edges, One
from graphql_schema.engine.rows import Several
from graphql_schema.engine.run.pages import Dicts
from graphql_schema.engine.run.run import Run
from portal.registry.read import selects


def run_computed(run: Run, computed: Computed) -> Any:
    """Returns what the finder finds, in the form that the schema promises."""
    reader = run.context.reader
    touched, units = reader.touched, reader.scanned
    result = computed.finder.find(reader, run.arguments[computed.number], frozenset(computed.fields))
    run.touched += reader.touched - touched
    run.scanned += (reader.scanned - units) / UNITS_PER_ROW
    run.print_rows(0)
    if computed.is_page:
        if result.more and "pageInfo" not in computed.fields:
            run.truncated.add(computed.path)
        return page_of(run, computed, result)
    rows = result if isinstance(result, list) else [] if result is None else [result]
    dicts = make(run, computed.shapes[0], rows)
    return dicts if isinstance(result, list) else dicts[0] if dicts else None


def make(run: Run, shape: ComputedShape | MixedShape, rows: Sequence[Any]) -> Dicts:
    """Returns the rows' dicts, with all that is below them."""
    if isinstance(shape, MixedShape):
        return make_mixed(run, shape, rows)
    run.print_rows(len(rows))
    dicts = shape.make(list(rows))
    run.fill(shape, dicts, None)
    for key, level in shape.listed:
        fill_listed(run, level, dicts, key)
    for key, below in shape.inside:
        lists = [row[key] for row in dicts]
        parts = iter(make(run, below, list(chain.from_iterable(lists))))
        for row, rows_inside in zip(dicts, lists, strict=True):
            row[key] = [next(parts) for _ in rows_inside]
    return dicts


def make_mixed(run: Run, shape: MixedShape, rows: Sequence[Any]) -> Dicts:
    """Reads the records by one statement for each type among the rows."""
    tags = {tag for tag, _ in rows}
    records = run.several({tag: one for tag, one in shape.ones.items() if tag in tags}, Several(tuple(rows)))
    return [record for record in records if record is not None]  # none is missing: they were found in this snapshot


def fill_listed(run: Run, level: One, dicts: Dicts, key: str) -> None:
    """Puts records where lists of their ids stand, read by one statement."""
    lists = [row[key] for row in dicts]
    printed = Counter(chain.from_iterable(lists))
    numbers = sorted(printed)
    prepared = run.prepare(level.level, "children", selects.children, via="id")
    rows = run.execute(prepared, parents=numbers, most=len(numbers)) if numbers else []
    weights = [printed[row[-1]] for row in rows]
    run.print_rows(sum(weights))
    records = level.shape.make(rows)
    run.fill(level.shape, records, weights)
    by_number = {row[-1]: record for row, record in zip(rows, records, strict=True)}
    for row, ids in zip(dicts, lists, strict=True):
        row[key] = [by_number[number] for number in ids]


def page_of(run: Run, computed: Computed, result: Any) -> dict[str, Any]:
    dicts_by_shape = {id(shape): make(run, shape, result.rows) for shape in computed.shapes}
    answer: dict[str, Any] = {}
    for key, part, below in computed.parts:
        if part == "nodes":
            answer[key] = dicts_by_shape[id(below)]
        elif part == "totalCount":
            answer[key] = result.total
        elif part == "pageInfo":
            answer[key] = info_of(run.arguments[computed.number], result, below)
        elif part == "edges":
            answer[key] = [edge_of(below, dicts_by_shape, result, number) for number in range(len(result.rows))]
        else:
            answer[key] = below
    return answer


def edge_of(edges: Edges, dicts_by_shape: dict[int, Dicts], result: Any, number: int) -> dict[str, Any]:
    answer: dict[str, Any] = {key: result.cursor(number) for key in edges.cursors}
    return answer | {key: dicts_by_shape[id(shape)][number] for key, shape in edges.nodes} | dict(edges.names)


def info_of(arguments: Any, result: Any, keys: list[tuple[str, str]]) -> dict[str, Any]:
    values = {
        "hasNextPage": result.more,
        "hasPreviousPage": arguments.after is not None,
        "startCursor": result.cursor(0) if result.rows else None,
        "endCursor": result.cursor(-1) if result.rows else None,
        "__typename": "PageInfo",
    }
    return {key: values[name] for key, name in keys}
