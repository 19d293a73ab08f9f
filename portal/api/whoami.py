"""GET /api/whoami: what a caller is told of itself. Asking is never a use of the key, so that trying a new token leaves it unused."""

import logging
import secrets
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy import Dialect, bindparam, select

from graphql_schema.engine.errors import INTERNAL
from graphql_schema.http import JSON, error_response, json_response, refusal
from graphql_schema.types.rate_limit import reset_at
from portal.access.permissions import Permission
from portal.access.principal import Kind
from portal.api.caller import Caller, admit_caller
from portal.api.graphql import tell
from portal.db.prepared import Prepared
from portal.db.reader import Snapshot
from portal.db.types import TIMESTAMP_FORM
from portal.errors import PortalError
from portal.extensions import db
from portal.limits.budgets import Left
from portal.registry.organizations import Organization
from portal.registry.types import LISTED_TYPES

log = logging.getLogger(__name__)
blueprint = Blueprint("whoami", __name__)
NAME = select(Organization.name).where(Organization.id == bindparam("id"))


@blueprint.get("/api/whoami")
def show() -> Response:
    request_id, caller = secrets.token_hex(8), Caller()
    try:
        with Snapshot(db.engine) as snapshot:
            admit_caller(caller, snapshot, request)
            response = json_response(describe(caller, snapshot), 200, JSON)
    except PortalError as error:
        response = refusal(error)
    except Exception:
        log.exception("request %s failed", request_id)
        response = error_response(500, "Something went wrong here; it was logged.", INTERNAL, JSON, {"requestId": request_id})
    return tell(response, caller, request_id)


def describe(caller: Caller, snapshot: Snapshot) -> dict[str, Any]:
    """The body: `key` and `organization` are null without a key."""
    principal = caller.principal
    told: dict[str, Any] = {"anonymous": principal.kind is Kind.ANONYMOUS, "address": principal.address, "key": None, "organization": None}
    if principal.kind is Kind.KEY:
        ((name,),) = name_of(snapshot.dialect).rows(snapshot, {"id": principal.organization_id})
        told["organization"] = {"id": f"org:{principal.organization_id}", "name": name}
        told["key"] = {
            "id": principal.id,
            "name": principal.name,
            "scopes": [describe_scope(scope, objects) for scope, objects in sorted(principal.grants.items())],
            "expiresAt": caller.expires_at.strftime(TIMESTAMP_FORM) if caller.expires_at else None,
        }
    return told | {"rateLimit": describe_left(caller.purse.left)}


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
