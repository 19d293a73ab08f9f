"""What a mirror learns of rows that appear or go with their parent."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.access.principal import COMMAND_LINE
from portal.db.session import lock
from portal.extensions import db
from portal.registry.contacts import Contact
from portal.registry.networks import Network
from portal.registry.write import approve as approvals
from tests.importer.dumps import small_dump
from tests.importer.registry import Registry, Rows
from tests.registry import Records

FIELDS = {"contacts": "poc", "exchangePorts": "netixlan", "networkFacilities": "netfac"}


@pytest.fixture
def registry(app: Flask) -> Registry:
    return Registry(app)


@pytest.fixture
def small() -> Rows:
    return small_dump()


@pytest.fixture
def follow(client: FlaskClient) -> "Follow":
    return Follow(client)


class Follow:
    """A mirror of what hangs on networks: each call tells what is new since the one before."""

    def __init__(self, client: FlaskClient) -> None:
        self.client, self.since = client, dict.fromkeys(FIELDS, "")

    def __call__(self) -> dict[str, str]:
        """Id → status."""
        statuses: dict[str, str] = {}
        for field in FIELDS:
            query = f"query ($since: Cursor) {{ {field}(changedSince: $since) {{ nodes {{ id status }} pageInfo {{ endCursor }} }} }}"
            answer: Any = self.client.post("/graphql", json={"query": query, "variables": {"since": self.since[field]}}).json
            page = answer["data"][field]
            self.since[field] = page["pageInfo"]["endCursor"]
            statuses |= {node["id"]: node["status"] for node in page["nodes"]}
        return statuses


def test_what_hangs_on_a_deleted_record_is_told_as_deleted(registry: Registry, small: Rows, follow: Follow) -> None:
    registry.take(small)
    follow()
    small["org"][0]["status"] = "deleted"
    registry.take(small)
    assert follow() == dict.fromkeys(["poc:1", "netixlan:1", "netixlan:2", "netfac:1", "netfac:2"], "DELETED")
    small["org"][0]["status"] = "ok"
    registry.take(small)
    assert follow() == dict.fromkeys(["poc:1", "netixlan:1", "netixlan:2", "netfac:1", "netfac:2"], "OK")
    assert follow() == {}


def test_what_hangs_on_an_imported_record_is_told_once_it_is_pending_no_more(registry: Registry, small: Rows, follow: Follow) -> None:
    small["net"][0]["status"] = "pending"
    registry.take(small)
    assert follow() == {"netixlan:2": "OK"}
    small["net"][0]["status"] = "ok"
    registry.take(small)
    assert follow() == dict.fromkeys(["poc:1", "netixlan:1", "netfac:1", "netfac:2"], "OK")


def test_what_hangs_on_a_record_is_told_once_it_is_approved(app: Flask, records: Records, follow: Follow) -> None:
    with app.app_context():
        lock(db.session())
        db.session.add(Contact(id=7, network_id=records["waiting"], role="NOC", email="noc@example.net"))
        db.session.commit()
        assert "poc:7" not in follow()
        approvals.approve(db.session(), COMMAND_LINE, f"net:{records['waiting']}")
        db.session.commit()
        assert db.session.get_one(Network, records["waiting"]).status == "ok"
    assert follow() == {"poc:7": "OK"}
