"""What the import would have said of a record that its organization keeps here."""

from typing import Any

import strawberry
from graphql import GraphQLResolveInfo
from sqlalchemy import select
from strawberry.utils.str_converters import to_camel_case

from graphql_schema.engine.context import Context
from graphql_schema.engine.node_ids import read_node_id
from graphql_schema.schema.fields import argument
from graphql_schema.schema.value_text import value_text
from portal.access.principal import Principal
from portal.db.session import snapshot
from portal.registry.description import RecordType
from portal.registry.organizations import ORGANIZATION
from portal.registry.read.differences.read_differences import Difference, read_differences
from portal.registry.types import TYPES

ID = "As net:20: an organization, a network, an exchange, a facility, a carrier or a campus of yours."


@strawberry.type(description="A field that the import says something else of. Needs no scope.")
class ImportDifference:
    """A row that only one side has is one difference, without a field."""

    record: strawberry.ID = strawberry.field(description="The record's id, as netixlan:7. Needs no scope.")
    field: str = strawberry.field(
        description='The field\'s name, as infoPrefixes4; "" for a record that one side alone has. Needs no scope.'
    )
    stored: str | None = strawberry.field(description="What is kept here, as text; null where it has nothing. Needs no scope.")
    imported: str | None = strawberry.field(description="What the import says, as text; null where it has nothing. Needs no scope.")
    clash: strawberry.ID | None = strawberry.field(
        description="The record of the import that was skipped, because this one has the field's value already. Needs no scope."
    )


def resolve(_source: Any, info: GraphQLResolveInfo[Context], id: str) -> list[ImportDifference]:  # noqa: A002 - the argument's name
    """Of the caller's own objects; another's have none for it."""
    tag, number = read_node_id(id)
    with snapshot(info.context.snapshot.engine) as connection:
        if not is_own(connection, info.context.principal, TYPES[tag], number):
            return []
        return [shown(difference) for difference in read_differences(connection, info.context.principal, tag, number)]


def is_own(connection: Any, principal: Principal, kind: RecordType, number: int) -> bool:
    if kind is ORGANIZATION:
        return number in principal.own
    if not kind.is_object:
        return False
    return connection.scalar(select(kind.table.c.organization_id).where(kind.table.c.id == number)) in principal.own


def shown(difference: Difference) -> ImportDifference:
    kind = difference.record_type
    return ImportDifference(
        record=strawberry.ID(f"{kind}:{difference.record_id}"),
        field=to_camel_case(difference.field),
        stored=value_text(difference.stored),
        imported=value_text(difference.imported),
        clash=strawberry.ID(f"{kind}:{difference.clash_id}") if difference.clash_id else None,
    )


def import_differences_field() -> Any:
    text = (
        "What the import says of an object that your organization keeps here, field by field, with what belongs to it: as far as you may "
        "see the fields. Needs no scope itself, its fields need theirs."
    )
    field = strawberry.field(description=text, metadata={"rows": resolve})
    field.arguments = [argument("id", strawberry.ID, ID)]
    return field
