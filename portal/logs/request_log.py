"""One line for each request, where PORTAL_LOG_REQUESTS asks for it: without its query string, and without secrets."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from time import perf_counter
from typing import Any
from urllib.parse import quote

from portal.logs.mask import mask
from portal.logs.request_id import Application

LOGGER = "portal.requests"
MAX_PATH_CHARACTERS = 300
SAFE = "/:@!$&()*+,;=~-._"  # signs that a path may have as they are
log = logging.getLogger(LOGGER)


class RequestLog:
    """A WSGI application that logs each request to the wrapped one, when its answer was taken."""

    def __init__(self, app: Application) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        entry = Entry(environ)

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            entry.status = int(status[:3])
            entry.key_id = next((value for name, value in headers if name == "X-Auth-Key"), None)
            return start_response(status, headers, *error)

        try:
            return LoggedBody(self.app(environ, start), entry)
        except BaseException:
            entry.status = 500
            entry.write()
            raise


class Entry:
    """What is known of a request."""

    def __init__(self, environ: dict[str, Any]) -> None:
        self.start = perf_counter()
        self.method = environ["REQUEST_METHOD"]
        self.path = environ.get("PATH_INFO", "")
        self.status = 500  # until the application says another
        self.bytes = 0
        self.key_id: str | None = None

    def write(self) -> None:
        log_request(self.method, self.path, self.status, self.bytes, perf_counter() - self.start, {"key": self.key_id})


def log_request(method: str, path: str, status: int, size: int, seconds: float, caller: Mapping[str, str | None]) -> None:
    """`path`: in Latin-1, as in an environ; an empty method or path isn't known. `caller`: who asked, under the names that it has."""
    path = mask(quote(path.encode("latin-1", "replace"), SAFE))
    fields = {
        "method": quote(method[:20]) or None,
        "path": (path if len(path) <= MAX_PATH_CHARACTERS else f"{path[:MAX_PATH_CHARACTERS]}…") or None,
        "status": status,
        "bytes": size,
        "ms": round(seconds * 1000, 1),
        **caller,
    }
    shown = {name: "-" if value is None else value for name, value in fields.items()}
    words = " ".join(f"{name} %({name})s" for name in caller)
    form = f"%(method)s %(path)s %(status)s %(bytes)s bytes %(ms)s ms {words}"
    log.info(form, shown, extra={"fields": fields})


class LoggedBody:
    """A body that counts what is taken of it, and is logged when the server has done with it."""

    def __init__(self, body: Iterable[bytes], entry: Entry) -> None:
        self.body, self.entry = body, entry

    def __iter__(self) -> Iterator[bytes]:
        try:
            for part in self.body:
                self.entry.bytes += len(part)
                yield part
        except Exception:
            self.entry.status = 500
            raise

    def close(self) -> None:
        try:
            if hasattr(self.body, "close"):
                self.body.close()
        finally:
            self.entry.write()
