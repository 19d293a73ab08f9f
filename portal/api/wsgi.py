"""The API as one WSGI application before Flask's pages.

It needs the app's context alone: Flask's routing, sessions, hooks and copies of headers cost as much as a small answer does.
"""

from collections.abc import Callable, Iterable, Mapping
from threading import BoundedSemaphore
from typing import Any

from flask import Flask, Request, Response
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.http import remove_entity_headers
from werkzeug.routing import Map, Rule

from portal.api.answer import Call
from portal.api.exports.export import MAX_EXPORTS_AT_ONCE, SEMAPHORE, export
from portal.api.graphql import graphql
from portal.api.leaked_keys import leaked_keys
from portal.api.rotate import rotate
from portal.api.schema_documents import schema_json, schema_text
from portal.api.well_known import security_txt, token_format
from portal.api.whoami import whoami
from portal.http.json_answers import bad_request
from portal.http.json_requests import BadRequest
from portal.http.paths import GRAPHQL_PATH, SCHEMA_JSON_PATH, SCHEMA_TEXT_PATH, is_api_path
from portal.http.trusted_hosts import UntrustedHost, check_host

View = Callable[[Call], Response]
GRAPHQL_METHODS = {"GET", "POST"}
ROUTES = Map(
    [
        Rule(GRAPHQL_PATH, methods=["GET", "POST", "OPTIONS"], endpoint=graphql),
        Rule(SCHEMA_TEXT_PATH, methods=["GET", "OPTIONS"], endpoint=schema_text),
        Rule(SCHEMA_JSON_PATH, methods=["GET", "OPTIONS"], endpoint=schema_json),
        Rule("/export/<tag>.ndjson.gz", methods=["GET", "OPTIONS"], endpoint=export),
        Rule("/api/whoami", methods=["GET", "OPTIONS"], endpoint=whoami),
        Rule("/api/rotate", methods=["POST", "OPTIONS"], endpoint=rotate),
        Rule("/api/leaked-keys", methods=["POST", "OPTIONS"], endpoint=leaked_keys),
        Rule("/.well-known/security.txt", methods=["GET", "OPTIONS"], endpoint=security_txt),
        Rule("/.well-known/peering-portal-token.json", methods=["GET", "OPTIONS"], endpoint=token_format),
    ],
    merge_slashes=False,  # it answers by redirecting
)


class Api:
    """Answers the API's paths, with the `headers` of every answer; other paths go on to the pages."""

    def __init__(self, app: Flask, headers: Mapping[str, str]) -> None:
        self.app, self.pages, self.headers = app, app.wsgi_app, list(headers.items())
        app.extensions[SEMAPHORE] = BoundedSemaphore(MAX_EXPORTS_AT_ONCE)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        is_graphql = path == GRAPHQL_PATH and method in GRAPHQL_METHODS  # most requests, which need no routing
        if not is_graphql and not is_api_path(path):
            return self.pages(environ, start_response)
        with self.app.app_context():
            request = self.app.request_class(environ)
            response = self.answer(request, graphql if is_graphql else None)
        if response.status_code == 304:
            remove_entity_headers(response.headers)
        start_response(response.status, [*response.headers, *self.headers])
        return [] if method == "HEAD" or response.status_code == 304 else [response.get_data()]

    def answer(self, request: Request, view: View | None) -> Response:
        """Returns the answer of the view, or of the one that the path has."""
        try:
            check_host(request.environ)
        except UntrustedHost as error:
            return bad_request(BadRequest(400, str(error)))
        return view(Call(request)) if view else route(request)


def route(request: Request) -> Response:
    """Returns the answer of the path's view, or in JSON that there is none."""
    routes = ROUTES.bind("", path_info=request.path, default_method=request.method)
    try:
        view, parameters = routes.match()
    except MethodNotAllowed as error:
        return bad_request(BadRequest(405, error.name, {"Allow": ", ".join(sorted(error.valid_methods or ()))}))
    except HTTPException:
        return bad_request(BadRequest(404, f"There is nothing here. GraphQL is at {GRAPHQL_PATH}."))
    if request.method == "OPTIONS":
        return Response(b"", headers={"Allow": ", ".join(sorted(routes.allowed_methods()))})
    response: Response = view(Call(request, parameters))
    return response
