"""`where`: from the caller's filter to a shape, which is a condition's form, and its values, which are bound.

Filters of one shape share a prepared statement. Conditions are true or false, never unknown: a comparison with an empty column is false,
`ne` is exactly "not eq", and `not` turns true and false around.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from sqlalchemy import ColumnElement, FromClause, String, and_, bindparam, false, func, not_, or_, true
from sqlalchemy.types import TypeEngine

from portal.directory.among import among
from portal.directory.description import RecordType
from portal.directory.words import raw_texts
from portal.errors import Invalid
from portal.models.addresses import packed
from portal.models.folding import fold

Shape = tuple[Any, ...]
ORDERED = {"gt": "__gt__", "gte": "__ge__", "lt": "__lt__", "lte": "__le__"}
PATTERNS = {"contains": "%{}%", "startsWith": "{}%", "endsWith": "%{}"}
LONGEST_TEXT = 500
LONGEST_LIST = 500
DEEPEST = 8
MOST_PREDICATES = 50
MOST_GROUPS = 100  # empty ones, which hold no condition, are groups too


@dataclass
class Where:
    """A filter that was read: its shape, and the values that it binds by name (w0, w1, …)."""

    shape: Shape = ()
    values: dict[str, Any] = field(default_factory=dict)
    predicates: int = 0
    groups: int = 0

    def bind(self, value: Any) -> str:
        name = f"w{len(self.values)}"
        self.values[name] = value
        return name


def read_where(kind: RecordType, where: Mapping[str, Any] | None) -> Where:
    """Reads {column: {lookup: value}, "and": […], "or": […], "not": {…}}. Raises Invalid for what can't be asked."""
    read = Where()
    if where:
        read.shape = read_group(kind, where, read, 1)
    return read


def read_group(kind: RecordType, where: Mapping[str, Any], read: Where, depth: int) -> Shape:
    if depth > DEEPEST:
        raise Invalid(f"A filter can be nested {DEEPEST} deep at most.", "where")
    read.groups += 1
    if read.groups > MOST_GROUPS:
        raise Invalid(f"A filter can hold {MOST_GROUPS} groups of conditions at most.", "where")
    shape: list[Any] = []
    for name, value in where.items():
        if value is None:
            raise Invalid(f"{name} can't be null in a filter. Leave it out, or ask isNull.", "where")
        if name in {"and", "or"}:
            shape.append((name, tuple(read_group(kind, part, read, depth + 1) for part in value)))
        elif name == "not":
            shape.append((name, read_group(kind, value, read, depth + 1)))
        elif name in kind.filterable:
            shape += [(name, *read_lookup(kind, name, lookup, operand, read)) for lookup, operand in value.items()]
        else:
            raise Invalid(f"There is no filter {name}.", "where")
    return tuple(shape)


def read_lookup(kind: RecordType, name: str, lookup: str, operand: Any, read: Where) -> Shape:
    """(lookup, names of what it binds). Texts of `contains` and its like are folded, or lowered where no folded copy is kept."""
    read.predicates += 1
    if read.predicates > MOST_PREDICATES:
        raise Invalid(f"A filter can hold {MOST_PREDICATES} conditions at most.", "where")
    if operand is None:
        raise Invalid(f"{lookup} can't be null. Ask isNull.", "where")
    if lookup == "isNull":
        return ("isNull", bool(operand))
    if lookup in PATTERNS:
        text = checked(operand)
        text = fold(text) if f"{name}_fold" in kind.table.c else lowered(text)
        return (lookup, read.bind(PATTERNS[lookup].format(escaped(text))))
    if lookup == "in":
        return read_list(operand, read)
    return read_value(lookup, operand, read)


def read_list(operands: Sequence[Any], read: Where) -> Shape:
    if len(operands) > LONGEST_LIST:
        raise Invalid(f"in can hold {LONGEST_LIST} values at most.", "where")
    if any(operand is None for operand in operands):
        raise Invalid("in can't hold null. Ask isNull.", "where")
    if operands and isinstance(operands[0], Enum):
        return ("in", read.bind([text for member in operands for text in raw_texts(member)]))
    if operands and isinstance(operands[0], IPv4Address | IPv6Address | datetime | bool | float):
        return ("any", tuple(read.bind(stored(operand)) for operand in operands))
    return ("in", read.bind([stored(operand) for operand in operands]))


def read_value(lookup: str, operand: Any, read: Where) -> Shape:
    if isinstance(operand, Enum):
        return ("notIn" if lookup == "ne" else "in", read.bind(raw_texts(operand)))
    return (lookup, read.bind(stored(operand)))


def stored(operand: Any) -> Any:
    """The value as the column holds it."""
    if isinstance(operand, IPv4Address | IPv6Address):
        return packed(operand)
    return checked(operand) if isinstance(operand, str) else operand


def checked(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise Invalid(f"A text in a filter can have {LONGEST_TEXT} characters at most.", "where")
    if "\0" in text:
        raise Invalid("A text in a filter can't hold a NUL character.", "where")
    return text


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def lowered(text: str) -> str:
    """ASCII letters alone, as lower() does in SQLite and under PostgreSQL's collation C."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def condition(kind: RecordType, shape: Shape, rows: FromClause) -> ColumnElement[bool]:
    """The condition of a shape that read_where() made for this type."""
    parts: list[ColumnElement[bool]] = []
    for name, *rest in shape:
        if name == "not":
            parts.append(not_(condition(kind, rest[0], rows)))
        elif name in {"and", "or"}:
            join, neutral = (and_, true()) if name == "and" else (or_, false())
            parts.append(join(neutral, *(condition(kind, part, rows) for part in rest[0])))
        else:
            parts.append(compare(kind, name, rest[0], rest[1], rows))
    return and_(true(), *parts)


def compare(kind: RecordType, name: str, lookup: str, bound: Any, rows: FromClause) -> ColumnElement[bool]:
    column = rows.c[name]
    if lookup == "isNull":
        return column.is_(None) if bound else column.is_not(None)
    if lookup in PATTERNS:
        folded = rows.c[f"{name}_fold"] if f"{name}_fold" in kind.table.c else func.lower(column)
        return known(column, folded.like(parameter(bound, String()), escape="\\"))
    if f"{name}_bytes" in kind.table.c:
        column = rows.c[f"{name}_bytes"]
    return negated(lookup, known(column, positive(column, lookup, bound)))


def positive(column: ColumnElement[Any], lookup: str, bound: Any) -> ColumnElement[bool]:
    """The comparison itself; `ne` and `notIn` as what they are the opposite of."""
    if lookup in {"in", "notIn"}:
        return among(column, bound, texts=column.type.python_type is str)
    if lookup == "any":
        return or_(false(), *(column == parameter(one, column.type) for one in bound))
    operator = ORDERED.get(lookup, "__eq__")
    comparison: ColumnElement[bool] = getattr(column, operator)(parameter(bound, column.type))
    return comparison


def parameter(name: str, kind: TypeEngine[Any]) -> ColumnElement[Any]:
    return bindparam(name, type_=kind)


def known(column: ColumnElement[Any], comparison: ColumnElement[bool]) -> ColumnElement[bool]:
    """False instead of unknown where the column is empty."""
    return and_(column.is_not(None), comparison) if getattr(column, "nullable", True) else comparison


def negated(lookup: str, comparison: ColumnElement[bool]) -> ColumnElement[bool]:
    return not_(comparison) if lookup in {"ne", "notIn"} else comparison
