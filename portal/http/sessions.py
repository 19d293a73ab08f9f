"""The session cookie is for pages alone: on the API's paths it is neither read nor written, whatever a browser sends along."""

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

API = ("/graphql", "/api/", "/export/", "/healthz", "/readyz", "/.well-known/", "/static/")


class PageSessions(SecureCookieSessionInterface):
    """Flask's signed cookie, on pages."""

    def open_session(self, app: Flask, incoming: Request) -> SecureCookieSession | None:
        return SecureCookieSession() if incoming.path.startswith(API) else super().open_session(app, incoming)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not request.path.startswith(API):
            super().save_session(app, session, response)
