"""The playground, the one page that runs GraphQL for a browser: anonymously, with a pasted key, or as one of the organization's keys."""

import logging
from typing import Any

import orjson
from flask import Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from graphql_schema.engine.answer import GraphQLRequest
from portal.api_keys.authenticate.impersonate import KeyChoice, keys_to_impersonate
from portal.db.session import snapshot
from portal.errors import Limited, PortalError
from portal.extensions import db
from portal.http.compression import compress
from portal.http.graphql_http import graphql_request, status_of
from portal.http.json_answers import CODES, JSON, error_body, failure_body, json_response
from portal.http.json_requests import MAX_BODY_BYTES, BadRequest, read_body, read_json
from portal.http.paths import SCHEMA_JSON_PATH, SCHEMA_TEXT_PATH
from portal.logs.request_id import request_id
from portal.pages.blueprint import Needs, PageBlueprint
from portal.pages.identity import current_principal
from portal.pages.playground.examples import EXAMPLES, NETWORK
from portal.pages.playground.playground_run import RunResult, run

log = logging.getLogger(__name__)
blueprint = PageBlueprint("playground", __name__, needs=Needs.NOTHING)

SOURCES = "script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'"
CSP = f"default-src 'none'; {SOURCES}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"  # GraphiQL draws with data: images
TOO_OLD = "This page is too old, or the request didn't come from it. Reload the page, then run the query again."


@blueprint.get("/playground")
def show() -> Response:
    """The editor; `?query=`, `?variables=` and `?key=` fill it, so that a query can be shared, and tried as a key."""
    return page(request.args.get("query") or NETWORK, request.args.get("variables", ""), key_id=request.args.get("key", ""))


@blueprint.post("/playground/run", endpoint="run")
def run_it() -> Response:
    """Runs one query: the form's, answered by the page, or the editor's, answered in JSON."""
    if request.mimetype == JSON:
        return run_json()
    graphql = graphql_request({"query": request.form.get("query", ""), "variables": read_variables()})
    result = run(graphql, request.form.get("run_as", ""))
    return with_headers(page_again(result.answer.body), result)


def read_variables() -> Any:
    text = request.form.get("variables", "")
    if len(request.form.get("query", "")) + len(text) > MAX_BODY_BYTES:
        raise BadRequest(413, "The query is too large.")
    try:
        return orjson.loads(text) if text.strip() else {}
    except ValueError:
        raise BadRequest(400, "The variables must be a JSON object.") from None


def run_json() -> Response:
    try:
        result = run(*read_json_request())
    except (BadRequest, PortalError, HTTPException):
        raise
    except Exception:
        log.exception("request %s failed", request_id())
        return json_response(failure_body(request_id()), 500)
    return compress(with_headers(json_response(result.answer.body, status_of(result.answer, JSON)), result), request)


def read_json_request() -> tuple[GraphQLRequest, str]:
    body = read_json(read_body(request))
    graphql = graphql_request(body)
    run_as = body.get("runAs") or ""
    if not isinstance(run_as, str):
        raise BadRequest(400, "`runAs` must be a string.")
    return graphql, run_as


def with_headers(response: Response, result: RunResult) -> Response:
    """Adds what every answer says of the budget."""
    response.headers.extend({"Cache-Control": "private, no-store", **result.headers})
    return response


@blueprint.errorhandler(PortalError)
def refuse(error: PortalError) -> Response:
    db.session.rollback()
    status = 403 if error.status == 401 else error.status  # a page challenges no one for a credential
    response = fail(status, error.message, error.code)
    if isinstance(error, Limited):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


@blueprint.errorhandler(BadRequest)
def refuse_bad_request(error: BadRequest) -> Response:
    return fail(error.status, error.message, CODES.get(error.status, "BAD_REQUEST"))


@blueprint.errorhandler(CSRFError)
def refuse_without_token(_: CSRFError) -> Response:
    return fail(400, TOO_OLD, "FORBIDDEN")


def fail(status: int, message: str, code: str) -> Response:
    """In JSON to the editor; to the form on its page, with what was typed."""
    body = error_body(message, code)
    response = json_response(body, status) if request.mimetype == JSON else page_again(body)
    response.status_code = status
    return response


def page_again(body: dict[str, Any]) -> Response:
    """The page as its form was sent, with the answer."""
    answer = orjson.dumps(body, option=orjson.OPT_INDENT_2).decode()
    key_id = request.form.get("run_as", "").rpartition("/")[2]
    return page(request.form.get("query", ""), request.form.get("variables", ""), answer, key_id)


def page(query: str, variables: str, answer: str | None = None, key_id: str = "") -> Response:
    choices = my_choices()
    values: dict[str, Any] = {"query": query, "variables": variables, "answer": answer, "choices": choices, "key_id": key_id}
    values["unknown"] = bool(key_id) and not any(choice.works and choice.key.id == key_id for choice in choices)
    paths = {"schema_text_path": SCHEMA_TEXT_PATH, "schema_json_path": SCHEMA_JSON_PATH}
    response = make_response(render_template("playground/show.html", examples=EXAMPLES, **paths, **values))
    response.headers["Content-Security-Policy"] = CSP
    return response


def my_choices() -> list[KeyChoice]:
    """The keys that the signed-in person may run as."""
    with snapshot(db.engine) as connection:
        return list(keys_to_impersonate(connection, current_principal()))
