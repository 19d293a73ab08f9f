"""POST /api/rotate: a key with keys:rotate_self gets a new token, which only this answer holds."""

from typing import Any

from flask import Request, Response

from portal.access.principal import Kind
from portal.api.answer import Call, answer_caller
from portal.api_keys.lifecycle.rotate import Overlap
from portal.api_keys.lifecycle.rotate_self import Replaced, SelfRotation, rotate_self, tell_replaced
from portal.db.reader import Snapshot
from portal.db.types import TIMESTAMP_FORM
from portal.errors import CredentialMissing, Invalid
from portal.extensions import db
from portal.http.json_answers import JSON, json_response
from portal.http.json_requests import BadRequest, read_body, read_json

OVERLAPS = {overlap.value: overlap for overlap in Overlap if overlap is not Overlap.NOW}


def rotate(call: Call) -> Response:
    return answer_caller(call, rotate_caller)


def rotate_caller(call: Call, snapshot: Snapshot) -> Response:
    caller, caller.operation = call.caller, "rotate"
    if caller.principal.kind is not Kind.KEY:
        raise CredentialMissing("Send the newest token of the API key to rotate: Authorization: Bearer pport_…")
    overlap = read_overlap(call.request)
    snapshot.close()  # the rule reads by itself, and may wait for other writes
    session = db.session()
    try:
        body = describe(rotate_self(session, caller.principal, overlap))
        session.commit()
    except Replaced:
        tell_replaced(session, caller.principal)
        session.commit()
        raise
    finally:
        session.close()
    caller.outcome = "ok"
    return json_response(body)


def read_overlap(request: Request) -> Overlap:
    """Returns how long the calling token works after the new one's first use. A request without a body chooses nothing.

    Raises BadRequest and Invalid, which don't repeat what was sent.
    """
    content = read_body(request)
    if not content:
        return Overlap.DAY
    if request.mimetype != JSON:
        raise BadRequest(415, f"Send no body, or JSON with the header Content-Type: {JSON}.")
    body: Any = read_json(content)
    choice = body.get("overlap", Overlap.DAY.value) if isinstance(body, dict) else None
    if not isinstance(choice, str) or choice not in OVERLAPS or body.keys() - {"overlap"}:
        raise Invalid(f'Send no body, or {{"overlap": "24h"}}: how long the old token works, one of {", ".join(OVERLAPS)}.', "overlap")
    return OVERLAPS[choice]


def describe(rotation: SelfRotation) -> dict[str, Any]:
    """Returns the body; `endsAfter` are seconds from the new token's first use, where that comes before `endsAt`."""
    key, leaving = rotation.key, rotation.leaving
    return {
        "token": rotation.token.reveal(),
        "tokenId": rotation.token.token_id,
        "key": {"id": key.id, "name": key.name, "expiresAt": key.expires_at.strftime(TIMESTAMP_FORM) if key.expires_at else None},
        "oldToken": {
            "tokenId": leaving.token_id,
            "endsAt": leaving.retires_at.strftime(TIMESTAMP_FORM) if leaving.retires_at else None,
            "endsAfter": leaving.retires_after,
        },
    }
