"""Compresses answers above a kilobyte as the caller accepts. Only for answers that hold no token, because their length would reveal it."""

import gzip
from collections.abc import Callable
from functools import lru_cache

import zstandard
from flask import Request, Response
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

MIN_BODY_BYTES = 1024
MAX_CACHED_CHARACTERS = 200  # of a header: longer ones are no client's habit, and would fill the memory
COMPRESSION_LEVEL = 1
ENCODINGS: dict[str, Callable[[bytes], bytes]] = {  # the better one first
    "zstd": lambda body: zstandard.compress(body, COMPRESSION_LEVEL),
    "gzip": lambda body: gzip.compress(body, COMPRESSION_LEVEL, mtime=0),
}


@lru_cache(maxsize=256)  # a client says the same each time
def encoding_of(accepted: str) -> str | None:
    """Returns the best of ours that an Accept-Encoding header accepts by name; None for the body as it is."""
    qualities = {name.lower(): quality for name, quality in parse_accept_header(accepted, Accept) if quality > 0}
    return max((name for name in ENCODINGS if name in qualities), key=qualities.__getitem__, default=None)


def compress(response: Response, request: Request) -> Response:
    """Returns the response itself. Its Vary must name Accept-Encoding, also where nothing is gained by compressing."""
    accepted = request.headers.get("Accept-Encoding")
    read = encoding_of if len(accepted or "") <= MAX_CACHED_CHARACTERS else encoding_of.__wrapped__
    encoding = read(accepted) if accepted else None
    body = response.get_data() if encoding else b""
    if encoding and len(body) >= MIN_BODY_BYTES:
        response.set_data(ENCODINGS[encoding](body))
        response.headers["Content-Encoding"] = encoding
    return response
