"""Computed fields, whose rows a finder of the registry computes from several records, as a peer from a network and its ports.

A field of such a type has a `Finder`, which returns rows of ids; the type's fields have the names of the rows' columns. The records behind
the ids are read like those of any other level: one statement for all rows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, cast

from graphql import GraphQLField, GraphQLList, GraphQLNamedType, GraphQLNonNull, get_named_type
from strawberry.types.enum import StrawberryEnumDefinition

from portal.access.visibility import Visibility
from portal.registry.choices import names
from portal.registry.read.sizes import Sizes
from portal.registry.read.statements import Reader

ROWS_PER_LIST = 2  # what a computed row's list holds, where nothing better is known


class FilterReader(Protocol):
    """Reads the filters of record types among a finder's arguments."""

    visibility: Visibility

    def read(self, filter_name: str, where: Mapping[str, Any], path: str) -> dict[str, Any]:
        """Returns the filter at a path as portal/registry/read/filters.py reads it, and notes the scopes that it lacks. Raises Invalid."""


class Expected(NamedTuple):
    """How many rows a list will hold, and how many rows' worth must be scanned to find them (`cost/filter_cost.py`).

    `inside`: how many rows of another computed type each of them holds. `listed`: how many ids of records each list of these holds.
    """

    rows: float
    scanned: float = 0
    inside: float = ROWS_PER_LIST
    listed: float = ROWS_PER_LIST


def expect_first(arguments: Any, _sizes: Sizes, _fields: frozenset[str]) -> Expected:
    """Expects as many rows as `first` allows."""
    return Expected(getattr(arguments, "first", 1))


@dataclass(frozen=True)
class Finder:
    """`read(arguments, filters)` runs before any statement; `find(reader, what was read, selected fields)` finds the rows.

    It returns a row, None, a list of rows, or for a connection an object with `rows`, `more`, `total` and `cursor(number)`.
    `expect(what was read, sizes, selected fields)` estimates their number before that.
    `look_up(reader, what read() returned)` comes first of all: it returns that with what it names, or raises NotFound, for a few rows.
    """

    read: Callable[[Mapping[str, Any], FilterReader], Any]
    find: Callable[[Reader, Any, frozenset[str]], Any]
    expect: Callable[[Any, Sizes, frozenset[str]], Expected] = expect_first
    look_up: Callable[[Reader, Any], Any] | None = None


@dataclass(frozen=True)
class ComputedField:
    """A field of a computed type, and the place of its value in the finder's rows."""

    definition: GraphQLField
    target: GraphQLNamedType
    place: int
    texts: Mapping[str, str] | None  # of an enum: PeeringDB's text → our name

    @property
    def required(self) -> bool:
        return isinstance(self.definition.type, GraphQLNonNull)

    @property
    def many(self) -> bool:
        kind = self.definition.type
        return isinstance(kind.of_type if isinstance(kind, GraphQLNonNull) else kind, GraphQLList)


def computed_field(row_type: Any, name: str, definition: GraphQLField) -> ComputedField:
    """Returns the field of this Python name, whose value has the same name in the finder's NamedTuple."""
    target = get_named_type(definition.type)
    enum = target.extensions.get("strawberry-definition")
    texts = names(cast(Any, enum.wrapped_cls)) if isinstance(enum, StrawberryEnumDefinition) else None
    return ComputedField(definition, target, row_type._fields.index(name), texts)


def finder_of(definition: GraphQLField) -> Finder | None:
    metadata: Mapping[str, Any] = definition.extensions["strawberry-definition"].metadata
    return metadata.get("finder")
