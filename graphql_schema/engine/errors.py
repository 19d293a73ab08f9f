"""Errors as clients see them: GraphQL's shape with `extensions.code`; an unexpected one is logged once and masked."""

import logging
from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError, Node

from graphql_schema.engine.context import Context
from portal.access.principal import Kind
from portal.errors import PortalError

log = logging.getLogger(__name__)

PARSE, VALIDATION, INPUT = "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"
INTERNAL = "INTERNAL_SERVER_ERROR"
MAX_MESSAGE_CHARACTERS, MAX_PATH_CHARACTERS = 500, 200


class TooCostly(PortalError):
    """The answer would be too large; nothing of it is given. `numbers` are for machines."""

    code = "COST_LIMIT_EXCEEDED"

    def __init__(self, message: str, numbers: Mapping[str, int] | None = None) -> None:
        super().__init__(message)
        self.numbers = numbers or {}


class ScopeMissing(Exception):
    """An argument needs one of these scopes; `field` is its name as Type.field."""

    def __init__(self, field: str, scopes: frozenset[str]) -> None:
        self.field, self.scopes = field, scopes


def coded(error: GraphQLError, code: str) -> GraphQLError:
    error.extensions = {**(error.extensions or {}), "code": code}
    return error


def from_portal(error: PortalError, nodes: list[Node] | None = None, path: list[str | int] | None = None) -> GraphQLError:
    return GraphQLError(message_of(error), nodes, path=path, extensions={"code": error.code, **getattr(error, "numbers", {})})


def message_of(error: PortalError) -> str:
    """Returns the message, behind the path of a part of an argument as where.and[3].name.in."""
    path = error.field or ""
    if not any(mark in path for mark in ".["):
        return error.message
    path = path if len(path) <= MAX_PATH_CHARACTERS else f"…{path[-MAX_PATH_CHARACTERS:]}"
    return f"{path}: {error.message}"


def forbidden(context: Context, missing: Mapping[str, tuple[frozenset[str], Node]]) -> list[GraphQLError]:
    """Returns one error for each `Type.field` that the caller lacks the scope of."""
    who = context.principal
    granted = sorted(who.grants) if who.kind is Kind.KEY else []
    lacking = "This API key doesn't have it; an admin of its organization can add it."
    cure = lacking if who.kind is Kind.KEY else "Send an API key that has it."
    return [
        GraphQLError(
            f"{field} needs {' or '.join(sorted(scopes))}. {cure}",
            node,
            extensions={"code": "FORBIDDEN", "requiredScopes": sorted(scopes), "grantedScopes": granted},
        )
        for field, (scopes, node) in missing.items()
    ]


def shown(error: GraphQLError, context: Context) -> dict[str, Any]:
    """Returns the error as the answer shows it."""
    cause = error.original_error
    if isinstance(cause, PortalError):
        error = from_portal(cause, error.nodes, error.path)
    elif cause is not None and not isinstance(cause, GraphQLError):
        log.error("request %s failed at %s", context.request_id, error.path, exc_info=cause)
        error = GraphQLError(
            "Something went wrong here; it was logged.", error.nodes, path=error.path, extensions=internal(context.request_id)
        )
    elif "code" not in (error.extensions or {}):
        error = coded(error, INPUT)
    return {**error.formatted, "message": shortened(error.message)}


def shortened(message: str) -> str:
    """A message may hold what the caller sent, however long that was."""
    return message if len(message) <= MAX_MESSAGE_CHARACTERS else message[:MAX_MESSAGE_CHARACTERS] + "…"


def internal(request_id: str) -> dict[str, Any]:
    return {"code": INTERNAL, "requestId": request_id}
