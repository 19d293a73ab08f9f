"""Answers in JSON, errors in GraphQL's shape."""

from typing import Any

import orjson
from flask import Response

from graphql_schema.engine.errors import INTERNAL
from portal.errors import PortalError, Unauthenticated
from portal.http.json_requests import BadRequest

JSON = "application/json"
CODES = {
    400: "BAD_REQUEST",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    406: "NOT_ACCEPTABLE",
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
}
CHALLENGE = 'Bearer realm="peering-portal"'


def json_response(body: Any, status: int = 200, media: str = JSON) -> Response:
    return Response(orjson.dumps(body), status, content_type=f"{media}; charset=utf-8")


def error_body(message: str, code: str, **extensions: Any) -> dict[str, Any]:
    """Returns an answer without data."""
    return {"errors": [{"message": message, "extensions": {"code": code, **extensions}}]}


def bad_request(error: BadRequest, media: str = JSON) -> Response:
    response = json_response(error_body(error.message, CODES.get(error.status, "BAD_REQUEST")), error.status, media)
    response.headers.update(error.headers)
    return response


def refusal(error: PortalError, media: str = JSON) -> Response:
    """Returns the answer to a credential that can't be used, to a limit that is used up, or to anything else that a rule refuses."""
    required = sorted(getattr(error, "required", ()))
    scopes = {"requiredScopes": required} if required else {}
    response = json_response(error_body(error.message, error.code, **scopes), error.status, media)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    challenge = getattr(error, "challenge", None)
    if challenge or isinstance(error, Unauthenticated):
        response.headers["WWW-Authenticate"] = CHALLENGE + (f', error="{challenge}"' if challenge else "")
    if required:
        response.headers["WWW-Authenticate"] = insufficient_scope(required)
    return response


def failure_body(request_id: str) -> dict[str, Any]:
    return error_body("Something went wrong here; it was logged.", INTERNAL, requestId=request_id)


def insufficient_scope(scopes: list[str]) -> str:
    """Returns WWW-Authenticate for a request that lacks scopes (RFC 6750 §3)."""
    return f'{CHALLENGE}, error="insufficient_scope", scope="{" ".join(scopes)}"'
