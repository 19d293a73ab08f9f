"""The cookie of a browser in which someone has signed in before. It signs no one in; failures are counted apart by it."""

import secrets

from flask import Response, request
from itsdangerous import BadSignature, URLSafeSerializer

from portal.accounts.attempts import subject_of
from portal.extensions import db, settings

MAX_PEOPLE = 5
COOKIE_SECONDS = 180 * 86_400


def known_browser(email: str) -> str | None:
    """The random name of this browser if this e-mail address has signed in here before."""
    return read_cookie().get(subject_of(db.session(), "known", email.strip().lower()))


def remember_browser(response: Response, email: str) -> None:
    """Up to five people a browser; the newest names push the oldest out."""
    names = read_cookie()
    subject = subject_of(db.session(), "known", email)
    name = names.pop(subject, None) or secrets.token_urlsafe(16)
    kept = dict([*names.items(), (subject, name)][-MAX_PEOPLE:])
    response.set_cookie(
        cookie_name(), serializer().dumps(kept), max_age=COOKIE_SECONDS, secure=settings().https, httponly=True, samesite="Lax", path="/"
    )


def read_cookie() -> dict[str, str]:
    try:
        names = serializer().loads(request.cookies.get(cookie_name(), ""))
    except BadSignature:
        return {}
    return dict(names)


def serializer() -> URLSafeSerializer:
    return URLSafeSerializer(settings().secret_key, salt="known browser")


def cookie_name() -> str:
    return "__Host-portal-known" if settings().https else "portal-known"
