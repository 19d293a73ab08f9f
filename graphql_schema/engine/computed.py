"""Answers that are composed of several records, as a peer is of a network and of ports: found by the directory, shown by levels.

A field of such a type has a `Finder`; what that finds are rows of ids, whose places the type's fields name. Records behind the ids are
read like those of any other level: one statement for all rows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from graphql import GraphQLField, GraphQLList, GraphQLNamedType, GraphQLNonNull, get_named_type
from strawberry.types.enum import StrawberryEnumDefinition

from portal.access.visibility import Visibility
from portal.registry.choices import names
from portal.registry.read.sizes import Sizes
from portal.registry.read.statements import Reader


class Expected(NamedTuple):
    """How many rows a list will hold, and what must be looked at to find them, in rows' worth (looking.py)."""

    rows: float
    looked: float = 0


def as_asked(asked: Any, _sizes: Sizes, _wanted: frozenset[str]) -> Expected:
    """As many as were asked for."""
    return Expected(getattr(asked, "first", 1))


@dataclass(frozen=True)
class Finder:
    """`read(arguments, visibility)` runs before any statement; `find(reader, what was read, names of the wanted fields)` finds the rows.

    It returns a row, None, a list of rows, or for a connection an object with `rows`, `more`, `total` and `cursor(number)`.
    `expect(what was read, sizes, names of the wanted fields)` tells beforehand how much that will be.
    """

    read: Callable[[Mapping[str, Any], Visibility], Any]
    find: Callable[[Reader, Any, frozenset[str]], Any]
    expect: Callable[[Any, Sizes, frozenset[str]], Expected] = as_asked


@dataclass(frozen=True)
class Held:
    """A field of a composed type: what stands at a place of its rows."""

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


def held(row: Any, name: str, definition: GraphQLField) -> Held:
    """The field of this Python name, whose value stands in the directory's NamedTuple `row` under the same name."""
    target = get_named_type(definition.type)
    made = target.extensions.get("strawberry-definition")
    texts = names(cast(Any, made.wrapped_cls)) if isinstance(made, StrawberryEnumDefinition) else None
    return Held(definition, target, row._fields.index(name), texts)


def finder_of(definition: GraphQLField) -> Finder | None:
    metadata: Mapping[str, Any] = definition.extensions["strawberry-definition"].metadata
    return metadata.get("finder")
