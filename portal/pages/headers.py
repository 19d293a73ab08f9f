"""The headers that every answer carries, unless it has set its own."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app

from portal.extensions import settings
from portal.pages.identity import signed_in
from portal.settings import Settings

SOURCES = "script-src 'self'; style-src 'self'; img-src 'self'{pictures}; font-src 'self'; connect-src 'self'"
CSP = f"default-src 'none'; {SOURCES}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
HEADERS = {
    "Content-Security-Policy": CSP.format(pictures=""),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # never no-referrer: over HTTPS the CSRF check needs it
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def of_every_answer(settings: Settings) -> dict[str, str]:
    """Before it says anything of itself."""
    return HEADERS | ({"Strict-Transport-Security": "max-age=31536000"} if settings.https else {})


def register(app: Flask) -> None:
    app.after_request(add_headers)
    app.url_defaults(add_version)


def add_headers(response: Response) -> Response:
    present = {name for name, _ in response.headers}
    response.headers.extend([(name, value) for name, value in of_every_answer(settings()).items() if name not in present])
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "no-store" if signed_in() else "private, no-cache")
    return response


def add_version(endpoint: str, values: dict[str, Any]) -> None:
    """A static file's address changes with its content, so that browsers may keep it."""
    if endpoint == "static" and "v" not in values:
        values["v"] = version_of(current_app.static_folder or "", values["filename"])


@cache
def version_of(folder: str, filename: str) -> str:
    return hashlib.sha256(Path(folder, filename).read_bytes()).hexdigest()[:12]
