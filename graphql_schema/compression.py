"""Answers above a kilobyte, compressed as the caller accepts. Only for answers that hold no token, whose length would tell of it."""

import gzip
from collections.abc import Callable

import zstandard
from flask import Response
from werkzeug.datastructures import Accept

SMALLEST = 1024
LEVEL = 1
ENCODINGS: dict[str, Callable[[bytes], bytes]] = {  # the better one first
    "zstd": lambda body: zstandard.compress(body, LEVEL),
    "gzip": lambda body: gzip.compress(body, LEVEL, mtime=0),
}


def encoding_of(accepted: Accept) -> str | None:
    """The best of ours that is accepted by name; None for the body as it is."""
    wanted = {name.lower(): quality for name, quality in accepted if quality > 0}
    return max((name for name in ENCODINGS if name in wanted), key=wanted.__getitem__, default=None)


def compress(response: Response, accepted: Accept) -> Response:
    """The response itself, whose Vary says so also where nothing was gained by it."""
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    encoding = encoding_of(accepted)
    if encoding and len(body) >= SMALLEST:
        response.set_data(ENCODINGS[encoding](body))
        response.headers["Content-Encoding"] = encoding
    return response
