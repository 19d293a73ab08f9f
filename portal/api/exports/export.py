"""GET /export/<tag>.ndjson.gz: bulk exports, authorized by the Authorization header alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any, cast

from flask import Request, Response, current_app

from graphql_schema import INDEX
from graphql_schema.engine.context import Context
from graphql_schema.engine.errors import forbidden, shown
from portal.access.permissions import least
from portal.api.answer import Call, answer_caller
from portal.api.caller import Caller
from portal.api.etag import export_tag, is_current, tagged
from portal.api.exports.files import PAGE_ROWS, File, make_file
from portal.api.exports.lines import lines_of, may_read
from portal.db.reader import Snapshot
from portal.errors import Invalid, Limited, NotFound
from portal.extensions import settings
from portal.http.json_answers import insufficient_scope, json_response
from portal.limits.request_cost import points_of
from portal.registry.types import TYPES

MAX_EXPORTS_AT_ONCE = 2  # in a process
RETRY_SECONDS = 5
SEMAPHORE = "portal exports"
SINCE = "changedSince"


def export(call: Call) -> Response:
    return answer_caller(call, export_type)


def export_type(call: Call, snapshot: Snapshot) -> Response:
    """All rows of a type, or with `changedSince` those that changed; 304 for a caller who has the file."""
    tag, caller = call.parameters["tag"], call.caller
    since = read_since(call.request, tag)
    epoch, _ = caller.edition(snapshot)
    context = Context(caller.principal, snapshot, caller.charge, request_id=call.request_id, known_epoch=epoch)
    caller.operation = f"export {tag}"
    if not may_read(context.visibility, INDEX.objects[tag].name, "databaseId"):
        return denied(tag, caller, context)
    entity_tag = export_tag(tag, since, caller, snapshot, settings())
    if is_current(call.request, entity_tag):
        caller.outcome = "ok"
        return tagged(Response(status=304), entity_tag)
    with limited_number():
        file = pay_for(tag, since, caller, context)
    caller.outcome = "ok"
    response = Response(file.body, content_type="application/gzip")
    response.headers["Content-Disposition"] = f'attachment; filename="{tag}.ndjson.gz"'
    return tagged(response, entity_tag) if file.complete else response


def read_since(request: Request, tag: str) -> str | None:
    """Returns the cursor. Raises NotFound for a tag of no type, Invalid for other parameters."""
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
    response = json_response({"errors": errors}, 403)
    response.headers["WWW-Authenticate"] = insufficient_scope(sorted(needed))
    return response


def pay_for(tag: str, since: str | None, caller: Caller, context: Context) -> File:
    """Returns the file, charged as its rows would be in GraphQL. A page is paid before it is read, and refunded where it was short."""

    def pay() -> None:
        caller.charge.pay(caller.charge.paid + points_of(PAGE_ROWS))

    file = make_file(lines_of(tag, context.visibility), context, since, pay)
    caller.charge.settle(points_of(file.rows))
    return file


@contextmanager
def limited_number() -> Iterator[None]:
    """Raises Limited while this process makes as many exports as it may at once."""
    places = cast(BoundedSemaphore, current_app.extensions[SEMAPHORE])
    if not places.acquire(blocking=False):
        message = f"{MAX_EXPORTS_AT_ONCE} exports are being made right now. Try again in {RETRY_SECONDS} s."
        raise Limited(message, RETRY_SECONDS)
    try:
        yield
    finally:
        places.release()
