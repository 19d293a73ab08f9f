"""`where`: from the caller's filter to a shape, which is a condition's form, and its values, which are bound.

Filters of one shape share a prepared statement. Conditions are true or false, never unknown: a comparison with an empty column is false,
`ne` is exactly "not eq", and `not` turns true and false around.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, false, not_, or_, select, true

from portal.access.visibility import Visibility
from portal.db.fold import fold
from portal.db.ip_bytes import packed, prefix_bounds
from portal.db.sql import ITSELF
from portal.errors import Invalid, inside
from portal.registry.choices import Protocol, raw_texts
from portal.registry.description import RecordType, Relation
from portal.registry.read.conditions import ENTRIES, LISTS, PATTERNS, QUANTIFIERS, SPANS, compare, is_known, of_entries
from portal.registry.read.visible import visible
from portal.registry.types import TYPES

Shape = tuple[Any, ...]
MAX_TEXT_CHARACTERS = 500
MAX_LIST_VALUES = 500
DEEPEST = 8
MAX_RELATION_LEVELS = 4
MAX_PREDICATES = 50
NO_NULL = "This can't be null: leave it out."
NO_NULL_BUT_UNSET = "This can't be null: leave it out, or ask isNull."
MAX_GROUPS = 100  # empty ones, which hold no condition, are groups too


@dataclass
class Where:
    """A filter that was read: its shape, and the values that it binds by name (w0, w1, …). `relation_levels`: how deep relations nest."""

    shape: Shape = ()
    values: dict[str, Any] = field(default_factory=dict)
    predicates: int = 0
    groups: int = 0
    relation_levels: int = 0

    def bind(self, value: Any) -> str:
        name = f"w{len(self.values)}"
        self.values[name] = value
        return name


def read_where(kind: RecordType, where: Mapping[str, Any] | None) -> Where:
    """Reads {column: {lookup: value}, relation: {…}, "and": […], "or": […], "not": {…}}. Raises Invalid for what can't be asked.

    A relation to one holds a filter of its target; a list holds some, none and every, each with one. A list of objects holds some, none
    and every, each with {name: {lookup: value}}, a list of texts each with {lookup: value}. The error's field is the path of what is wrong.
    """
    read = Where()
    if where:
        read.shape = read_group(kind, where, read, 1)
    return read


def read_group(kind: RecordType, where: Mapping[str, Any], read: Where, depth: int, hops: int = 0) -> Shape:
    if depth > DEEPEST:
        raise Invalid(f"A filter can be nested {DEEPEST} deep at most.")
    read.groups += 1
    if read.groups > MAX_GROUPS:
        raise Invalid(f"A filter can hold {MAX_GROUPS} groups of conditions at most.")
    shape: list[Any] = []
    for name, value in where.items():
        with inside(name):
            shape += read_part(kind, name, value, read, depth, hops)
    return tuple(shape)


def read_part(kind: RecordType, name: str, value: Any, read: Where, depth: int, hops: int) -> Sequence[Shape]:
    """What stands under one name: groups, conditions on a column, or a relation."""
    if value is None:
        raise Invalid(NO_NULL)
    if name in {"and", "or"}:
        return [(name, tuple(read_groups(kind, value, read, depth, hops)))]
    if name == "not":
        return [(name, read_group(kind, value, read, depth + 1, hops))]
    if name in kind.filterable:
        return [(name, *read_lookup(kind, name, lookup, operand, read)) for lookup, operand in value.items()]
    if name in kind.relations:
        return read_related(kind.relations[name], name, value, read, depth, hops + 1)
    raise Invalid("There is no such filter.")


def read_groups(kind: RecordType, parts: Sequence[Mapping[str, Any]], read: Where, depth: int, hops: int) -> Iterator[Shape]:
    for place, part in enumerate(parts):
        with inside(f"[{place}]"):
            yield read_group(kind, part, read, depth + 1, hops)


def read_related(
    relation: Relation, name: str, value: Mapping[str, Any], read: Where, depth: int, hops: int
) -> list[tuple[str, str, Shape]]:
    """(relation, some, none or every, shape of the target)."""
    if hops > MAX_RELATION_LEVELS:
        raise Invalid(f"A filter can go through {MAX_RELATION_LEVELS} relations at most.")
    read.relation_levels = max(read.relation_levels, hops)
    if not relation.many:
        count_predicate(read)
        return [(name, "some", read_group(TYPES[relation.target], value, read, depth + 1, hops))]
    shapes = []
    for quantifier, part in value.items():
        with inside(quantifier):
            count_predicate(read)
            if part is None:
                raise Invalid(NO_NULL)
            shapes.append((name, quantifier, read_group(TYPES[relation.target], part, read, depth + 1, hops)))
    return shapes


def count_predicate(read: Where) -> None:
    read.predicates += 1
    if read.predicates > MAX_PREDICATES:
        raise Invalid(f"A filter can hold {MAX_PREDICATES} conditions at most.")


def read_lookup(kind: RecordType, name: str, lookup: str, operand: Any, read: Where) -> Shape:
    """(lookup, names of what it binds)."""
    with inside(lookup):
        count_predicate(read)
        return read_operand(kind, name, lookup, operand, read)


def read_operand(kind: RecordType, name: str, lookup: str, operand: Any, read: Where) -> Shape:
    """Texts of `contains` and its like are folded, or lowered where no folded copy is kept."""
    if name in ENTRIES and lookup in QUANTIFIERS:
        return (lookup, read_entry(kind, name, lookup, operand, read))
    if operand is None:
        raise Invalid(NO_NULL_BUT_UNSET)
    if lookup == "isNull":
        return ("isNull", bool(operand))
    if lookup in PATTERNS:
        text = checked(operand)
        text = fold(text) if f"{name}_fold" in kind.table.c else lowered(text)
        return (lookup, read.bind(PATTERNS[lookup].format(escaped(text))))
    if lookup in LISTS:
        return (lookup, read.bind([f'{before}"{text}"' for member in operand for text in raw_texts(member) for before in "[,"]))
    if lookup in SPANS:
        return (lookup, tuple(read.bind(value) for value in span(lookup, operand)))
    if lookup in {"in", "notIn"}:
        return (lookup, *read_list(operand, read)[1:]) if lookup == "notIn" else read_list(operand, read)
    return read_value(lookup, operand, read)


def read_entry(kind: RecordType, column: str, quantifier: str, conditions: Mapping[str, Any] | None, read: Where) -> Shape:
    """(name, lookup, what it binds) of each condition on one entry of a list of objects or texts."""
    if conditions is None:
        raise Invalid(NO_NULL)
    if ITSELF in ENTRIES[column]:
        return read_entry_part(kind, column, ITSELF, conditions, read)
    shape: list[Any] = []
    for name, part in conditions.items():
        if name not in ENTRIES[column]:
            raise Invalid(f"There is no such filter of {column}.")
        with inside(name):
            shape += read_entry_part(kind, column, name, part, read)
    return tuple(shape)


def read_entry_part(kind: RecordType, column: str, name: str, lookups: Mapping[str, Any] | None, read: Where) -> Shape:
    if lookups is None:
        raise Invalid(NO_NULL)
    return tuple((name, *read_lookup(kind, name, lookup, operand, read)) for lookup, operand in lookups.items())


def check_length(operands: Sequence[Any]) -> None:
    if len(operands) > MAX_LIST_VALUES:
        raise Invalid(f"This list can hold {MAX_LIST_VALUES} values at most, not {len(operands)}.")


def read_list(operands: Sequence[Any], read: Where) -> Shape:
    check_length(operands)
    if any(operand is None for operand in operands):
        raise Invalid(NO_NULL_BUT_UNSET)
    if not operands:
        return ("any", ())  # whose type nobody can tell
    if isinstance(operands[0], Enum):
        return ("in", read.bind([text for member in operands for text in raw_texts(member)]))
    if isinstance(operands[0], IPv4Address | IPv6Address | datetime | bool | float):
        return ("any", tuple(read.bind(stored(operand)) for operand in operands))
    return ("in", read.bind([stored(operand) for operand in operands]))


def read_value(lookup: str, operand: Any, read: Where) -> Shape:
    if isinstance(operand, Enum):
        return ("notIn" if lookup == "ne" else "in", read.bind(raw_texts(operand)))
    return (lookup, read.bind(stored(operand)))


def span(lookup: str, operand: Any) -> tuple[Any, ...]:
    """(family, first, last) of an address or block; of a protocol its family alone."""
    if lookup == "family":
        return (4 if Protocol(operand) is Protocol.IPV4 else 6,)
    if isinstance(operand, str):
        return prefix_bounds(operand)
    return (operand.version, packed(operand), packed(operand))


def stored(operand: Any) -> Any:
    """The value as the column holds it."""
    if isinstance(operand, IPv4Address | IPv6Address):
        return packed(operand)
    return checked(operand) if isinstance(operand, str) else operand


def checked(text: str) -> str:
    if len(text) > MAX_TEXT_CHARACTERS:
        raise Invalid(f"A text in a filter can have {MAX_TEXT_CHARACTERS} characters at most.")
    if "\0" in text:
        raise Invalid("A text in a filter can't hold a NUL character.")
    return text


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def lowered(text: str) -> str:
    """ASCII letters alone, as lower() does in SQLite and under PostgreSQL's collation C."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def condition(
    kind: RecordType, shape: Shape, rows: FromClause, visibility: Visibility | None = None, *, deleted: bool = False
) -> ColumnElement[bool]:
    """The condition of a shape that read_where() made for this type. Relations need the visibility: what it hides can't be filtered by.

    `deleted`: relations to one lead to deleted rows too.
    """
    parts: list[ColumnElement[bool]] = []
    for name, *rest in shape:
        if name == "not":
            parts.append(not_(condition(kind, rest[0], rows, visibility, deleted=deleted)))
        elif name in {"and", "or"}:
            join, neutral = (and_, true()) if name == "and" else (or_, false())
            parts.append(join(neutral, *(condition(kind, part, rows, visibility, deleted=deleted) for part in rest[0])))
        elif name in kind.relations:
            parts.append(related(kind.relations[name], rest[0], rest[1], rows, visibility, deleted))
        elif name in ENTRIES and rest[0] in QUANTIFIERS:
            parts.append(of_entries(rows.c[name], rest[0], rest[1]))
        else:
            parts.append(compare(kind, name, rest[0], rest[1], rows))
    return and_(true(), *parts)


def related(
    relation: Relation, quantifier: str, shape: Shape, rows: FromClause, visibility: Visibility | None, deleted: bool = False
) -> ColumnElement[bool]:
    """Whether some, none or every visible row that the relation leads to meets the shape's condition."""
    if visibility is None:
        raise TypeError("a filter over a relation needs the visibility")
    target = TYPES[relation.target]
    others = target.table.alias()
    remote, local = others.c[relation.remote], rows.c[relation.local]
    meets = condition(target, shape, others, visibility, deleted=deleted)
    condition_on_some = not_(meets) if quantifier == "every" else meets
    keys = select(remote).where(visible(visibility, target, others, deleted=deleted and not relation.many), condition_on_some)
    if target.table.c[relation.remote].nullable:
        keys = keys.where(remote.is_not(None))
    some = is_known(local, local.in_(keys))
    return some if quantifier == "some" else not_(some)
