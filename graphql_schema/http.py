"""HTTP around GraphQL: which media type, which question, and errors in GraphQL's shape (GraphQL over HTTP, 2025 draft)."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Request, Response
from werkzeug.datastructures import MIMEAccept

from graphql_schema.engine.answer import GraphQLRequest
from portal.errors import Limited, PortalError, Unauthenticated

GRAPHQL, JSON = "application/graphql-response+json", "application/json"
LARGEST_BODY = 256 * 1024
CODES = {
    400: "BAD_REQUEST",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    406: "NOT_ACCEPTABLE",
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
}
REALM = 'Bearer realm="peering-portal"'


class BadRequest(Exception):
    """A request that holds no question; `status` and what to do."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.headers = status, message, headers or {}


def media_type(request: Request) -> str:
    """application/json unless graphql-response+json is asked for by name with at least the same quality. Raises BadRequest."""
    told = request.headers.get("Accept")
    if told in {None, "", "*/*", JSON}:
        return JSON
    named = [(value.partition(";")[0].rstrip(), quality) for value, quality in request.accept_mimetypes]
    accept = MIMEAccept(named)  # without charsets, which some clients ask for
    if not accept:
        return JSON
    new, old = accept.quality(GRAPHQL), accept.quality(JSON)
    if new and new >= old and any(value.lower().startswith(GRAPHQL) for value, quality in accept if quality):
        return GRAPHQL
    if not old and not new:
        raise BadRequest(406, f"Accept {GRAPHQL} or {JSON}.")
    return JSON if old else GRAPHQL


def known_to(request: Request, tag: str) -> bool:
    """Whether the caller holds the answer with this tag; `*` names none, as there may be an error to tell."""
    held = request.if_none_match
    return held.is_weak(tag) or held.is_strong(tag)


def read_question(request: Request) -> GraphQLRequest:
    """The question of a GET's address or a POST's body. Raises BadRequest."""
    if request.method != "POST":
        given: Any = {name: request.args[name] for name in ("query", "operationName") if name in request.args}
        given |= {name: read_json(request.args[name]) for name in ("variables", "extensions") if request.args.get(name)}
        return question_of(given)
    if request.content_type != JSON and (
        request.mimetype != JSON or request.mimetype_params.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}
    ):
        raise BadRequest(415, f"Send the header Content-Type: {JSON}, and the question as JSON in UTF-8.")
    return question_of(read_json(read_body(request)))


def read_body(request: Request) -> bytes:
    """Whole, also where it comes in chunks without a length, which Werkzeug would take for empty. Raises BadRequest for a large one."""
    if request.content_length is None and request.headers.get("Transfer-Encoding"):
        body: bytes = request.environ["wsgi.input"].read(LARGEST_BODY + 1)
    elif (request.content_length or 0) > LARGEST_BODY:
        raise BadRequest(413, f"A question may have {LARGEST_BODY} bytes.")
    else:
        body = request.get_data(cache=False)
    if len(body) > LARGEST_BODY:
        raise BadRequest(413, f"A question may have {LARGEST_BODY} bytes.")
    return body


def read_json(text: str | bytes) -> Any:
    try:
        return orjson.loads(text)
    except (ValueError, RecursionError) as error:
        place = f" (line {error.lineno}, column {error.colno})" if isinstance(error, orjson.JSONDecodeError) else ""
        raise BadRequest(400, f"This isn't JSON in UTF-8{place}, or nested too deeply. Names and texts stand in double quotes.") from None


def question_of(given: Any) -> GraphQLRequest:
    if not isinstance(given, dict):
        raise BadRequest(400, 'Send one JSON object, as {"query": "{ viewer { address } }"}. Several questions at once aren\'t taken.')
    query, variables, name, extensions = (given.get(part) for part in ("query", "variables", "operationName", "extensions"))
    if not isinstance(query, str) or not query.strip():
        raise BadRequest(400, "`query` must be a text that holds a GraphQL document. An editor to try one is at /playground.")
    if not isinstance(variables, dict | None) or not isinstance(extensions, dict | None):
        raise BadRequest(400, "`variables` and `extensions` must be JSON objects.")
    if not isinstance(name, str | None):
        raise BadRequest(400, "`operationName` must be a text.")
    return GraphQLRequest(query, variables or {}, name or None)


def error_response(status: int, message: str, code: str, media: str = JSON, extensions: Mapping[str, Any] | None = None) -> Response:
    """An answer without data."""
    return json_response({"errors": [{"message": message, "extensions": {"code": code, **(extensions or {})}}]}, status, media)


def json_response(body: Any, status: int, media: str) -> Response:
    return Response(orjson.dumps(body), status, content_type=f"{media}; charset=utf-8")


def bad_request(error: BadRequest, media: str = JSON) -> Response:
    response = error_response(error.status, error.message, CODES.get(error.status, "BAD_REQUEST"), media)
    response.headers.update(error.headers)
    return response


def refusal(error: PortalError, media: str = JSON) -> Response:
    """A credential that can't be used, or a limit that is used up."""
    response = error_response(error.status, error.message, error.code, media)
    if isinstance(error, Limited):
        response.headers["Retry-After"] = str(error.retry_after)
    challenge = getattr(error, "challenge", None)
    if challenge or isinstance(error, Unauthenticated):
        response.headers["WWW-Authenticate"] = REALM + (f', error="{challenge}"' if challenge else "")
    return response


def insufficient_scope(scopes: list[str]) -> str:
    """WWW-Authenticate for a request that lacks scopes (RFC 6750 §3)."""
    return f'{REALM}, error="insufficient_scope", scope="{" ".join(scopes)}"'
