"""The playground, the one page that runs GraphQL for a browser: as anybody, with a pasted key, or as one of the organization's keys."""

import logging
import secrets
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, make_response, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from graphql_schema.engine.answer import GraphQLRequest
from graphql_schema.engine.errors import INTERNAL
from graphql_schema.http import CODES, JSON, LARGEST_BODY, BadRequest, json_response, question_of, read_body, read_json
from portal.api.graphql import status_of
from portal.api_keys.authenticate.impersonate import Choice, keys_to_act_as
from portal.db.session import snapshot
from portal.errors import Limited, PortalError
from portal.extensions import db
from portal.http.compression import compress
from portal.pages.identity import current_principal
from portal.pages.playground.examples import EXAMPLES, NETWORK
from portal.pages.playground.playground_run import Ran, complaint, run

log = logging.getLogger(__name__)
blueprint = Blueprint("playground", __name__)

SOURCES = "script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'"
CSP = f"default-src 'none'; {SOURCES}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"  # GraphiQL draws with data: images
TOO_OLD = "This page is too old, or the request didn't come from it. Reload the page, then run the query again."


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/playground")
def show() -> Response:
    """The editor; `?query=`, `?variables=` and `?key=` fill it, so that a query can be shared, and tried as a key."""
    return page(request.args.get("query") or NETWORK, request.args.get("variables", ""), key_id=request.args.get("key", ""))


@blueprint.post("/playground/run", endpoint="run")
def run_it() -> Response:
    """Runs one query: the form's, answered by the page, or the editor's, answered in JSON."""
    if request.mimetype == JSON:
        return run_json()
    question = question_of({"query": request.form.get("query", ""), "variables": read_variables()})
    ran = run(question, request.form.get("run_as", ""))
    return told(page_again(ran.answer.body), ran)


def read_variables() -> Any:
    text = request.form.get("variables", "")
    if len(request.form.get("query", "")) + len(text) > LARGEST_BODY:
        raise BadRequest(413, "The query is too large.")
    try:
        return orjson.loads(text) if text.strip() else {}
    except ValueError:
        raise BadRequest(400, "The variables must be a JSON object.") from None


def run_json() -> Response:
    try:
        ran = run(*read_json_question())
    except (BadRequest, PortalError, HTTPException):
        raise
    except Exception:
        request_id = secrets.token_hex(8)
        log.exception("request %s failed", request_id)
        return json_response(complaint("Something went wrong here; it was logged.", INTERNAL, requestId=request_id), 500, JSON)
    return compress(told(json_response(ran.answer.body, status_of(ran.answer, JSON), JSON), ran), request)


def read_json_question() -> tuple[GraphQLRequest, str]:
    given = read_json(read_body(request))
    question = question_of(given)
    run_as = given.get("runAs") or ""
    if not isinstance(run_as, str):
        raise BadRequest(400, "`runAs` must be a text.")
    return question, run_as


def told(response: Response, ran: Ran) -> Response:
    """With what every answer says of its request and of the budget."""
    response.headers.extend({"X-Request-ID": ran.request_id, "Cache-Control": "private, no-store", **ran.headers})
    return response


@blueprint.errorhandler(PortalError)
def refuse(error: PortalError) -> Response:
    db.session.rollback()
    status = 403 if error.status == 401 else error.status  # a page challenges nobody for a credential
    response = fail(status, error.message, error.code)
    if isinstance(error, Limited):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


@blueprint.errorhandler(BadRequest)
def refuse_question(error: BadRequest) -> Response:
    return fail(error.status, error.message, CODES.get(error.status, "BAD_REQUEST"))


@blueprint.errorhandler(CSRFError)
def refuse_stranger(_: CSRFError) -> Response:
    return fail(400, TOO_OLD, "FORBIDDEN")


def fail(status: int, message: str, code: str) -> Response:
    """In JSON to the editor; to the form on its page, with what was typed."""
    body = complaint(message, code)
    response = json_response(body, status, JSON) if request.mimetype == JSON else page_again(body)
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
    response = make_response(render_template("playground/show.html", examples=EXAMPLES, schema_url=url_for("graphql.schema"), **values))
    response.headers["Content-Security-Policy"] = CSP
    return response


def my_choices() -> list[Choice]:
    """The keys that the signed-in person may run as."""
    with snapshot(db.engine) as connection:
        return list(keys_to_act_as(connection, current_principal()))
