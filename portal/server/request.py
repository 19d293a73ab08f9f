"""A request as it was read, and its WSGI environ (PEP 3333)."""

import sys
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from time import perf_counter
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

MAX_CACHED_NAME = 64  # bytes of a header's name
JOINED_BY = {"HTTP_COOKIE": "; "}
HEADERS_WITHOUT_PREFIX = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}


@dataclass(slots=True)
class Request:
    """`target`: path and query; the application refuses a body that is too long; `cut`: it wasn't read to its end."""

    method: str = ""
    target: bytes = b""
    version: str = "1.1"
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)
    keeps_alive: bool = True
    cut: bool = False
    began: float = field(default_factory=perf_counter)

    def header(self, name: bytes) -> bytes | None:
        return next((value for other, value in self.headers if other.lower() == name), None)

    def joined(self, name: bytes) -> str | None:
        """Returns all values of a header as one, as an environ has it."""
        values = [value for other, value in self.headers if other.lower() == name]
        return b",".join(values).decode("latin-1") if values else None


@dataclass(frozen=True, slots=True)
class Peers:
    """Who is connected to whom; addresses are "" on a Unix socket."""

    client: str
    client_port: str
    server: str
    server_port: str


def environ_of(request: Request, peers: Peers, *, multiprocess: bool) -> dict[str, Any]:
    path, _, query = request.target.partition(b"?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unescaped(path),
        "QUERY_STRING": query.decode("latin-1"),
        "SERVER_NAME": peers.server,
        "SERVER_PORT": peers.server_port,
        "SERVER_PROTOCOL": f"HTTP/{request.version}",
        "REMOTE_ADDR": peers.client,
        "REMOTE_PORT": peers.client_port,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(request.body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": multiprocess,
        "wsgi.run_once": False,
    }
    for name, value in request.headers:
        key, text = (variable if len(name) <= MAX_CACHED_NAME else variable.__wrapped__)(name), value.decode("latin-1")
        if key is None:
            continue
        environ[key] = f"{environ[key]}{JOINED_BY.get(key, ',')}{text}" if key in environ else text
    if "HTTP_TRANSFER_ENCODING" in environ:  # the chunks have been put together
        del environ["HTTP_TRANSFER_ENCODING"]
        environ["CONTENT_LENGTH"] = str(len(request.body))
    return environ


def unescaped(path: bytes) -> str:
    """Returns a path as an environ has it: bytes as Latin-1, whatever they are."""
    return (unquote_to_bytes(path) if b"%" in path else path).decode("latin-1")


@lru_cache(maxsize=500)
def variable(name: bytes) -> str | None:
    """Returns a header's name in an environ. None for one with an underscore, which would pass for another header with a hyphen."""
    lower = name.lower()
    if b"_" in lower:
        return None
    return HEADERS_WITHOUT_PREFIX.get(lower) or f"HTTP_{lower.decode('latin-1').upper().replace('-', '_')}"


def origin_form(target: bytes) -> bytes:
    """Returns path and query of a target in absolute form, `http://host/path?query`, which servers must take (RFC 9112 §3.2.2).

    Raises ValueError for what is no address.
    """
    parts = urlsplit(target)
    return (parts.path or b"/") + (b"?" + parts.query if parts.query else b"")
