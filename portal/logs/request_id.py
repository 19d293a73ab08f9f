"""Each request's id: on its lines of the log, in its answer's X-Request-ID, and on the page that says it failed."""

import secrets
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any

HEADER = "X-Request-ID"
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
current: ContextVar[str] = ContextVar("request_id", default="")


def request_id() -> str:
    """Returns the id of the request that this thread answers, or answered last; an empty text where it never answered one."""
    return current.get()


def new_request_id() -> str:
    return secrets.token_hex(8)


def set_request_id(number: str) -> None:
    """Of the request that this thread answers, or writes about, from here on."""
    current.set(number)


class RequestIds:
    """A WSGI application that gives each request an id before the wrapped one sees it."""

    def __init__(self, app: Application) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        number = new_request_id()
        set_request_id(number)

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            return start_response(status, [*headers, (HEADER, number)], *error)

        return self.app(environ, start)
