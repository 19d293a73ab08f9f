"""Computed types and their fields: rows of ids that a finder of the registry returns, shown as the records behind them."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

import strawberry
from strawberry.types.arguments import StrawberryArgument

from graphql_schema.engine.computed import Finder
from graphql_schema.schema.scopes import needs, requires
from portal.access.permissions import Permission
from portal.registry.types import TYPES

T = TypeVar("T")


def computed(row_type: type, reads: Iterable[Permission]) -> Callable[[type[T]], type[T]]:
    """Makes the class the GraphQL type of a finder's rows, which are this NamedTuple. Its docstring is the description."""

    def decorate(cls: type[T]) -> type[T]:
        graphql_type: Any = strawberry.type(cls, description=f"{cls.__doc__} {needs(reads)}", directives=requires(reads))
        graphql_type.__row_type__ = row_type
        return cast(type[T], graphql_type)

    return decorate


def records(description: str, tag: str) -> Any:
    """The record, or records, of this type whose ids the row holds."""
    reads = TYPES[tag].reads
    return strawberry.field(description=f"{description} PeeringDB: {tag}. {needs(reads)}", directives=requires(reads))


def own_value(description: str, reads: Iterable[Permission]) -> Any:
    """A value of the row itself."""
    return strawberry.field(description=f"{description} {needs(reads)}", directives=requires(reads))


def found_by(finder: Finder, description: str, reads: Iterable[Permission], *arguments: StrawberryArgument) -> Any:
    """A field that this finder answers."""
    metadata = {"rows": lambda *_, **__: finder, "finder": finder}
    field = strawberry.field(description=f"{description} {needs(reads)}", directives=requires(reads), metadata=metadata)
    field.arguments = list(arguments)
    return field
