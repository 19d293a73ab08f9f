"""Real rows: after an import GraphQL counts what the file holds, for each type and along each relation in both directions."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal.access.permissions import GRANTABLE
from portal.access.principal import COMMAND_LINE
from portal.api_keys.lifecycle.create import issue
from portal.api_keys.lifecycle.draft import Draft
from portal.db.session import now
from portal.extensions import db
from portal.limits.memory import Spending
from tests.graphql.oracle_types import ROOTS, TYPES
from tests.importer.dumps import content_of
from tests.importer.registry import Registry

pytestmark = pytest.mark.needs("data")

IN_FILE = {  # our column → PeeringDB's
    "organization_id": "org_id",
    "network_id": "net_id",
    "exchange_id": "ix_id",
    "peering_lan_id": "ixlan_id",
    "facility_id": "fac_id",
    "carrier_id": "carrier_id",
}
Rows = dict[str, dict[int, dict[str, Any]]]
Headers = dict[str, str]


class Reading:
    """The file's rows by type and id, as far as one caller may see them, and what GraphQL says of them."""

    def __init__(self, app: Flask, rows: Rows, headers: Headers, own: int | None) -> None:
        self.app, self.client, self.headers = app, app.test_client(), headers
        self.rows = {**rows, "poc": {number: row for number, row in rows["poc"].items() if may_see(row, rows, own)}}

    def ask(self, query: str, **variables: Any) -> Any:
        self.app.extensions["portal spending"] = Spending()
        answer: Any = self.client.post("/graphql", json={"query": query, "variables": variables}, headers=self.headers).json
        assert "errors" not in answer, (answer, query)
        return answer["data"]

    def pages(self, root: str, selection: str, first: int = 500) -> Iterator[dict[str, Any]]:
        """Every node of a list, page by page."""
        query = f"query ($after: Cursor) {{ {root}(first: {first}, after: $after) {{ nodes {{ databaseId {selection} }} {PAGE} }} }}"
        after, more = None, True
        while more:
            page = self.ask(query, after=after)[root]
            yield from page["nodes"]
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]


PAGE = "pageInfo { hasNextPage endCursor }"


def may_see(contact: dict[str, Any], rows: Rows, own: int | None) -> bool:
    """Everybody sees Public ones, a key of the organization `own` Users ones, and Private ones of its own networks."""
    owner = rows["net"][contact["net_id"]]["org_id"]
    return bool({"Public": True, "Users": own is not None, "Private": owner == own}[contact["visible"]])


@pytest.fixture
def readings(app: Flask) -> list[Reading]:
    """By an anonymous caller and a key that may everything: the dump, whose contacts are all Public, with every visibility among them."""
    dump = json.loads(content_of("complete.json"))
    for place, contact in enumerate(dump["poc"]["data"]):
        contact["visible"] = ("Public", "Users", "Private")[place % 3]
    assert Registry(app).take(json.dumps(dump).encode()).outcome.clean
    rows: Rows = {tag: {row["id"]: row for row in content["data"]} for tag, content in dump.items()}
    assert {row["status"] for table in rows.values() for row in table.values()} == {"ok"}
    own = next(rows["net"][contact["net_id"]]["org_id"] for contact in rows["poc"].values() if contact["visible"] == "Private")
    draft = Draft("all", "noc@example.net", now().date() + timedelta(days=90), grants=dict.fromkeys(GRANTABLE))
    with app.app_context():
        _, token = issue(db.session(), COMMAND_LINE, own, draft)
        db.session.commit()
    return [Reading(app, rows, {}, None), Reading(app, rows, {"Authorization": f"Bearer {token.reveal()}"}, own)]


def test_each_type_and_each_relation_counts_the_rows_of_the_file(readings: list[Reading]) -> None:
    for reading in readings:
        check_types(reading)
        check_relations(reading)


def check_types(reading: Reading) -> None:
    for root, name in ROOTS.items():
        rows = reading.rows[TYPES[name][1]]
        assert reading.ask(f"{{ {root} {{ totalCount }} }}")[root]["totalCount"] == len(rows), name
        assert [node["databaseId"] for node in reading.pages(root, "")] == sorted(rows), name
    counted = reading.ask("{ dataStatus { types { type count } } }")["dataStatus"]["types"]
    assert {counter["type"]: counter["count"] for counter in counted} == {tag: len(rows) for tag, rows in reading.rows.items()}


def check_relations(reading: Reading) -> None:
    """Each leads where the file says."""
    for root, name in ROOTS.items():
        _, tag, _, relations = TYPES[name]
        many = {field: target for field, (target, several, _, _) in relations.items() if several}
        one = {field: IN_FILE.get(local, local) for field, (_, several, local, _) in relations.items() if not several}
        selection = " ".join([*(f"{field}(first: 0) {{ totalCount }}" for field in many), *(f"{field} {{ databaseId }}" for field in one)])
        children = {field: counted(reading, target, relations[field][3]) for field, target in many.items()}
        totals: Counter[str] = Counter()
        for node in reading.pages(root, selection):
            row = reading.rows[tag][node["databaseId"]]
            assert {field: node[field] and node[field]["databaseId"] for field in one} == {
                field: row[column] for field, column in one.items()
            }
            counts = {field: node[field]["totalCount"] for field in many}
            assert counts == {field: children[field][row["id"]] for field in many}, (name, row["id"])
            totals.update(counts)
        assert totals == {field: counter.total() for field, counter in children.items()}, name


def counted(reading: Reading, target: str, column: str) -> Counter[int]:
    """Parent → how many rows of the file point at it."""
    return Counter(row[IN_FILE.get(column, column)] for row in reading.rows[TYPES[target][1]].values() if row[IN_FILE.get(column, column)])
