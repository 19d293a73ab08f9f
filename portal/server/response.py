"""Runs the application for a request, in a thread, and makes bytes of what it answers."""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from email.utils import formatdate
from functools import lru_cache
from typing import Any, NamedTuple

from portal.logs.request_id import new_request_id, request_id, set_request_id
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


class Head(NamedTuple):
    """Status and headers as they are sent, but for the length, which may be unknown until the body is there."""

    lines: bytes
    has_length: bool
    keeps_alive: bool
    is_bodiless: bool


def respond(application: Application, request: Request, peers: Peers, *, multiprocess: bool) -> Response:
    """Returns the application's answer; where it fails, one that says so."""
    heads: list[Head] = []
    written: list[bytes] = []

    def start_response(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], None]:
        heads[:] = [head_of(request, status, headers)]
        return written.append

    set_request_id("")  # that of the request before, until the application gives one
    try:
        body = whole(application(environ_of(request, peers, multiprocess=multiprocess), start_response))
        return complete(request, heads[0], b"".join((*written, body)) if written else body)
    except Exception:
        number = id_of_failure()
        log.exception("a request failed outside of the application")
        return response(request, *answer_of(FAILED, number, in_json=False))


def id_of_failure() -> str:
    """Returns the id that the application has given this request, or gives one to it."""
    if not request_id():
        set_request_id(new_request_id())
    return request_id()


def whole(chunks: Iterable[bytes]) -> bytes:
    """Returns the body of an answer, and closes it."""
    try:
        return chunks[0] if isinstance(chunks, list) and len(chunks) == 1 else b"".join(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close:
            close()


def response(request: Request, status: str, headers: Headers, body: bytes) -> Response:
    """Adds what HTTP asks of every answer."""
    return complete(request, head_of(request, status, headers), body)


def head_of(request: Request, status: str, headers: Headers) -> Head:
    keeps_alive, has_length, lines = request.keeps_alive, False, [f"HTTP/1.1 {status}\r\nDate: {date()}\r\n"]
    for name, value in headers:
        lower = name.lower()
        if lower == "connection":
            keeps_alive = keeps_alive and value.lower() != "close"
            continue
        has_length = has_length or lower == "content-length"
        lines.append(f"{name}: {value}\r\n")
    if not keeps_alive:
        lines.append("Connection: close\r\n")
    elif request.version == "1.0":
        lines.append("Connection: keep-alive\r\n")
    return Head("".join(lines).encode("latin-1"), has_length, keeps_alive, status.startswith(("204", "304")))


def complete(request: Request, head: Head, body: bytes) -> Response:
    """A HEAD's answer, a 204 and a 304 have no body, and the last two no length."""
    length = b"" if head.has_length or head.is_bodiless else b"Content-Length: %d\r\n" % len(body)
    return Response(head.lines + length + b"\r\n", b"" if head.is_bodiless or request.method == "HEAD" else body, head.keeps_alive)


def date() -> str:
    return date_of(int(time.time()))


@lru_cache(maxsize=1)
def date_of(second: int) -> str:
    """As HTTP writes it."""
    return formatdate(second, usegmt=True)
