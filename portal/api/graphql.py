"""/graphql: queries by GET and POST, authorized by the Authorization header alone."""

from flask import Response

from graphql_schema import INDEX
from graphql_schema.engine.answer import NotAQuery, execute
from graphql_schema.engine.context import Context
from graphql_schema.engine.documents.document import read_document
from graphql_schema.types.rate_limit import cost_of
from portal.api.answer import Call, answer_caller
from portal.api.etag import entity_tag, is_current, tagged
from portal.db.reader import Snapshot
from portal.extensions import settings
from portal.http.compression import compress
from portal.http.graphql_http import media_type, read_graphql_request, status_of
from portal.http.json_answers import insufficient_scope, json_response
from portal.http.json_requests import BadRequest


def graphql(call: Call) -> Response:
    return compress(answer_caller(call, execute_request), call.request)


def execute_request(call: Call, snapshot: Snapshot) -> Response:
    caller, call.media = call.caller, media_type(call.request)
    request, posted = read_graphql_request(call.request), call.request.method == "POST"
    tag = None if posted else entity_tag(request, caller, snapshot, settings(), call.media)
    if tag and is_current(call.request, tag):
        caller.outcome, caller.operation = "ok", read_document(INDEX, request.query).operation_name(request.operation_name)
        return tagged(Response(status=304, mimetype=call.media), tag)
    context = Context(caller.principal, snapshot, caller.charge, caller.expires_at, call.request_id, caller.epoch)
    try:
        answer = execute(INDEX, request, context, only_queries=not posted)
    except NotAQuery:
        raise BadRequest(405, "A GET may only hold a query. Send this by POST.", {"Allow": "POST"}) from None
    finally:
        caller.operation = context.operation
    caller.settle(answer)
    if posted and not answer.refused:
        answer.extensions["cost"] = cost_of(context)
    response = json_response(answer.body, status_of(answer, call.media), call.media)
    if answer.denied:
        response.headers["WWW-Authenticate"] = insufficient_scope(answer.scopes)
    return tagged(response, tag) if tag and not answer.errors else response
