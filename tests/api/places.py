"""Where a request with a key can go. The last changes the key, and only answers keys with keys:rotate_self."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

QUERY = {"query": "{ viewer { address } }"}
Send = Callable[[FlaskClient, dict[str, Any]], TestResponse]
PLACES: dict[str, Send] = {
    "POST /graphql": lambda client, sent: client.post("/graphql", json=QUERY, environ_overrides=sent),
    "GET /graphql": lambda client, sent: client.get("/graphql", query_string=QUERY, environ_overrides=sent),
    "GET /export": lambda client, sent: client.get("/export/net.ndjson.gz", environ_overrides=sent),
    "GET /api/whoami": lambda client, sent: client.get("/api/whoami", environ_overrides=sent),
    "POST /api/rotate": lambda client, sent: client.post("/api/rotate", environ_overrides=sent),
}
