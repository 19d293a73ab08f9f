"""The history of a record: who or what changed which field."""

from typing import Any

import orjson
import strawberry
from graphql import GraphQLResolveInfo

from graphql_schema.engine.context import Context
from graphql_schema.engine.node_ids import read_node_id
from graphql_schema.engine.page_size import read_first
from graphql_schema.schema.connections import PageInfo
from graphql_schema.schema.fields import argument
from graphql_schema.schema.scalars import Cursor, DateTime
from graphql_schema.schema.scopes import needs, requires
from graphql_schema.types.field_change import RecordChange, described
from portal.access.permissions import Permission
from portal.errors import Invalid
from portal.registry.read.changes_of_record import NEWEST, ChangeRow, read_history
from portal.whole_numbers import read_number

DEFAULT_ROWS, MAX_ROWS = 50, 100
SCOPES = frozenset({Permission.AUDIT_READ})


@strawberry.type(description="What an act changed in one field of a record. Needs the scope of the list.")
class HistoryEntry(RecordChange):
    """Who or what did it, and when."""

    act: int = strawberry.field(description="The act's number in the activity; its changes share it. Needs the scope of the list.")
    at: DateTime = strawberry.field(description="When, in UTC. Needs the scope of the list.")
    actor_kind: str = strawberry.field(description="member, key, operator, or command line, as for an import. Needs the scope of the list.")
    actor_name: str = strawberry.field(description="The name of the person or key at that time. Needs the scope of the list.")


@strawberry.type(description="A page of a record's history, the newest first. Needs the scope of the list.")
class HistoryPage:
    """As other pages, without edges and a total."""

    nodes: list[HistoryEntry] = strawberry.field(description="The changes. Needs the scope of the list.")
    page_info: PageInfo = strawberry.field(description="Whether and where the history goes on. Needs the scope of the list.")


def resolve(_source: Any, info: GraphQLResolveInfo[Context], id: str, first: int | None = None, after: str | None = None) -> HistoryPage:  # noqa: A002 - the argument's name
    """Of a record of the caller's own organizations; another's has no history for it."""
    (tag, number), principal = read_node_id(id), info.context.principal
    organizations = [own for own in principal.own if principal.may(Permission.AUDIT_READ, own)]
    rows, more = read_history(info.context.reader, organizations, tag, number, read_first(first, MAX_ROWS, DEFAULT_ROWS), place_of(after))
    start, end = (Cursor(str(rows[place].id)) if rows else None for place in (0, -1))
    page_info = PageInfo(has_next_page=more, has_previous_page=after is not None, start_cursor=start, end_cursor=end)
    return HistoryPage(nodes=[entry_of(row) for row in rows], page_info=page_info)


def place_of(after: str | None) -> int:
    number = NEWEST if after is None else read_number(after)
    if number is None:
        raise Invalid("This cursor isn't one of this list. Use the endCursor of the page before.", "after")
    return number


def entry_of(row: ChangeRow) -> HistoryEntry:
    before, after = (orjson.loads(text) if text else None for text in (row.before, row.after))
    return HistoryEntry(
        act=row.act,
        at=DateTime(row.at),
        actor_kind=row.actor_kind,
        actor_name=row.actor_name,
        record=strawberry.ID(f"{row.record_type}:{row.record_id}"),
        **described(row.field, before, after),
    )


def history_field() -> Any:
    text = f"Who or what changed a record of your organization, and what belongs to it: a network's ports and contacts too. {needs(SCOPES)}"
    field = strawberry.field(description=text, directives=requires(SCOPES), metadata={"rows": resolve})
    field.arguments = [
        argument("id", strawberry.ID, "As net:20: the type's PeeringDB tag and the record's number."),
        argument("first", int | None, f"Maximum rows to return, 0 to {MAX_ROWS}.", DEFAULT_ROWS),
        argument("after", Cursor | None, "Begin after this cursor's row: `endCursor` of the page before."),
    ]
    return field
