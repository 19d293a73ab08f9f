"""The API's paths, which it answers before Flask's pages: without sessions, cookies and forms; and the ids in pages' paths."""

from typing import Any

from werkzeug.routing import IntegerConverter, Map

from portal.whole_numbers import LARGEST_ID

GRAPHQL_PATH = "/graphql"
SCHEMA_TEXT_PATH = "/graphql/schema.graphql"
SCHEMA_JSON_PATH = "/graphql/schema.json"
API_PREFIXES = ("/graphql/", "/export/", "/api/", "/.well-known/")  # each with its first folder's own path


def is_api_path(path: str) -> bool:
    return f"{path}/".startswith(API_PREFIXES)


class IdConverter(IntegerConverter):
    """`<int:…>` in a page's path: an id that a database can hold, in the digits 0 to 9. Anything else leads to no page."""

    regex = r"[0-9]{1,10}"

    def __init__(self, url_map: Map, **options: Any) -> None:
        super().__init__(url_map, max=LARGEST_ID, **options)
