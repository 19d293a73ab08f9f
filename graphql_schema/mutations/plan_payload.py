"""The plan of applyNetworks: what differs from the declaration, record by record."""

from typing import cast

import strawberry

from graphql_schema.mutations.payloads import Hint, UserError
from graphql_schema.schema.enums import describe_own
from graphql_schema.schema.scalars import ASN
from graphql_schema.types.field_change import FieldChange, described
from portal.registry.write.declare.plan_rows import Action, PlanRow
from portal.registry.write.names import name_of

SAYS = {
    Action.CREATE: "It isn't there and will be.",
    Action.UPDATE: "Some of its fields will change.",
    Action.DELETE: "It is there and no entry names it.",
}
describe_own(Action, SAYS, "PlanAction")


@strawberry.type(description="What becomes of one record. Needs no scope.")
class PlannedChange:
    """A row of the plan."""

    action: Action = strawberry.field(description="CREATE, UPDATE or DELETE. Needs no scope.")
    type: str = strawberry.field(description="The record's type, as ExchangePort. Needs no scope.")
    id: strawberry.ID | None = strawberry.field(description="Its id; null for a new one in a dry run. Needs no scope.")
    name: str = strawberry.field(description="What people call it, as its address. Needs no scope.")
    asn: ASN = strawberry.field(description="The network's ASN. Needs no scope.")
    path: list[str] = strawberry.field(description="The part of the input that says so. Needs no scope.")
    fields: list[FieldChange] = strawberry.field(description="What changes in it. Needs no scope.")


@strawberry.type(description="The plan, and whether it was applied. Needs no scope.")
class ApplyNetworksPayload:
    """Business errors leave everything as it was."""

    applied: bool = strawberry.field(description="Whether the plan was applied: false in a dry run and with errors. Needs no scope.")
    plan: list[PlannedChange] = strawberry.field(description="What differs from the declaration; empty where nothing does. Needs no scope.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing was done; empty where it was. Needs no scope.")
    user_warnings: list[Hint] = strawberry.field(description="What to look at. Needs no scope.")


def planned_change(row: PlanRow, *, dry_run: bool) -> PlannedChange:
    is_new = row.action is Action.CREATE
    fields = [
        FieldChange(**described(column, row.before.get(column), value)) for column, value in row.values.items() if column != row.kind.owner
    ]
    identity = None if is_new and dry_run else strawberry.ID(f"{row.kind.tag}:{row.row.id}")
    return PlannedChange(
        action=cast(Action, row.action.value),  # graphql-core looks a choice up by its value
        type=row.kind.model.__name__,
        id=identity,
        name=name_of(row.kind, row.row),
        asn=row.network.asn,
        path=["input", *row.path],
        fields=fields,
    )
