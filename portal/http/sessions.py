"""The session cookie is for pages alone: with static files and health checks it is neither read nor written, whatever a browser sends."""

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

PREFIXES_WITHOUT_SESSION = ("/healthz", "/readyz", "/static/")


class PageSessions(SecureCookieSessionInterface):
    """Flask's signed cookie, on pages."""

    def open_session(self, app: Flask, incoming: Request) -> SecureCookieSession | None:
        return SecureCookieSession() if incoming.path.startswith(PREFIXES_WITHOUT_SESSION) else super().open_session(app, incoming)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not request.path.startswith(PREFIXES_WITHOUT_SESSION):
            super().save_session(app, session, response)
