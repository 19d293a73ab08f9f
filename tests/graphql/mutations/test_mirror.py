"""A mirror that follows changes misses none, while four keys write and a dump is imported again and again."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.limits.memory import Spending
from portal.registry.networks import Network
from tests.importer.registry import Registry, Rows
from tests.registry import Records

CHANGES = """query ($since: Cursor) { networks(first: 50, changedSince: $since) {
  nodes { databaseId name notes version source status } pageInfo { hasNextPage endCursor } } }"""
UPDATE = "mutation ($asn: ASN!, $notes: String!) { updateNetwork(input: {asn: $asn, notes: $notes}) { userErrors { message } } }"
UPDATES, IMPORTS, NETWORKS = 6, 3, 120


def dump(number: int) -> Rows:
    """Networks whose names follow from the number of the import, in part."""
    networks = [
        {"id": place, "org_id": 1, "asn": 65_000_000 + place, "name": f"Net {place} {number if place % 3 else ''}"}
        for place in range(1, NETWORKS + 1)
    ]
    return {"org": [{"id": 1, "name": "Imported"}], "net": networks}


def test_a_mirror_misses_nothing_while_others_write(app: Flask, robot: Any, records: Records) -> None:
    headers = robot("networks:read", "networks:update").headers
    registry, mirror, cursor = Registry(app), dict[int, Any](), ""

    def send(query: str, **variables: Any) -> Any:
        app.extensions["portal spending"] = Spending()
        return app.test_client().post("/graphql", json={"query": query, "variables": variables}, headers=headers).json["data"]  # type: ignore[index]  # it is JSON

    def write(place: int) -> None:
        for number in range(UPDATES):
            payload = send(UPDATE, asn=64500 + place % 2, notes=f"{place} {number}")["updateNetwork"]
            assert payload["userErrors"] == []

    def take(_: int) -> None:
        for number in range(IMPORTS):
            assert registry.take(dump(number)).outcome.clean

    def pages() -> Iterator[list[Any]]:
        nonlocal cursor
        more = True
        while more:
            page = send(CHANGES, since=cursor)["networks"]
            yield page["nodes"]
            more, cursor = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]

    def follow() -> None:
        for nodes in pages():
            mirror.update({node["databaseId"]: node for node in nodes})

    with ThreadPoolExecutor(5) as pool:
        tasks = [*(pool.submit(write, place) for place in range(4)), pool.submit(take, 0)]
        while not all(task.done() for task in tasks):
            follow()
        for task in tasks:
            task.result()
    follow()
    with app.app_context():
        rows = db.session.execute(select(Network.id, Network.name, Network.notes, Network.version).where(Network.status == "ok"))
        stored = {number: tuple(values) for number, *values in rows}
    seen = {number: (node["name"], node["notes"], node["version"]) for number, node in mirror.items() if node["status"] == "OK"}
    assert seen == stored
    assert len(stored) > NETWORKS
