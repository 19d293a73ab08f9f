"""The query that a key's pages print is one that just this key may ask."""

from collections.abc import Callable

from flask.testing import FlaskClient

from portal.access.permissions import GRANTABLE
from portal.api_keys.example_query import EXAMPLES, example_query
from tests.people import Robot
from tests.registry import Records

MORE = [{*needed} for needed in EXAMPLES.values() if len(needed) > 1]


def test_a_key_may_ask_its_example(client: FlaskClient, robot: Callable[..., Robot], records: Records) -> None:
    printed: set[str] = set()
    for permissions in [*({permission} for permission in GRANTABLE), *MORE, set(GRANTABLE)]:
        query = example_query(permissions)
        key = robot(*permissions, name=f"key {len(printed)} {' '.join(sorted(permissions))}"[:100])
        answer = client.post("/graphql", json={"query": query}, headers=key.headers)
        assert (answer.status_code, "errors" in answer.get_json()) == (200, False), (query, permissions)
        printed.add(query)
    assert printed == set(EXAMPLES)
    assert not [query for query in EXAMPLES if set(query) & {'"', "'", "\n"}]
