"""applyNetworks: how networks should be, compared with what is stored, and applied whole."""

from typing import Any

import strawberry
from graphql import GraphQLResolveInfo

from graphql_schema.engine.context import Context
from graphql_schema.mutations.declaration_input import network_input, read_network
from graphql_schema.mutations.inputs import dry_run_argument, idempotency_argument
from graphql_schema.mutations.payloads import user_errors, user_warnings
from graphql_schema.mutations.plan_payload import ApplyNetworksPayload, planned_change
from graphql_schema.schema.fields import argument
from graphql_schema.schema.scopes import needs, requires
from portal.access.permissions import Permission
from portal.errors import Invalid
from portal.registry.rules.problem import Rejected
from portal.registry.write.declare.apply_networks import DEFAULT_MAX_DELETES, apply_networks

SCOPES = frozenset({Permission.NETWORKS_UPDATE, Permission.CONTACTS_CREATE, Permission.CONTACTS_UPDATE, Permission.CONTACTS_DELETE})


def resolve(_source: Any, info: GraphQLResolveInfo[Context], **given: Any) -> ApplyNetworksPayload:
    transaction = info.context.act
    try:
        networks = [read_network(transaction.session, info.context.principal, entry, place) for place, entry in enumerate(given["input"])]
        limit, key = read_limit(given.get("maxDeletes")), given.get("idempotencyKey")
        plan = apply_networks(transaction.session, info.context.principal, networks, limit, key)
    except Rejected as rejected:
        transaction.rolled_back = True
        return ApplyNetworksPayload(applied=False, plan=[], user_errors=user_errors(rejected.problems), user_warnings=[])
    dry_run = transaction.rolled_back = bool(given.get("dryRun"))
    changes = [planned_change(row, dry_run=dry_run) for row in plan.rows]
    return ApplyNetworksPayload(applied=not dry_run, plan=changes, user_errors=[], user_warnings=user_warnings(plan.warnings))


def read_limit(given: int | None) -> int:
    if given is None:
        return DEFAULT_MAX_DELETES
    if given < 0:
        raise Invalid("This can't be less than 0.", "maxDeletes")
    return given


def apply_field() -> Any:
    text = (
        "Makes networks as they are declared: the difference is a plan, which is applied whole or not at all. A port is named by its "
        f"address, a presence by its facility, a contact by its role and e-mail address. {needs(SCOPES)}"
    )
    field = strawberry.field(description=text, directives=requires(SCOPES), metadata={"rows": resolve})
    field.arguments = [
        argument("input", list.__class_getitem__(network_input()), "The networks, with at most 2,000 records in all."),
        argument("max_deletes", int | None, "How many records the plan may delete, all networks together.", DEFAULT_MAX_DELETES),
        dry_run_argument(),
        idempotency_argument(),
    ]
    return field
