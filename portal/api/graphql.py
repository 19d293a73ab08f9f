"""The door for automation: /graphql, authorized by the Authorization header alone, and the schema's text."""

import logging
import secrets

from flask import Blueprint, Flask, Request, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from graphql_schema import INDEX
from graphql_schema.engine.answer import Answer, NotAQuery, execute
from graphql_schema.engine.context import Context
from graphql_schema.engine.documents.document import read_document
from graphql_schema.engine.errors import INTERNAL
from graphql_schema.http import (
    GRAPHQL,
    JSON,
    BadRequest,
    bad_request,
    error_response,
    insufficient_scope,
    json_response,
    known_to,
    media_type,
    read_question,
    refusal,
)
from graphql_schema.types.rate_limit import cost_of
from portal.api.caller import Caller, admit_caller, remember_use
from portal.api.etag import entity_tag
from portal.api.published_schema import published
from portal.db.reader import Snapshot
from portal.errors import Limited, PortalError
from portal.extensions import csrf, db, settings
from portal.http.compression import compress

log = logging.getLogger(__name__)
blueprint = Blueprint("graphql", __name__)
PATH, METHODS = "/graphql", ("GET", "POST")
PATHS = ("/graphql/", "/export/", "/api/")


def register(app: Flask) -> None:
    csrf.exempt(blueprint)  # a cookie is never looked at here
    app.register_blueprint(blueprint)


@blueprint.route(PATH, methods=METHODS)
def graphql() -> Response:
    """Mostly the shortcut answers before Flask comes here."""
    return respond(request)


def respond(incoming: Request) -> Response:
    """Needs the app's context alone."""
    request_id, media, caller = secrets.token_hex(8), JSON, Caller()
    try:
        with Snapshot(db.engine) as snapshot:
            admit_caller(caller, snapshot, incoming)
            media = media_type(incoming)
            response = answer(incoming, caller, snapshot, media, request_id)
    except BadRequest as error:
        response = caller.failed(bad_request(error, media))
    except HTTPException as error:
        response = caller.failed(bad_request(BadRequest(error.code or 400, error.name), media))
    except PortalError as error:
        caller.outcome = "limited" if isinstance(error, Limited) else "errors"
        response = refusal(error, media)
    except Exception:
        log.exception("request %s failed", request_id)
        response = caller.failed(
            error_response(500, "Something went wrong here; it was logged.", INTERNAL, media, {"requestId": request_id})
        )
    remember_use(caller)
    return compress(tell(response, caller, request_id), incoming)


def answer(incoming: Request, caller: Caller, snapshot: Snapshot, media: str, request_id: str) -> Response:
    """The answer to a caller who may ask."""
    question, posted = read_question(incoming), incoming.method == "POST"
    tag = None if posted else entity_tag(question, caller, snapshot, settings(), media)
    if tag and known_to(incoming, tag):
        caller.outcome, caller.operation = "ok", read_document(INDEX, question.query).operation_name(question.operation_name)
        return tagged(Response(status=304, mimetype=media), tag)
    context = Context(caller.principal, snapshot, caller.purse, caller.expires_at, request_id)
    try:
        found = execute(INDEX, question, context, only_queries=not posted)
    except NotAQuery:
        raise BadRequest(405, "A GET may only hold a query. Send this by POST.", {"Allow": "POST"}) from None
    finally:
        caller.operation = context.operation
    caller.settle(found)
    if posted and not found.refused:
        found.extensions["cost"] = cost_of(context)
    response = json_response(found.body, status_of(found, media), media)
    if found.denied:
        response.headers["WWW-Authenticate"] = insufficient_scope(found.scopes)
    return tagged(response, tag) if tag and not found.errors else response


def tagged(response: Response, tag: str) -> Response:
    response.set_etag(tag, weak=True)
    return response


def status_of(found: Answer, media: str) -> int:
    """A refused question is an error for the new media type, and 200 for the old, whose clients look at the body."""
    if found.denied:
        return 403
    return 400 if found.refused and media == GRAPHQL else 200


def tell(response: Response, caller: Caller, request_id: str) -> Response:
    """The response with what every answer to a caller says of it."""
    told = {
        "X-Request-ID": request_id,
        "Cache-Control": "private, no-cache" if "ETag" in response.headers else "private, no-store",
        "Vary": "Authorization, Accept, Accept-Encoding",
    }
    if caller.key_id:
        told["X-Auth-Key"] = caller.key_id
    if caller.purse.left:
        told |= caller.purse.left.headers
    response.headers.extend(told)
    return response


@blueprint.get("/graphql/schema.graphql")
def schema() -> Response:
    """The schema's text."""
    return published("text", request)


@blueprint.get("/graphql/schema.json")
def introspection() -> Response:
    """What introspection tells."""
    return published("introspection", request)


@blueprint.before_app_request
def refuse_in_json() -> Response | None:
    """What can't be routed under /graphql, /export and /api is refused in its own language, not by a page."""
    error = request.routing_exception
    if error is None or isinstance(error, RequestRedirect) or not f"{request.path}/".startswith(PATHS):
        return None
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    return bad_request(
        BadRequest(error.code or 404, "There is nothing here. GraphQL is at /graphql." if error.code == 404 else error.name, headers)
    )
