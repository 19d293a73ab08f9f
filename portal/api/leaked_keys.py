"""POST /api/leaked-keys: anyone who has whole tokens can revoke them. The answer is the same whatever they were."""

from typing import Any

from flask import Request, Response

from portal.api.answer import Call, answer_call
from portal.api_keys.lifecycle.leak import MAX_TOKENS, Way
from portal.api_keys.token import read_token
from portal.errors import Invalid
from portal.http.json_answers import JSON
from portal.http.json_requests import BadRequest, read_body, read_json
from portal.http.leak_reports import take


def leaked_keys(call: Call) -> Response:
    response = answer_call(call, report)
    response.headers["Cache-Control"] = "no-store"
    return response


def report(call: Call) -> Response:
    texts = read_texts(call.request)
    take(call.request, [token for text in texts if (token := read_token(text.strip()))], len(texts), Way.API)
    return Response(status=204)


def read_texts(request: Request) -> list[str]:
    """Returns the reported texts, tokens or not. Raises BadRequest and Invalid, which don't repeat what was sent."""
    if request.mimetype != JSON:
        raise BadRequest(415, f"Send the header Content-Type: {JSON}, and the tokens as JSON.")
    body: Any = read_json(read_body(request))
    texts = body.get("tokens") if isinstance(body, dict) else None
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise Invalid('Send one JSON object: {"tokens": ["pport_…"]}.')
    if not 1 <= len(texts) <= MAX_TOKENS:
        raise Invalid(f"Report 1 to {MAX_TOKENS} tokens at once.")
    return texts
