"""Where to go on to after signing in or confirming: only ever to a path of our own."""

from urllib.parse import urlsplit

from flask import request, url_for


def own_path(text: str | None) -> str | None:
    """The path with its query, or None for what a browser could read as another site's address."""
    if not text or not text.startswith("/") or text.startswith("//") or "\\" in text or not text.isprintable():
        return None
    parts = urlsplit(text)
    return None if parts.scheme or parts.netloc else text


def go_on() -> str:
    """The request's `next`, or the home page."""
    return own_path(request.args.get("next")) or url_for("home.show")
