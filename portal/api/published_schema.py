"""The schema as documents for code generators, the same for everybody: its text, and what introspection tells."""

import hashlib
from functools import cache

import orjson
from flask import Request, Response
from graphql import introspection_from_schema

from graphql_schema import INDEX, sdl
from portal.http.compression import compress

TYPES = {"text": "text/plain; charset=utf-8", "introspection": "application/json; charset=utf-8"}


def published(form: str, request: Request) -> Response:
    """One of TYPES' forms. The strong ETag is of the bytes that are sent, compressed or not."""
    response = compress(Response(printed(form), content_type=TYPES[form], headers={"Vary": "Accept-Encoding"}), request)
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    return response.make_conditional(request)  # type: ignore[return-value]  # it returns itself


@cache
def printed(form: str) -> bytes:
    if form == "text":
        return sdl().encode()
    told = introspection_from_schema(INDEX.schema, specified_by_url=True, directive_is_repeatable=True, input_value_deprecation=True)
    return orjson.dumps({"data": told})
