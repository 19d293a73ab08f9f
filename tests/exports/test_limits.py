"""What an export costs, where it ends and how it goes on, and how many are made at once."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import insert

from portal.api.exports.export import MAX_EXPORTS_AT_ONCE, RETRY_SECONDS, SEMAPHORE
from portal.db.session import lock
from portal.extensions import db
from portal.limits.memory import Spending
from portal.registry.contacts import Contact
from tests.exports.responses import Get
from tests.people import Robot
from tests.registry import Records


@pytest.fixture
def add_contacts(app: Flask, records: Records) -> Callable[[int], None]:
    """`add_contacts(6000)`: public ones of one network, by one write."""

    def add(number: int) -> None:
        with app.app_context():
            common = {"changed": lock(db.session()), "network_id": records["other"], "role": "NOC", "visible": "Public"}
            numbers = range(100_000, 100_000 + number)
            rows = [{"id": identity, "name": f"Person {identity}", "email": f"p{identity}@example.net", **common} for identity in numbers]
            db.session.execute(insert(Contact), rows)
            db.session.commit()

    return add


def test_rows_are_paid_as_in_graphql(get: Get, add_contacts: Callable[[int], None], robot: Callable[..., Robot]) -> None:
    key = robot("contacts:read")
    assert get("poc", key).response.headers["RateLimit"] == '"key";r=999;t=60', "six rows are a point"
    add_contacts(1500)
    got = get("poc", key)
    assert (got.last["rows"], got.last["complete"]) == (1506, True)
    assert '"key";r=984' in got.response.headers["RateLimit"]


def test_an_export_ends_with_the_budget_and_goes_on_with_its_cursor(
    app: Flask, get: Get, add_contacts: Callable[[int], None], records: Records
) -> None:
    add_contacts(6500)
    first = get("poc")
    assert (first.last["rows"], first.last["complete"]) == (6000, False)
    assert "ETag" not in first.response.headers, "it would have been longer with more points"
    refused = get("poc", changedSince=first.last["cursor"])
    assert refused.error == (429, "RATE_LIMITED")
    assert int(refused.response.headers["Retry-After"]) >= 1
    app.extensions["portal spending"] = Spending()  # a minute later
    second = get("poc", changedSince=first.last["cursor"])
    assert (second.last["rows"], second.last["complete"]) == (503, True)
    ids = [row["id"] for row in first.rows + second.rows]
    assert len(ids) == len(set(ids)) == 6503


def test_one_more_than_are_made_at_once_is_asked_to_come_again(app: Flask, get: Get, robot: Callable[..., Robot]) -> None:
    key, places = robot("networks:read"), app.extensions[SEMAPHORE]
    for _ in range(MAX_EXPORTS_AT_ONCE):
        places.acquire()
    got = get("net", key)
    assert got.error == (429, "RATE_LIMITED")
    assert got.response.headers["Retry-After"] == str(RETRY_SECONDS)
    places.release()
    assert get("net", key).last["complete"]


def test_an_export_that_failed_leaves_its_place_to_others(get: Get, robot: Callable[..., Robot]) -> None:
    key = robot("networks:read")
    for _ in range(MAX_EXPORTS_AT_ONCE + 1):
        assert get("net", key, changedSince="x").error == (400, "BAD_USER_INPUT")
    assert get("net", key).last["complete"]
