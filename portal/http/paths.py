"""The API's paths, which it answers before Flask's pages: without sessions, cookies and forms."""

GRAPHQL_PATH = "/graphql"
SCHEMA_TEXT_PATH = "/graphql/schema.graphql"
SCHEMA_JSON_PATH = "/graphql/schema.json"
API_PREFIXES = ("/graphql/", "/export/", "/api/", "/.well-known/")  # each with its first folder's own path


def is_api_path(path: str) -> bool:
    return f"{path}/".startswith(API_PREFIXES)
