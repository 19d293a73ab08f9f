"""/.well-known/: the contact for security (RFC 9116), and what a scanner for secrets needs to find our tokens and report them."""

import zlib
from datetime import datetime, time, timedelta
from typing import Any

from flask import Response

from portal.api.answer import Call, answer_call
from portal.api_keys.lifecycle.leak import MAX_TOKENS
from portal.api_keys.token import ALPHABET, PATTERN, TOKEN_CHARACTERS, Token
from portal.db.session import now
from portal.db.types import TIMESTAMP_FORM
from portal.errors import NotFound
from portal.extensions import settings
from portal.http.json_answers import JSON, json_response

SECURITY_TXT_VALIDITY = timedelta(days=180)
EXAMPLE = Token("EXAMPLE00000", "0" * 32).reveal()  # of no key: its secret isn't random
CHECKSUM = (
    "The last 6 characters are the CRC-32 (as zlib's crc32) of all characters before them in ASCII, as a number in base 62, "
    "the most significant digit first, filled with 0 from the left."
)


def security_txt(call: Call) -> Response:
    return answer_call(call, lambda _: security())


def token_format(call: Call) -> Response:
    return answer_call(call, lambda _: published(json_response(describe_tokens(settings().public_url))))


def security() -> Response:
    """Raises NotFound where no contact was set."""
    contact = settings().security_contact
    if contact is None:
        raise NotFound("This portal's operator hasn't named a security contact.")
    until = datetime.combine(now().date() + SECURITY_TXT_VALIDITY, time(), now().tzinfo)
    lines = {
        "Contact": contact,
        "Expires": until.strftime(TIMESTAMP_FORM),
        "Preferred-Languages": "en",
        "Canonical": f"{settings().public_url}/.well-known/security.txt",
    }
    text = "".join(f"{name}: {value}\n" for name, value in lines.items())
    return published(Response(text, content_type="text/plain; charset=utf-8"))


def published(response: Response) -> Response:
    response.headers["Cache-Control"] = "public, max-age=86400"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def describe_tokens(url: str) -> dict[str, Any]:
    """What they look like, how to tell one from a look-alike, and where to report one."""
    body, end = EXAMPLE[:-6], EXAMPLE[-6:]
    return {
        "name": "Peering Portal API key token",
        "pattern": PATTERN,
        "length": TOKEN_CHARACTERS,
        "checksum": {
            "algorithm": CHECKSUM,
            "digits": ALPHABET,
            "example": {"token": EXAMPLE, "checked": body, "crc32": zlib.crc32(body.encode()), "checksum": end},
        },
        "report": {
            "url": f"{url}/api/leaked-keys",
            "method": "POST",
            "contentType": JSON,
            "body": {"tokens": [EXAMPLE]},
            "mostTokens": MAX_TOKENS,
            "status": 204,
            "page": f"{url}/leaked-keys",
            "effect": "Each token that is whole and of an API key here ends at once. The answer is the same whatever was reported.",
        },
    }
