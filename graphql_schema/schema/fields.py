"""How record types say what their fields are: `column()`, `relation()`, and `@record` that completes them.

Descriptions are written without PeeringDB's name and the scope: @record adds both from the registry's, so that they can't be wrong.
"""

from collections.abc import Callable, Iterable
from copy import copy
from types import MappingProxyType
from typing import Any, TypeVar, cast

import strawberry
from strawberry import UNSET
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from graphql_schema.engine.page_size import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE
from graphql_schema.engine.rows import Rows, Several
from graphql_schema.schema.lazy_types import filter_reference, order_reference, page_of, reference
from graphql_schema.schema.scalars import Cursor
from graphql_schema.schema.scopes import needs, requires
from portal.access.permissions import Permission
from portal.registry.description import RecordType, Relation
from portal.registry.read.paging import MAX_SORT_FIELDS
from portal.registry.types import TYPES

SORTED = f"Sort order, at most {MAX_SORT_FIELDS} fields; equal rows go by id, in the last field's direction."
CHANGED = (
    "Only rows that changed after this cursor, in the order of their changes and as they are now, deleted ones too, and blank ones that "
    "you may no longer see: a mirror misses none. "
    '"" begins at the start, `endCursor` is the next `changedSince`, also where a page is empty. Not with `orderBy` or `after`.'
)
DELETED = (
    "Deleted rows too, with status DELETED; a contact's personal values are gone. Relations to one show deleted records then. "
    "`changedSince` shows them in any case."
)
T = TypeVar("T")


def column(
    description: str,
    name: str | None = None,
    *,
    scope: Permission | None = None,
    entries: Callable[[str], list[dict[str, str]]] | None = None,
) -> Any:
    """A column of the record; `name` where it isn't the field's own, `scope` where the type's rule isn't enough.

    `entries` reads the objects that the field shows from the column's text, where that isn't JSON.
    """
    return strawberry.field(description=description, metadata={"column": name, "scope": scope, "entries": entries})


def relation(description: str) -> Any:
    """The record, or the page of records, that the description's relation of this name leads to."""
    return strawberry.field(description=description, metadata={"relation": True})


def rows(resolve: Callable[..., Rows | Several | None], description: str, *arguments: StrawberryArgument, tag: str | None = None) -> Any:
    """A field whose resolver returns which rows it means; `tag` where their type's scope is what it needs."""
    directives = requires(TYPES[tag].reads) if tag else []
    text = f"{description} PeeringDB: {tag}. {needs(TYPES[tag].reads)}" if tag else description
    field = strawberry.field(description=text, directives=directives, metadata={"rows": resolve})
    field.arguments = list(arguments)
    return field


def every(tag: str, description: str) -> Any:
    """A page of all records of a type."""
    return rows(lambda *_, **__: Rows(tag), description, *page_arguments(tag), *change_arguments(), tag=tag)


def argument(name: str, kind: Any, description: str, default: Any = UNSET) -> StrawberryArgument:
    return StrawberryArgument(name, None, StrawberryAnnotation(kind), default=default, description=description)


def page_arguments(tag: str, max_rows: int = MAX_PAGE_SIZE) -> list[StrawberryArgument]:
    """first, after, where, orderBy."""
    several = list.__class_getitem__(order_reference(tag))
    return [
        argument("first", int | None, f"Maximum rows to return, 0 to {max_rows}.", DEFAULT_PAGE_SIZE),
        argument("after", Cursor | None, "Begin after this cursor's row: `endCursor` of the page before."),
        argument("where", filter_reference(tag) | None, "Conditions on the rows."),
        argument("order_by", several | None, SORTED),
    ]


def change_arguments() -> list[StrawberryArgument]:
    """changedSince, includeDeleted."""
    return [argument("changed_since", Cursor | None, CHANGED), argument("include_deleted", bool | None, DELETED, False)]


def record(kind: RecordType) -> Callable[[type[T]], type[T]]:
    """Makes the class the GraphQL type of a record type. Its docstring is the description."""

    def decorate(cls: type[T]) -> type[T]:
        description = f"{cls.__doc__} PeeringDB: {kind.tag}. {needs(kind.reads)}"
        for name in cls.__annotations__.keys() & kind.relations.keys():
            cls.__annotations__[name] = annotation_of(kind, kind.relations[name])
        graphql_type: Any = strawberry.type(cls, description=description, directives=requires(kind.reads))
        definition = graphql_type.__strawberry_definition__
        definition.fields = [complete(kind, field) for field in definition.fields]
        graphql_type.__record_type__ = kind
        return cast(type[T], graphql_type)

    return decorate


def annotation_of(kind: RecordType, related: Relation) -> Any:
    """Returns what a relation's field holds: a page of records, or one record, which may be missing where the column may be null."""
    if related.many:
        return page_of(related.target)
    target = reference(related.target)
    return target | None if kind.table.c[related.local].nullable else target


def complete(kind: RecordType, field: StrawberryField) -> StrawberryField:
    """Returns the field with all that the registry's description says of it; a copy, because record types share inherited fields."""
    completed, metadata = copy(field), dict(field.metadata)
    if "relation" in metadata:
        related = kind.relations[completed.python_name]
        target = TYPES[related.target]
        metadata["relation"] = related
        completed.directives = requires(target.reads)
        completed.description = f"{field.description} PeeringDB: {target.tag}. {needs(target.reads or kind.reads)}"
        metadata["max_rows"] = related.max_page_rows or MAX_PAGE_SIZE
        completed.arguments = page_arguments(target.tag, metadata["max_rows"]) if related.many else []
    else:
        metadata["column"] = metadata.get("column") or completed.python_name
        scope: Iterable[Permission] = [metadata["scope"]] if metadata.get("scope") else []
        completed.directives = requires(scope)
        completed.description = f"{field.description} PeeringDB: {kind.tag}.{metadata['column']}. {needs(scope or kind.reads)}"
    completed.metadata = MappingProxyType(metadata)
    return completed
