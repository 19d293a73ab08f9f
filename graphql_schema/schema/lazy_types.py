"""Record types by their tag, as annotations that Strawberry resolves when it builds the schema, because they refer to one another."""

from typing import Annotated, Any

import strawberry

from graphql_schema.schema.connections import Connection
from portal.registry.types import TYPES


def reference(tag: str) -> Any:
    """Returns the annotation of one record."""
    return lazy(tag, "")


def page_of(tag: str) -> Any:
    """Returns the annotation of a page of records."""
    return Connection.__class_getitem__(reference(tag))  # type: ignore[attr-defined]  # Generic's own, which a type checker doesn't see


def filter_reference(tag: str) -> Any:
    """Returns the annotation of the record type's filter."""
    return lazy(tag, "Filter")


def order_reference(tag: str) -> Any:
    """Returns the annotation of the record type's order."""
    return lazy(tag, "Order")


def lazy(tag: str, ending: str) -> Any:
    """A GraphQL type has its model's name and lies in the module of the same name under `types`."""
    model = TYPES[tag].model
    type_name = f"{model.__name__}{ending}"
    return Annotated[type_name, strawberry.lazy(f"graphql_schema.types.{model.__module__.rpartition('.')[2]}")]
