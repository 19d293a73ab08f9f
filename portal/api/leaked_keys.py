"""POST /api/leaked-keys: whoever holds whole tokens can end them. The answer is the same whatever they were."""

import logging
import secrets
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from graphql_schema.engine.errors import INTERNAL
from graphql_schema.http import JSON, BadRequest, bad_request, error_response, read_body, read_json, refusal
from portal.api_keys.lifecycle.leak import MOST_TOKENS, Way
from portal.api_keys.token import read_token
from portal.errors import Invalid, PortalError
from portal.extensions import db
from portal.http.leak_reports import take

log = logging.getLogger(__name__)
blueprint = Blueprint("leaked_keys_api", __name__)


@blueprint.post("/api/leaked-keys")
def report() -> Response:
    request_id = secrets.token_hex(8)
    try:
        texts = read_texts()
        take([token for text in texts if (token := read_token(text.strip()))], len(texts), Way.API)
        response = Response(status=204)
    except BadRequest as error:
        response = bad_request(error)
    except HTTPException as error:
        response = bad_request(BadRequest(error.code or 400, error.name))
    except PortalError as error:
        response = refusal(error)
    except Exception:
        db.session.rollback()
        log.exception("request %s failed", request_id)
        response = error_response(500, "Something went wrong here; it was logged.", INTERNAL, JSON, {"requestId": request_id})
    response.headers.extend({"X-Request-ID": request_id, "Cache-Control": "no-store"})
    return response


def read_texts() -> list[str]:
    """The reported texts, tokens or not. Raises BadRequest and Invalid, without a word of what was sent."""
    if request.mimetype != JSON:
        raise BadRequest(415, f"Send the header Content-Type: {JSON}, and the tokens as JSON.")
    body: Any = read_json(read_body(request))
    texts = body.get("tokens") if isinstance(body, dict) else None
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise Invalid('Send one JSON object: {"tokens": ["pport_…"]}.')
    if not 1 <= len(texts) <= MOST_TOKENS:
        raise Invalid(f"Report 1 to {MOST_TOKENS} tokens at once.")
    return texts
