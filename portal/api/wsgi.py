"""/graphql before Flask: routing, sessions, hooks and copies of headers cost as much as a small answer does, and it needs none of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask
from werkzeug.http import remove_entity_headers

from portal.api.graphql import METHODS, PATH, respond
from portal.http.drain import read_rest


class Shortcut:
    """A WSGI application: what is asked at /graphql is answered at once, with the `headers` of every answer; all else goes on to the app.

    That is as the app's own route would answer. It stays there for what it refuses: other methods.
    """

    def __init__(self, app: Flask, headers: Mapping[str, str]) -> None:
        self.app, self.otherwise, self.headers = app, app.wsgi_app, list(headers.items())

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] not in METHODS:
            return self.otherwise(environ, start_response)
        with self.app.app_context():
            incoming = self.app.request_class(environ)
            response = respond(incoming)
            if response.status_code >= 400 or incoming.method == "GET":
                read_rest(incoming, response)
        if response.status_code == 304:
            remove_entity_headers(response.headers)
        start_response(response.status, [*response.headers, *self.headers])
        return [response.get_data()]
