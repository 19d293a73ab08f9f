"""The door for bulk exports: GET /export/<tag>.ndjson.gz, authorized by the Authorization header alone."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any, cast

from flask import Blueprint, Flask, Response, current_app, request

from graphql_schema import INDEX
from graphql_schema.engine.context import Context
from graphql_schema.engine.errors import INTERNAL, forbidden, shown
from graphql_schema.http import JSON, error_response, insufficient_scope, json_response, known_to, refusal
from portal.access.permissions import least
from portal.api.caller import Caller, admit_caller, remember_use
from portal.api.etag import export_tag
from portal.api.exports.files import PAGE, File, make_file
from portal.api.exports.lines import lines_of, may_read
from portal.api.graphql import tagged, tell
from portal.db.reader import Snapshot
from portal.errors import Invalid, Limited, NotFound, PortalError
from portal.extensions import csrf, db, settings
from portal.limits.budgets import points_of
from portal.registry.types import TYPES

log = logging.getLogger(__name__)
blueprint = Blueprint("exports", __name__)
AT_ONCE, SOON = 2, 5  # exports that a process makes at a time; seconds until another may be tried
SINCE = "changedSince"


def register(app: Flask) -> None:
    csrf.exempt(blueprint)  # a cookie is never looked at here
    app.extensions["portal exports"] = BoundedSemaphore(AT_ONCE)
    app.register_blueprint(blueprint)


@blueprint.get("/export/<tag>.ndjson.gz")
def export(tag: str) -> Response:
    """All rows of a type, or with `changedSince` those that changed."""
    request_id, caller = secrets.token_hex(8), Caller()
    try:
        with Snapshot(db.engine) as snapshot:
            admit_caller(caller, snapshot, request)
            response = answer(tag, caller, Context(caller.principal, snapshot, caller.purse, request_id=request_id))
    except PortalError as error:
        caller.outcome = "limited" if isinstance(error, Limited) else "errors"
        response = refusal(error)
    except Exception:
        log.exception("request %s failed", request_id)
        response = caller.failed(
            error_response(500, "Something went wrong here; it was logged.", INTERNAL, JSON, {"requestId": request_id})
        )
    remember_use(caller)
    return tell(response, caller, request_id)


def answer(tag: str, caller: Caller, context: Context) -> Response:
    """The file for a caller who may ask; 304 for one who has it."""
    since = read_since(tag)
    caller.operation = f"export {tag}"
    if not may_read(context.visibility, INDEX.objects[tag].name, "databaseId"):
        return denied(tag, caller, context)
    mark = export_tag(tag, since, caller, context.snapshot, settings())
    if known_to(request, mark):
        caller.outcome = "ok"
        return tagged(Response(status=304), mark)
    with one_of_few():
        file = pay_for(tag, since, caller, context)
    caller.outcome = "ok"
    response = Response(file.body, content_type="application/gzip")
    response.headers["Content-Disposition"] = f'attachment; filename="{tag}.ndjson.gz"'
    return tagged(response, mark) if file.complete else response


def read_since(tag: str) -> str | None:
    """The cursor. Raises NotFound for no type, Invalid for parameters that nobody knows."""
    if tag not in TYPES:
        raise NotFound(f"There is no such type. There are {', '.join(TYPES)}.")
    if request.args.keys() - {SINCE} or len(request.args.getlist(SINCE)) > 1:
        raise Invalid(f"An export takes one parameter, {SINCE}: the cursor in the last line of the one before.")
    return request.args.get(SINCE)


def denied(tag: str, caller: Caller, context: Context) -> Response:
    name = INDEX.objects[tag].name
    needed = INDEX.needed[f"{name}.databaseId"]
    caller.outcome, caller.lacks = "denied", [least(needed)]
    missing: dict[str, Any] = {name: (needed, None)}  # there is no place in a document
    errors = [shown(error, context) for error in forbidden(context, missing)]
    response = json_response({"errors": errors}, 403, JSON)
    response.headers["WWW-Authenticate"] = insufficient_scope(sorted(needed))
    return response


def pay_for(tag: str, since: str | None, caller: Caller, context: Context) -> File:
    """The file, charged as its rows would be in GraphQL. A page is paid before it is read, and what it didn't hold is given back."""

    def pay() -> None:
        caller.purse.pay(caller.purse.paid + points_of(PAGE))

    file = make_file(lines_of(tag, context.visibility), context, since, pay)
    caller.purse.settle(points_of(file.rows))
    return file


@contextmanager
def one_of_few() -> Iterator[None]:
    """Raises Limited while as many exports are being made as this process makes at a time."""
    places = cast(BoundedSemaphore, current_app.extensions["portal exports"])
    if not places.acquire(blocking=False):
        raise Limited(f"{AT_ONCE} exports are being made right now. Try again in {SOON} s.", SOON)
    try:
        yield
    finally:
        places.release()
