"""The playground, the one page that runs GraphQL for a browser. It asks as anybody could, whoever is signed in; a pasted key sees more."""

import secrets
from collections.abc import Mapping
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, make_response, render_template, request, url_for

from graphql_schema import KNOWN
from graphql_schema.engine.answer import NotAQuery, Question, ask
from graphql_schema.engine.context import Context
from graphql_schema.examples import EXAMPLES, NETWORK
from graphql_schema.http import LARGEST_BODY, BadRequest, question_of
from portal.access import Principal
from portal.counting import spending
from portal.errors import Limited
from portal.extensions import db, settings
from portal.limits import budgets_of, points_of
from portal.purse import Purse
from portal.snapshots import Snapshot

blueprint = Blueprint("playground", __name__)

SOURCES = "script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'"
CSP = f"default-src 'none'; {SOURCES}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"  # GraphiQL draws with data: images
ACTING_AS = "anonymous: what everybody sees"


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/playground")
def show() -> Response:
    """The editor; `?query=` and `?variables=` fill it, so that a query can be shared."""
    return page(request.args.get("query") or NETWORK, request.args.get("variables", ""), None)


@blueprint.post("/playground/run")
def run() -> Response:
    """Runs one query without script, with what everybody sees."""
    query, variables = request.form.get("query", ""), request.form.get("variables", "")
    try:
        body = run_form(query, variables)
    except BadRequest as error:
        body = complaint(error.message, "BAD_REQUEST")
    return page(query, variables, pretty(body))


def run_form(query: str, variables: str) -> Mapping[str, Any]:
    """Raises BadRequest for what isn't a question, Limited when the address has asked too much."""
    if not settings().anonymous_reading:
        return complaint("This portal answers API keys only: paste one, and run the query in the editor.", "UNAUTHENTICATED")
    if len(query) + len(variables) > LARGEST_BODY:
        raise BadRequest(413, "The query is too large.")
    try:
        given = orjson.loads(variables) if variables.strip() else {}
    except ValueError:
        raise BadRequest(400, "The variables must be a JSON object.") from None
    question = question_of({"query": query, "variables": given})
    return execute(Principal(address=request.remote_addr or "", user_agent=request.user_agent.string), question)


def execute(principal: Principal, question: Question) -> Mapping[str, Any]:
    """The answer's body for a principal, from its own budget; queries only."""
    purse = Purse(spending(), budgets_of(principal))
    purse.pay(1)
    try:
        with Snapshot(db.engine) as snapshot:
            answer = ask(KNOWN, question, Context(principal, snapshot, purse, request_id=secrets.token_hex(8)), only_queries=True)
    except NotAQuery:
        raise BadRequest(405, "The playground runs queries only.") from None
    purse.settle(points_of(answer.rows))
    return answer.body


@blueprint.errorhandler(Limited)
def limited(error: Limited) -> Response:
    body = {"errors": [{"message": error.message, "extensions": {"code": error.code}}]}
    response = page(
        request.form.get("query", ""), request.form.get("variables", ""), orjson.dumps(body, option=orjson.OPT_INDENT_2).decode()
    )
    response.status_code = error.status
    response.headers["Retry-After"] = str(error.retry_after)
    return response


def page(query: str, variables: str, answer: str | None) -> Response:
    response = make_response(
        render_template(
            "playground/show.html",
            examples=EXAMPLES,
            default_query=query,
            default_variables=variables,
            query=query,
            variables=variables,
            answer=answer,
            acting_as=ACTING_AS,
            schema_url=url_for("graphql.schema"),
        )
    )
    response.headers["Content-Security-Policy"] = CSP
    return response


def complaint(message: str, code: str) -> Mapping[str, Any]:
    return {"errors": [{"message": message, "extensions": {"code": code}}]}


def pretty(body: Mapping[str, Any]) -> str:
    return orjson.dumps(body, option=orjson.OPT_INDENT_2).decode()
