"""What a filter costs: how much must be scanned to find the rows that meet it, estimated from its shape.

Units of scanning were measured on a registry of full size: a row costs five, one behind a relation 15, comparing one of its columns one,
and so on. They weigh about a sixth of the time that they take beside rows that are printed: a search by name is cheap, fifty aren't.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from graphql_schema.engine.errors import TooCostly
from portal.registry.description import RecordType
from portal.registry.read.conditions import LISTS, PATTERNS
from portal.registry.read.filters import Shape
from portal.registry.read.sizes import Sizes
from portal.registry.types import TYPES

UNITS_PER_ROW = 500  # as much as reading one row costs
ROW_UNITS, RELATED_ROW_UNITS, COMPARISON_UNITS, UNFOLDED_UNITS, LIST_UNITS = 5, 15, 1, 6, 8
ROWS_PER_INDEXED_VALUE = 100
TIMES_THE_MEAN = 10  # rows of what people name: the network, exchange or building that they ask about is seldom a small one
UNLIMITED = float("inf")
MAX_LEVELS_AT_ANY_COST = 3  # relations in one another
MAX_ROWS_OF_DEEP_FILTER = 1000  # rows' worth that a filter with a fourth may look at behind its relations


class FilterCost(NamedTuple):
    """Units for each row of the type itself, units for all rows of others, and how many rows can meet the filter at most."""

    per_row: float = 0
    others: float = 0
    max_rows: float = UNLIMITED


def filter_cost(kind: RecordType, shape: Shape, values: Mapping[str, Any], sizes: Sizes) -> FilterCost:
    """Returns the cost of a filter, all of whose parts must hold."""
    parts = [part_cost(kind, part, values, sizes) for part in shape]
    max_rows = min((part.max_rows for part in parts), default=UNLIMITED)
    return FilterCost(sum(part.per_row for part in parts), sum(part.others for part in parts), max_rows)


def check_levels(relation_levels: int, cost: FilterCost) -> None:
    """Raises TooCostly for a filter that goes through a fourth relation without an index that leads to few rows."""
    if relation_levels > MAX_LEVELS_AT_ANY_COST and cost.others / UNITS_PER_ROW > MAX_ROWS_OF_DEEP_FILTER:
        raise TooCostly(
            f"A filter can go through {MAX_LEVELS_AT_ANY_COST} relations, and through a fourth where an index finds the few rows at its "
            "end: name these by ASN or id."
        )


def part_cost(kind: RecordType, part: Any, values: Mapping[str, Any], sizes: Sizes) -> FilterCost:
    name, *rest = part
    if name == "not":
        return filter_cost(kind, rest[0], values, sizes)._replace(max_rows=UNLIMITED)
    if name in {"and", "or"}:
        parts = [filter_cost(kind, inner, values, sizes) for inner in rest[0]]
        combine = min if name == "and" else sum
        max_rows = combine(part.max_rows for part in parts) if parts else UNLIMITED
        return FilterCost(sum(part.per_row for part in parts), sum(part.others for part in parts), max_rows)
    if name in kind.relations:
        return relation_cost(kind, name, rest[0], rest[1], values, sizes)
    return lookup_cost(kind, name, rest[0], rest[1], values)


def relation_cost(kind: RecordType, name: str, quantifier: str, shape: Shape, values: Mapping[str, Any], sizes: Sizes) -> FilterCost:
    """The rows that a relation leads to are found once, whatever its filter is."""
    relation = kind.relations[name]
    target = TYPES[relation.target]
    inner = filter_cost(target, shape, values, sizes)
    matching = min(inner.max_rows, sizes[target.tag])
    ours_per_target = 1 if relation.many else TIMES_THE_MEAN * sizes[kind.tag] / max(1, sizes[target.tag])
    max_rows = min(matching * ours_per_target, sizes[kind.tag]) if quantifier == "some" else UNLIMITED
    return FilterCost(COMPARISON_UNITS, inner.others + matching * (RELATED_ROW_UNITS + inner.per_row), max_rows)


def lookup_cost(kind: RecordType, name: str, lookup: str, bound: Any, values: Mapping[str, Any]) -> FilterCost:
    """Returns the cost of a lookup on a column. `bound` names what it binds, or is isNull's value."""
    operand = values.get(bound) if isinstance(bound, str) else bound
    if lookup in LISTS:
        return FilterCost(LIST_UNITS + length(operand))
    if lookup in PATTERNS:
        return FilterCost(COMPARISON_UNITS if f"{name}_fold" in kind.table.c else UNFOLDED_UNITS)
    per_row = length(operand) if lookup == "any" else COMPARISON_UNITS
    if lookup in {"eq", "in", "any"} and indexed_rows(kind.tag, name):
        return FilterCost(per_row, max_rows=length(operand) * indexed_rows(kind.tag, name))
    return FilterCost(per_row)


def length(operand: Any) -> int:
    return len(operand) if isinstance(operand, list | tuple) else 1


@cache
def indexed_rows(tag: str, name: str) -> int:
    """Returns how many rows an index finds for one value of the column; 0 without one."""
    table = TYPES[tag].table
    name = f"{name}_bytes" if f"{name}_bytes" in table.c else name
    column = table.c[name]
    if column.primary_key or column.unique:
        return 1
    partial = ("sqlite_where", "postgresql_where")
    first = {next(iter(index.columns)).name for index in table.indexes if all(index.kwargs.get(option) is None for option in partial)}
    if name in first and any(index.unique and [column.name for column in index.columns] == [name] for index in table.indexes):
        return 1  # an ASN, which but for networks that wait for approval one row has
    return ROWS_PER_INDEXED_VALUE if name in first else 0
