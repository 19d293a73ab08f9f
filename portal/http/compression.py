"""Answers above a kilobyte, compressed as the caller accepts. Only for answers that hold no token, whose length would tell of it."""

import gzip
from collections.abc import Callable
from functools import lru_cache

import zstandard
from flask import Request, Response
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

SMALLEST = 1024
LEVEL = 1
ENCODINGS: dict[str, Callable[[bytes], bytes]] = {  # the better one first
    "zstd": lambda body: zstandard.compress(body, LEVEL),
    "gzip": lambda body: gzip.compress(body, LEVEL, mtime=0),
}


@lru_cache(maxsize=256)  # a client says the same each time
def encoding_of(accepted: str) -> str | None:
    """The best of ours that an Accept-Encoding header accepts by name; None for the body as it is."""
    wanted = {name.lower(): quality for name, quality in parse_accept_header(accepted, Accept) if quality > 0}
    return max((name for name in ENCODINGS if name in wanted), key=wanted.__getitem__, default=None)


def compress(response: Response, request: Request) -> Response:
    """The response itself. Its Vary must name Accept-Encoding, also where nothing is gained by compressing."""
    accepted = request.headers.get("Accept-Encoding")
    encoding = encoding_of(accepted) if accepted else None
    body = response.get_data() if encoding else b""
    if encoding and len(body) >= SMALLEST:
        response.set_data(ENCODINGS[encoding](body))
        response.headers["Content-Encoding"] = encoding
    return response
