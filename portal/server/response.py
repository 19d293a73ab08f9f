"""Runs the application for a request, in a thread, and makes bytes of what it answers."""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from email.utils import formatdate
from functools import lru_cache
from typing import Any, NamedTuple

from portal.server.refusals import FAILED, answer_of
from portal.server.request import Peers, Request, environ_of

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
Headers = Sequence[tuple[str, str]]
log = logging.getLogger(__name__)


class Response(NamedTuple):
    """Head and body as they are sent, apart because joining them would copy the body."""

    head: bytes
    body: bytes
    keeps_alive: bool


def respond(application: Application, request: Request, peers: Peers, *, multiprocess: bool) -> Response:
    """Returns the application's answer; where it fails, one that says so."""
    started: list[Any] = []
    written: list[bytes] = []

    def start_response(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], None]:
        started[:] = status, headers
        return written.append

    try:
        body = whole(application(environ_of(request, peers, multiprocess=multiprocess), start_response))
        status, headers = started
        return response(request, status, headers, b"".join((*written, body)) if written else body)
    except Exception:
        log.exception("a request failed outside of the application")
        return response(request, *answer_of(FAILED, in_json=False))


def whole(chunks: Iterable[bytes]) -> bytes:
    """Returns the body of an answer, and closes it."""
    try:
        return chunks[0] if isinstance(chunks, list) and len(chunks) == 1 else b"".join(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close:
            close()


def response(request: Request, status: str, headers: Headers, body: bytes) -> Response:
    """Adds what HTTP asks of every answer. A HEAD's answer, a 204 and a 304 have no body, and the last two no length."""
    keeps_alive, has_length, lines = request.keeps_alive, False, [f"HTTP/1.1 {status}\r\nDate: {date()}\r\n"]
    for name, value in headers:
        lower = name.lower()
        if lower == "connection":
            keeps_alive = keeps_alive and value.lower() != "close"
            continue
        has_length = has_length or lower == "content-length"
        lines.append(f"{name}: {value}\r\n")
    bodiless = status.startswith(("204", "304"))
    if not has_length and not bodiless:
        lines.append(f"Content-Length: {len(body)}\r\n")
    if not keeps_alive:
        lines.append("Connection: close\r\n")
    elif request.version == "1.0":
        lines.append("Connection: keep-alive\r\n")
    lines.append("\r\n")
    return Response("".join(lines).encode("latin-1"), b"" if bodiless or request.method == "HEAD" else body, keeps_alive)


def date() -> str:
    return date_of(int(time.time()))


@lru_cache(maxsize=1)
def date_of(second: int) -> str:
    """As HTTP writes it."""
    return formatdate(second, usegmt=True)
