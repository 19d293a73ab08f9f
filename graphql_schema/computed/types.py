"""Composed types and their fields: rows of ids that the directory finds, shown as the records behind them."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

import strawberry
from strawberry.types.arguments import StrawberryArgument

from graphql_schema.engine.computed import Finder
from graphql_schema.schema.scopes import needs, requires
from portal.access.permissions import Permission
from portal.registry.types import TYPES

T = TypeVar("T")


def composed(row: type, reads: Iterable[Permission]) -> Callable[[type[T]], type[T]]:
    """Makes the class the GraphQL type of the directory's rows of this NamedTuple. Its docstring is the description."""

    def decorate(cls: type[T]) -> type[T]:
        made: Any = strawberry.type(cls, description=f"{cls.__doc__} {needs(reads)}", directives=requires(reads))
        made.__directory_row__ = row
        return cast(type[T], made)

    return decorate


def held(description: str, tag: str) -> Any:
    """The record, or records, of this type whose ids the row holds."""
    reads = TYPES[tag].reads
    return strawberry.field(description=f"{description} PeeringDB: {tag}. {needs(reads)}", directives=requires(reads))


def told(description: str, reads: Iterable[Permission]) -> Any:
    """What the row itself tells."""
    return strawberry.field(description=f"{description} {needs(reads)}", directives=requires(reads))


def found(finder: Finder, description: str, reads: Iterable[Permission], *arguments: StrawberryArgument) -> Any:
    """A field that this finder answers."""
    metadata = {"rows": lambda *_, **__: finder, "finder": finder}
    field = strawberry.field(description=f"{description} {needs(reads)}", directives=requires(reads), metadata=metadata)
    field.arguments = list(arguments)
    return field
