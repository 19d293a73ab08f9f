"""Conditions on one column: a lookup that filters.py read, with the names of the values that it binds."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, LargeBinary, String, and_, bindparam, false, func, literal_column, not_, true
from sqlalchemy.types import TypeEngine

from portal.db.ip_bytes import MAPPED
from portal.db.sql import ITSELF, Entry, HasEntry, Holds, among
from portal.registry.description import RecordType

ORDERED = {"gt": "__gt__", "gte": "__ge__", "lt": "__lt__", "lte": "__le__"}
PATTERNS = {"contains": "%{}%", "startsWith": "{}%", "endsWith": "%{}"}
SPANS = {"containsIp", "within", "family"}
LISTS = {"hasAny", "hasNone"}


def compare(kind: RecordType, name: str, lookup: str, bound: Any, rows: FromClause) -> ColumnElement[bool]:
    """The condition on a column; true or false, never unknown."""
    column = kind.value(rows, name)
    if lookup in LISTS:
        return Holds(column, bound) if lookup == "hasAny" else not_(Holds(column, bound))
    if lookup in SPANS:
        return spans(kind, name, lookup, bound, rows)
    if f"{name}_bytes" in kind.table.c and lookup != "isNull":
        column = rows.c[f"{name}_bytes"]
    return compare_value(column, lookup, bound, rows.c.get(f"{name}_fold"))


def compare_value(column: ColumnElement[Any], lookup: str, bound: Any, folded: ColumnElement[Any] | None = None) -> ColumnElement[bool]:
    """The condition on a value that stands for itself; `folded` is its folded copy, where one is kept."""
    if lookup == "isNull":
        return column.is_(None) if bound else column.is_not(None)
    if lookup in PATTERNS:
        looked_at = func.lower(column) if folded is None else folded
        return is_known(column, looked_at.like(parameter(bound, String()), escape="\\"))
    return negated(lookup, is_known(column, positive(column, lookup, bound)))


def spans(kind: RecordType, name: str, lookup: str, bound: Any, rows: FromClause) -> ColumnElement[bool]:
    """An address or prefix beside another: `bound` are the names of a family, and of the first and last address as 16 bytes."""
    family, *ends = bound
    first, last = (rows.c.first, rows.c.last) if name == "prefix" else (rows.c[f"{name}_bytes"], rows.c[f"{name}_bytes"])
    if name == "prefix":
        same = rows.c.family == parameter(family, Integer())
    else:
        is_v4 = and_(first >= MAPPED + b"\0" * 4, first <= MAPPED + b"\xff" * 4)
        same = is_v4 == (parameter(family, Integer()) == 4)
    if lookup == "family":
        return is_known(first, same)
    low, high = (parameter(end, LargeBinary()) for end in ends)
    beside = and_(first <= low, last >= high) if lookup == "containsIp" else and_(first >= low, last <= high)
    return is_known(first, and_(beside, same))


def positive(column: ColumnElement[Any], lookup: str, bound: Any) -> ColumnElement[bool]:
    """The comparison itself; `ne` and `notIn` as what they are the opposite of."""
    if lookup in {"in", "notIn"}:
        return among(column, bound, texts=column.type.python_type is str)
    if lookup == "any" and not bound:
        return false()
    if lookup == "any":
        return column.in_([parameter(one, column.type) for one in bound])  # a chain of OR would be too deep for SQLite
    operator = ORDERED.get(lookup, "__eq__")
    comparison: ColumnElement[bool] = getattr(column, operator)(parameter(bound, column.type))
    return comparison


def parameter(name: str, kind: TypeEngine[Any]) -> ColumnElement[Any]:
    return bindparam(name, type_=kind)


def is_known(column: ColumnElement[Any], comparison: ColumnElement[bool]) -> ColumnElement[bool]:
    """False instead of unknown where the column is empty."""
    return and_(column.is_not(None), comparison) if getattr(column, "nullable", True) else comparison


def negated(lookup: str, comparison: ColumnElement[bool]) -> ColumnElement[bool]:
    return not_(comparison) if lookup in {"ne", "notIn"} else comparison


# Column → what can be asked of an entry; of a text that is itself.
ENTRIES = {"social_media": frozenset({"service", "identifier"}), "ixp_update_exclude": frozenset({ITSELF})}


QUANTIFIERS = frozenset({"some", "none", "every"})


def of_entries(column: ColumnElement[Any], quantifier: str, shape: tuple[Any, ...]) -> ColumnElement[bool]:
    """`shape` holds (name, lookup, what it binds) of each condition on an entry, all of which must hold."""
    meets = and_(true(), *(compare_value(Entry(name), lookup, bound) for name, lookup, bound in shape))
    on_some = not_(meets) if quantifier == "every" else meets
    some = and_(column != literal_column("'[]'"), HasEntry(column, on_some))
    return some if quantifier == "some" else not_(some)
