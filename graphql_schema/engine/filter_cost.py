"""What a filter costs: how much must be looked at to find the rows that meet it, told from its shape.

Units of looking were measured on a registry of full size: a row costs five, one behind a relation 15, comparing one of its columns one,
and so on. They weigh about a sixth of the time that they take beside rows that are printed: a search by name is cheap, fifty aren't.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from portal.registry.description import RecordType
from portal.registry.read.conditions import LISTS, PATTERNS
from portal.registry.read.filters import Shape
from portal.registry.read.sizes import Sizes
from portal.registry.types import TYPES

UNITS_OF_A_ROW = 500  # as much as reading one row costs
ROW, RELATED, COMPARISON, UNFOLDED, LIST = 5, 15, 1, 6, 8
FEW = 100  # rows that an index finds for one value
ANY = float("inf")


class Looking(NamedTuple):
    """Units for each row of the type itself, units for all rows of others, and how many rows can meet the filter at most."""

    each: float = 0
    others: float = 0
    most: float = ANY


def look(kind: RecordType, shape: Shape, values: Mapping[str, Any], sizes: Sizes) -> Looking:
    """Of a filter, which is a conjunction."""
    parts = [look_at(kind, part, values, sizes) for part in shape]
    return Looking(sum(part.each for part in parts), sum(part.others for part in parts), min((part.most for part in parts), default=ANY))


def look_at(kind: RecordType, part: Any, values: Mapping[str, Any], sizes: Sizes) -> Looking:
    name, *rest = part
    if name == "not":
        return look(kind, rest[0], values, sizes)._replace(most=ANY)
    if name in {"and", "or"}:
        found = [look(kind, inner, values, sizes) for inner in rest[0]]
        most = min if name == "and" else sum
        return Looking(
            sum(each.each for each in found), sum(each.others for each in found), most(each.most for each in found) if found else ANY
        )
    if name in kind.relations:
        return look_over(kind, name, rest[0], rest[1], values, sizes)
    return compare(kind, name, rest[0], rest[1], values)


def look_over(kind: RecordType, name: str, quantifier: str, shape: Shape, values: Mapping[str, Any], sizes: Sizes) -> Looking:
    """A relation: the rows that it leads to are found once, whatever they are asked for."""
    relation = kind.relations[name]
    target = TYPES[relation.target]
    inner = look(target, shape, values, sizes)
    matching = min(inner.most, sizes[target.tag])
    ours_of_each = 1 if relation.many else sizes[kind.tag] / max(1, sizes[target.tag])
    most = matching * ours_of_each if quantifier == "some" else ANY
    return Looking(COMPARISON, inner.others + matching * (RELATED + inner.each), most)


def compare(kind: RecordType, name: str, lookup: str, bound: Any, values: Mapping[str, Any]) -> Looking:
    """A lookup on a column. `bound` names what it binds, or is what isNull asks."""
    operand = values.get(bound) if isinstance(bound, str) else bound
    if lookup in LISTS:
        return Looking(LIST + length(operand))
    if lookup in PATTERNS:
        return Looking(COMPARISON if f"{name}_fold" in kind.table.c else UNFOLDED)
    each = length(operand) if lookup == "any" else COMPARISON
    if lookup in {"eq", "in", "any"} and indexed(kind.tag, name):
        return Looking(each, most=length(operand) * indexed(kind.tag, name))
    return Looking(each)


def length(operand: Any) -> int:
    return len(operand) if isinstance(operand, list | tuple) else 1


@cache
def indexed(tag: str, name: str) -> int:
    """How many rows an index finds for one value of the column; 0 without one."""
    table = TYPES[tag].table
    name = f"{name}_bytes" if f"{name}_bytes" in table.c else name
    column = table.c[name]
    if column.primary_key or column.unique:
        return 1
    partial = ("sqlite_where", "postgresql_where")
    first = {next(iter(index.columns)).name for index in table.indexes if not any(option in index.kwargs for option in partial)}
    return FEW if name in first else 0
