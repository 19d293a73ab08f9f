"""What surrounds every answer of the API: refusals and failures in JSON, the request's id, and for callers their headers and their use."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask import Request, Response
from werkzeug.exceptions import HTTPException

from portal.api.caller import Caller, admit_caller, remember_use
from portal.db.reader import Snapshot
from portal.errors import Forbidden, Limited, PortalError
from portal.extensions import db
from portal.http.json_answers import JSON, bad_request, failure_body, json_response, refusal
from portal.http.json_requests import BadRequest
from portal.logs.request_id import request_id

log = logging.getLogger(__name__)


@dataclass
class Call:
    """One request to the API, and what becomes known of it. `parameters` are the path's; `media`: of its answer, errors included."""

    request: Request
    parameters: Mapping[str, str] = field(default_factory=dict)
    caller: Caller = field(default_factory=Caller)
    media: str = JSON
    request_id: str = field(default_factory=request_id)


def answer_call(call: Call, view: Callable[[Call], Response]) -> Response:
    """Returns the view's response, or in JSON why there is none."""
    try:
        return view(call)
    except BadRequest as error:
        response = bad_request(error, call.media)
    except HTTPException as error:
        response = bad_request(BadRequest(error.code or 400, error.name), call.media)
    except PortalError as error:
        call.caller.outcome = outcome_of(error)
        call.caller.lacks = getattr(error, "required", ())
        return refusal(error, call.media)
    except Exception:
        log.exception("request %s failed", call.request_id)
        response = json_response(failure_body(call.request_id), 500, call.media)
    call.caller.outcome = "errors"
    return response


def outcome_of(error: PortalError) -> str:
    """Returns what the account of use says of a refused request."""
    return "limited" if isinstance(error, Limited) else "denied" if isinstance(error, Forbidden) else "errors"


def answer_caller(call: Call, view: Callable[[Call, Snapshot], Response], *, is_use: bool = True) -> Response:
    """Returns the view's response to a caller whose Authorization header was admitted, read in one snapshot.

    `is_use`: whether the key has been used by this.
    """

    def admit_and_view(call: Call) -> Response:
        with Snapshot(db.engine) as snapshot:
            admit_caller(call.caller, snapshot, call.request)
            return view(call, snapshot)

    response = answer_call(call, admit_and_view)
    if is_use:
        remember_use(call.caller)
    add_caller_headers(response, call)
    return response


def add_caller_headers(response: Response, call: Call) -> None:
    """Adds what every answer to a caller says of itself, of the key and of its budget."""
    headers = {
        "Cache-Control": "private, no-cache" if "ETag" in response.headers else "private, no-store",
        "Vary": "Authorization, Accept, Accept-Encoding",
    }
    if call.caller.key_id:
        headers["X-Auth-Key"] = call.caller.key_id
    if call.caller.charge.left:
        headers |= call.caller.charge.left.headers
    response.headers.extend(headers)
