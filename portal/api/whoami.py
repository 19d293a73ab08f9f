"""GET /api/whoami: what a caller can read of itself. It is never a use of the key, so that trying a new token leaves it unused."""

from functools import lru_cache
from typing import Any

from flask import Response
from sqlalchemy import Dialect, bindparam, select

from graphql_schema.types.rate_limit import reset_at
from portal.access.permissions import Permission
from portal.access.principal import Kind
from portal.api.answer import Call, answer_caller
from portal.api.caller import Caller
from portal.api_keys.authenticate.authenticate import Admitted
from portal.db.prepared import Prepared
from portal.db.reader import Snapshot
from portal.db.types import TIMESTAMP_FORM
from portal.http.json_answers import json_response
from portal.limits.budgets import Left
from portal.registry.organizations import Organization
from portal.registry.types import LISTED_TYPES

NAME = select(Organization.name).where(Organization.id == bindparam("id"))


def whoami(call: Call) -> Response:
    return answer_caller(call, lambda call, snapshot: json_response(describe(call.caller, snapshot)), is_use=False)


def describe(caller: Caller, snapshot: Snapshot) -> dict[str, Any]:
    """Returns the body: `key` and `organization` are null without a key."""
    principal = caller.principal
    body: dict[str, Any] = {"anonymous": principal.kind is Kind.ANONYMOUS, "address": principal.address, "key": None, "organization": None}
    if principal.kind is Kind.KEY:
        ((name,),) = name_of(snapshot.dialect).rows(snapshot, {"id": principal.organization_id})
        body["organization"] = {"id": f"org:{principal.organization_id}", "name": name}
        body["key"] = {
            "id": principal.id,
            "name": principal.name,
            "scopes": [describe_scope(scope, objects) for scope, objects in sorted(principal.grants.items())],
            "token": describe_token(caller.admitted),
            "expiresAt": caller.expires_at.strftime(TIMESTAMP_FORM) if caller.expires_at else None,
        }
    return body | {"rateLimit": describe_left(caller.charge.left)}


def describe_token(admitted: Admitted | None) -> dict[str, Any]:
    """Returns which of the key's tokens was sent, and since when it is there: a pipeline rotates the key when it is old."""
    created = admitted and admitted.token_created
    return {"id": admitted and admitted.token_id, "created": created and created.strftime(TIMESTAMP_FORM)}


def describe_scope(scope: Permission, objects: frozenset[int] | None) -> dict[str, Any]:
    """`objects`: ids as GraphQL's, those of networks for contacts; null where it isn't limited to chosen ones."""
    return {
        "scope": scope.value,
        "objects": None if objects is None else [f"{LISTED_TYPES[scope.resource].tag}:{number}" for number in sorted(objects)],
    }


def describe_left(left: Left | None) -> dict[str, Any] | None:
    """The tightest budget, in points a minute."""
    return {"limit": left.budget.points, "remaining": left.points, "resetAt": reset_at(left)} if left else None


@lru_cache(maxsize=8)
def name_of(dialect: Dialect) -> Prepared:
    return Prepared(NAME, dialect)
