"""Relay's connections: a page of a list, never the list itself."""

from typing import Generic, TypeVar

import strawberry

from graphql_schema.schema.scalars import Cursor

T = TypeVar("T")


@strawberry.type(description="Where a page lies in its list. Needs no scope.")
class PageInfo:
    """https://relay.dev/graphql/connections.htm"""

    has_next_page: bool = strawberry.field(description="Whether rows come after this page; false with `first: 0`. Needs no scope.")
    has_previous_page: bool = strawberry.field(description="Whether `after` or `changedSince` was given. Needs no scope.")
    start_cursor: Cursor | None = strawberry.field(description="The first row's cursor; null on an empty page. Needs no scope.")
    end_cursor: Cursor | None = strawberry.field(
        description="The last row's cursor: `after` of the next page. With `changedSince` it is the next one, and on an empty page the "
        "same again. Needs no scope."
    )


@strawberry.type(description="A row in its place. Needs the scope of the list.")
class Edge(Generic[T]):
    """A row and its cursor."""

    node: T = strawberry.field(description="The row. Needs the scope of the list.")
    cursor: Cursor = strawberry.field(description="Its place, for `after`. Needs the scope of the list.")


@strawberry.type(description="A page of a list. Needs the scope of the list.")
class Connection(Generic[T]):
    """A page."""

    nodes: list[T] = strawberry.field(description="The page's rows. Needs the scope of the list.")
    edges: list[Edge[T]] = strawberry.field(description="The page's rows with their cursors. Needs the scope of the list.")
    page_info: PageInfo = strawberry.field(
        description="Whether and where the list goes on; without it, `extensions.truncated` holds the path of a list that was cut short. "
        "Needs the scope of the list."
    )
    total_count: int = strawberry.field(
        description="How many rows the whole list has for you, all pages together; costs a count of its own. Needs the scope of the list."
    )
