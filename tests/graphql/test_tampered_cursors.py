"""Cursors are the caller's text: whatever stands in one, the answer is a page or a refusal, never a failure of ours."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient

from graphql_schema import INDEX
from portal.limits.memory import Spending
from portal.registry.read.paging import BY_CHANGE, BY_ID, Order, SortKey, fingerprint
from portal.registry.read.peers.peers_request import MARK
from portal.registry.types import TYPES
from tests.graphql.oracle_types import ROOTS
from tests.graphql.requests import Ask, Send

STRANGE: tuple[Any, ...] = (
    *(None, True, -1, 0, 2**31 - 1, 2**31, 2**63 - 1, -(2**63), 2**64 - 1, 1.5, 1e300, "", "x", "a\0b", "\U0001f600", [], {}, [1]),
    *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-01-01T00:00:00Z", "2026-01-01", "2026-W01-1T00:00:00Z"),
)
KINDS = {root: INDEX.records[name] for root, name in ROOTS.items()}


def cursor(*values: Any) -> str:
    return urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def tampered(mark: int, keys: int) -> list[str]:
    """Cursors with this fingerprint, of which one part or all are strange."""
    whole = [cursor(mark, *[value] * keys, 1) for value in STRANGE]
    return [*whole, *(cursor(mark, *[1] * keys, value) for value in STRANGE), *(cursor(mark, *[1] * more) for more in (0, keys, keys + 2))]


def orders(root: str) -> list[tuple[str, Order]]:
    """`orderBy`, as a question writes it, of each field that the list can be sorted by."""
    pairs = [("[]", BY_ID)]
    for column, stored in KINDS[root].orders.items():
        named = INDEX.schema.type_map[f"{ROOTS[root]}OrderField"].values  # type: ignore[attr-defined]  # an enum's
        field = next(name for name, value in named.items() if value.value == stored and name.replace("DATABASE_ID", "ID") == column.upper())
        pairs.append((f"[{{ field: {field}, direction: DESC }}]", (SortKey(stored, descending=True),)))
    return pairs


def code_of(response: Any) -> str:
    """The code of a refusal, "" for a page."""
    body = response.get_json()
    return str(body["errors"][0]["extensions"]["code"]) if "errors" in body else ""


@pytest.mark.parametrize("root", ROOTS)
def test_a_cursor_of_strange_values_is_a_place_or_refused(root: str, send: Send, app: Flask) -> None:
    for order, keys in orders(root):
        for text in tampered(fingerprint(KINDS[root], keys), len(keys)):
            app.extensions["portal spending"] = Spending()  # a minute's budget of its own
            response = send(f"query ($after: Cursor) {{ {root}(after: $after, orderBy: {order}) {{ nodes {{ id }} }} }}", after=text)
            assert code_of(response) in {"", "BAD_USER_INPUT"}, (order, text)


@pytest.mark.parametrize("root", ROOTS)
def test_a_place_among_changes_is_a_place_or_refused(root: str, send: Send, app: Flask, client: FlaskClient) -> None:
    tag = KINDS[root].tag
    mark = fingerprint(TYPES[tag], BY_CHANGE)
    for text in (*tampered(mark, 1), *tampered(mark, 2)):
        app.extensions["portal spending"] = Spending()
        query = f"query ($since: Cursor) {{ {root}(changedSince: $since) {{ totalCount nodes {{ id }} }} }}"
        assert code_of(send(query, since=text)) in {"", "BAD_USER_INPUT"}, text
        exported = client.get(f"/export/{tag}.ndjson.gz", query_string={"changedSince": text})
        assert exported.status_code in {200, 400}, text


def test_a_place_among_peers_or_finds_is_a_place_or_refused(send: Send, ask: Ask, app: Flask) -> None:
    peers = "query ($after: Cursor) { peers(asn: 64500, after: $after) { nodes { network { id } } } }"
    search = 'query ($after: Cursor) { search(text: "example", first: 1, after: $after) { edges { cursor } } }'
    (edge,) = ask(search)["search"]["edges"]
    mark, *keys = orjson.loads(urlsafe_b64decode(edge["cursor"] + "=="))
    for query, number, place in ((peers, MARK, 1), (search, mark, len(keys) - 1)):
        for text in tampered(number, place):
            app.extensions["portal spending"] = Spending()
            assert code_of(send(query, after=text)) in {"", "BAD_USER_INPUT"}, text
