"""The portal's check of a key with SQL by hand, and the headers of its answers: what the floor and the ORM candidate share with it."""

import hmac
import secrets
from datetime import datetime
from typing import Any

from flask import Response, abort, request

from benchmarks.store import Rows
from portal.access.key_state import State, states_of
from portal.api_keys.authenticate.authenticate import credential
from portal.api_keys.token import digest
from portal.db.session import now
from portal.errors import PortalError
from portal.pages.headers import HEADERS
from portal.settings import Settings

LOOK_UP = """
SELECT token.digest, token.pepper, token.retires_at, api_key.id, api_key.organization_id, api_key.expires_at, api_key.disabled_at,
       api_key.revoked_at, organization.keys_frozen, organization.status, line.resource, line.action
FROM api_key_token token
JOIN api_key ON api_key.id = token.api_key_id
JOIN organization ON organization.id = api_key.organization_id
LEFT JOIN api_key_grant line ON line.api_key_id = api_key.id
WHERE token.token_id = ?"""
NEEDED = {("networks", "read"), ("exchanges", "read"), ("contacts", "read")}
LIMITS = {"RateLimit-Policy": '"key";q=1000;w=60', "RateLimit": '"key";r=999;t=60'}


def moment(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def key_of_request(rows: Rows, look_up: str, settings: Settings) -> str:
    """The id of the request's key; 401 where it doesn't work, 403 where it lacks a scope."""
    try:
        token = credential(request.headers.getlist("Authorization"))
    except PortalError as error:
        abort(error.status)
    grants = rows(look_up, token.token_id) if token else []
    if token is None or not grants:
        abort(401)
    stored, pepper, retires, key, organization, expires, disabled, revoked, frozen, status, _, _ = grants[0]
    at = now()
    states = states_of(
        expires_at=moment(expires),
        disabled_at=moment(disabled),
        revoked_at=moment(revoked),
        leaked=False,
        frozen=bool(frozen),
        organization_status=status,
        at=at,
    )
    if not hmac.compare_digest(digest(settings.peppers, pepper, token, organization), stored) or states[0] is not State.ACTIVE or retires:
        abort(401)
    if not {row[-2:] for row in grants} >= NEEDED:
        abort(403)
    return str(key)


def json_response(body: bytes, key: str) -> Response:
    response = Response(body, content_type="application/json; charset=utf-8")
    about = {"X-Request-ID": secrets.token_hex(8), "Cache-Control": "private, no-store", "Vary": "Authorization, Accept", "X-Auth-Key": key}
    response.headers.update(about | LIMITS | HEADERS)
    return response
