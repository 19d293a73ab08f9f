"""JSON that a client sends: its body within a limit, and what is wrong with it."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Request

MAX_BODY_BYTES = 256 * 1024


class BadRequest(Exception):
    """A request that can't be read; `status` and what to do."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.headers = status, message, headers or {}


def read_body(request: Request) -> bytes:
    """Returns the whole body, also where it comes in chunks without a length, which Werkzeug would take for empty.

    Raises BadRequest for a large one.
    """
    if request.content_length is None and request.headers.get("Transfer-Encoding"):
        body: bytes = request.environ["wsgi.input"].read(MAX_BODY_BYTES + 1)
    elif (request.content_length or 0) > MAX_BODY_BYTES:
        raise too_large()
    else:
        body = request.get_data(cache=False)
    if len(body) > MAX_BODY_BYTES:
        raise too_large()
    return body


def too_large() -> BadRequest:
    return BadRequest(413, f"A request body may have {MAX_BODY_BYTES} bytes.")


def read_json(text: str | bytes) -> Any:
    try:
        return orjson.loads(text)
    except (ValueError, RecursionError) as error:
        place = f" (line {error.lineno}, column {error.colno})" if isinstance(error, orjson.JSONDecodeError) else ""
        raise BadRequest(400, f"This isn't JSON in UTF-8{place}, or nested too deeply. Names and texts need double quotes.") from None
