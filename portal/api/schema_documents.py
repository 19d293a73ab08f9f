"""The schema as documents for code generators, the same for every caller: its text, and the result of introspection."""

import hashlib
from functools import cache

import orjson
from flask import Response
from graphql import introspection_from_schema

from graphql_schema import INDEX, sdl
from portal.api.answer import Call, answer_call
from portal.http.compression import compress


def schema_text(call: Call) -> Response:
    return answer_call(call, lambda call: published(call, printed_text(), "text/plain; charset=utf-8"))


def schema_json(call: Call) -> Response:
    return answer_call(call, lambda call: published(call, printed_json(), "application/json; charset=utf-8"))


def published(call: Call, body: bytes, content_type: str) -> Response:
    """The strong ETag is of the bytes that are sent, compressed or not."""
    response = compress(Response(body, content_type=content_type, headers={"Vary": "Accept-Encoding"}), call.request)
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    return response.make_conditional(call.request)  # type: ignore[return-value]  # it returns itself


@cache
def printed_text() -> bytes:
    return sdl().encode()


@cache
def printed_json() -> bytes:
    data = introspection_from_schema(INDEX.schema, specified_by_url=True, directive_is_repeatable=True, input_value_deprecation=True)
    return orjson.dumps({"data": data})
