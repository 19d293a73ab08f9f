"""Two writers at once: none of them loses what the other wrote."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask

from portal.limits.memory import Spending
from tests.registry import Records

READ = "{ network(asn: 64500) { version infoPrefixes4 infoPrefixes6 } }"
ADD = """mutation ($version: Int, $number: Int) {
  updateNetwork(input: {asn: 64500, ifVersion: $version, FIELD: $number}) { userErrors { code message } } }"""
TIMES = 8


def test_two_who_read_then_write_lose_no_update(app: Flask, robot: Any, records: Records) -> None:
    app.extensions["portal spending"] = Spending()
    headers = robot("networks:read", "networks:update").headers

    def send(query: str, **variables: Any) -> Any:
        return app.test_client().post("/graphql", json={"query": query, "variables": variables}, headers=headers).json["data"]  # type: ignore[index]  # it is JSON

    def add_one(field: str) -> int:
        """Returns how often it had to read again."""
        for tries in range(200):
            network = send(READ)["network"]
            payload = send(ADD.replace("FIELD", field), version=network["version"], number=(network[field] or 0) + 1)
            codes = [error["code"] for error in payload["updateNetwork"]["userErrors"]]
            if not codes:
                return tries
            assert codes == ["CONFLICT"]
        raise AssertionError("another writer always came first")

    fields = ["infoPrefixes4", "infoPrefixes4", "infoPrefixes6"]
    with ThreadPoolExecutor(len(fields)) as pool:
        list(pool.map(lambda field: [add_one(field) for _ in range(TIMES)], fields))
    assert send(READ)["network"] == {"version": 1 + 3 * TIMES, "infoPrefixes4": 2 * TIMES, "infoPrefixes6": TIMES}
