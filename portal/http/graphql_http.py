"""GraphQL over HTTP (2025 draft): the media type of an answer, its status, and what a request asks to execute."""

from collections.abc import Mapping
from typing import Any

from flask import Request
from werkzeug.datastructures import MIMEAccept

from graphql_schema.engine.answer import Answer, GraphQLRequest
from portal.http.json_answers import JSON
from portal.http.json_requests import BadRequest, read_body, read_json

GRAPHQL = "application/graphql-response+json"


def media_type(request: Request) -> str:
    """Returns application/json unless Accept names graphql-response+json with at least the same quality. Raises BadRequest."""
    header = request.headers.get("Accept")
    if header in {None, "", "*/*", JSON}:
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


def read_graphql_request(request: Request) -> GraphQLRequest:
    """Reads a GET's parameters or a POST's body. Raises BadRequest."""
    if request.method != "POST":
        parameters: dict[str, Any] = {name: request.args[name] for name in ("query", "operationName") if name in request.args}
        parameters |= {name: read_json(request.args[name]) for name in ("variables", "extensions") if request.args.get(name)}
        return graphql_request(parameters)
    if request.content_type != JSON and (
        request.mimetype != JSON or request.mimetype_params.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}
    ):
        raise BadRequest(415, f"Send the header Content-Type: {JSON}, and the query as JSON in UTF-8.")
    return graphql_request(read_json(read_body(request)))


def graphql_request(parameters: Any) -> GraphQLRequest:
    if not isinstance(parameters, Mapping):
        raise BadRequest(400, 'Send one JSON object, as {"query": "{ viewer { address } }"}. Lists of queries aren\'t accepted.')
    query, variables, name, extensions = (parameters.get(part) for part in ("query", "variables", "operationName", "extensions"))
    if not isinstance(query, str) or not query.strip():
        raise BadRequest(400, "`query` must be a string containing a GraphQL document. You can try one at /playground.")
    if not isinstance(variables, dict | None) or not isinstance(extensions, dict | None):
        raise BadRequest(400, "`variables` and `extensions` must be JSON objects.")
    if not isinstance(name, str | None):
        raise BadRequest(400, "`operationName` must be a string.")
    return GraphQLRequest(query, variables or {}, name or None)


def status_of(answer: Answer, media: str) -> int:
    """A refused request is an error for the new media type, and 200 for the old, whose clients look at the body."""
    if answer.denied:
        return 403
    return 400 if answer.refused and media == GRAPHQL else 200
