"""Bulk exports: the rows that GraphQL shows, for the same callers, paid from the same budget, and resumable."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from graphql_schema import INDEX
from portal.db.session import lock
from portal.extensions import db
from portal.registry.contacts import Contact
from portal.registry.facilities import Facility
from portal.registry.networks import Network
from portal.registry.ports import ExchangePort
from portal.registry.read.paging import write_change_cursor
from portal.registry.types import TYPES
from tests.exports.responses import Export, Get, Line
from tests.people import Robot
from tests.registry import Records

ALL = tuple(f"{resource}:read" for resource in ("networks", "exchanges", "facilities", "carriers", "campuses", "contacts"))

OBJECTS = {"socialMedia": "{ service identifier }", "irrAsSets": "{ source name }"}


def selection(tag: str, leave: frozenset[str] = frozenset()) -> str:
    """Every column of the GraphQL type, and the id of each record that a row points at."""
    named = INDEX.objects[tag].name
    parts = []
    for name, field in INDEX.fields[named].items():
        if name in leave or (field.relation and field.relation.many):
            continue
        below = "{ id }" if field.relation else OBJECTS.get(name, "")
        parts.append(f"{name} {below}")
    return " ".join(parts)


def through_graphql(client: FlaskClient, tag: str, robot: Robot, leave: frozenset[str]) -> list[Line]:
    lists = INDEX.schema.query_type
    assert lists
    root = next(name for name, field in lists.fields.items() if str(field.type).strip("!") == f"{INDEX.objects[tag].name}Connection")
    query = f"{{ {root}(first: 1000) {{ nodes {{ {selection(tag, leave)} }} }} }}"
    answer: Any = client.post("/graphql", json={"query": query}, headers=robot.headers).json
    assert "errors" not in answer, answer
    rows: list[Line] = answer["data"][root]["nodes"]
    return rows


def by_id(rows: list[Line]) -> list[Line]:
    return sorted(rows, key=lambda row: row["id"])


@pytest.mark.parametrize("tag", TYPES)
def test_an_exported_row_is_graphqls_row(tag: str, get: Get, client: FlaskClient, robot: Callable[..., Robot]) -> None:
    key = robot(*ALL, "networks:read_private", "contacts:read_private")
    exported, nodes = get(tag, key), through_graphql(client, tag, key, frozenset())
    assert by_id(exported.rows) == by_id(nodes)
    assert exported.last["complete"]
    assert exported.last["rows"] == len(nodes)


@pytest.mark.parametrize(("grants", "lacking"), [(["networks:read"], {"exchange", "peeringLan"}), (["exchanges:read"], {"network"})])
def test_a_key_gets_the_fields_that_it_has_the_scopes_of(
    grants: list[str], lacking: set[str], get: Get, client: FlaskClient, robot: Callable[..., Robot]
) -> None:
    key, leave = robot(*grants), frozenset({*lacking, "networkSideFacility", "exchangeSideFacility"})
    rows = get("netixlan", key).rows
    assert by_id(rows) == by_id(through_graphql(client, "netixlan", key, leave))
    assert len(rows) == 3
    assert leave.isdisjoint(rows[0])


def test_private_notes_need_their_scope_and_are_null_for_others(get: Get, robot: Callable[..., Robot]) -> None:
    assert "notesPrivate" not in get("net", robot("networks:read")).rows[0]
    rows = get("net", robot("networks:read", "networks:read_private", name="private")).rows
    assert {row["asn"]: row["notesPrivate"] for row in rows if row["notesPrivate"]} == {64500: "only ours"}


def test_everybody_gets_the_contacts_that_are_theirs_to_see(get: Get, robot: Callable[..., Robot]) -> None:
    seen = {
        "anonymous": get("poc"),
        "reader": get("poc", robot("contacts:read")),
        "insider": get("poc", robot("contacts:read", "contacts:read_private", name="insider")),
    }
    visibilities = {who: sorted(row["visible"] for row in export.rows) for who, export in seen.items() if who != "anonymous"}
    assert visibilities == {"reader": ["PUBLIC"] * 3 + ["USERS"] * 3, "insider": ["PRIVATE"] * 2 + ["PUBLIC"] * 3 + ["USERS"] * 3}
    assert [row["visible"] for row in seen["anonymous"].rows] == ["PUBLIC"] * 3


def test_a_place_that_one_may_not_see_is_null(app: Flask, get: Get, records: Records, robot: Callable[..., Robot]) -> None:
    with app.app_context():
        lock(db.session())
        db.session.get_one(ExchangePort, records["net port"]).net_side_id = records["fac"]
        db.session.commit()
    key = robot("networks:read", "facilities:read")
    place = {row["id"]: row["networkSideFacility"] for row in get("netixlan", key).rows}
    assert place[f"netixlan:{records['net port']}"] == {"id": f"fac:{records['fac']}"}
    with app.app_context():
        lock(db.session())
        db.session.get_one(Facility, records["fac"]).status = "pending"
        db.session.commit()
    assert {row["networkSideFacility"] for row in get("netixlan", key).rows} == {None}


def test_a_mirror_gets_what_changed_and_what_is_gone(get: Get, records: Records, robot: Callable[..., Robot], change: Any) -> None:
    key = robot("networks:read", "contacts:read")
    whole = get("net", key)
    assert [row["status"] for row in whole.rows] == ["OK", "OK", "OK", "PENDING"], "a deleted row is no news to a new mirror"
    since = get("net", key, changedSince=whole.last["cursor"]).last["cursor"]  # the row that was deleted before is told now
    assert get("net", key, changedSince=since).lines == [{"cursor": since, "complete": True, "rows": 0}]
    change(Network, records["net"], name="Renamed Net")
    change(Network, records["second"], status="deleted")
    news = get("net", key, changedSince=since)
    assert [(row["id"], row["status"], row.get("name")) for row in news.rows] == [
        (f"net:{records['net']}", "OK", "Renamed Net"),
        (f"net:{records['second']}", "DELETED", None),
    ]
    assert news.rows[1].keys() == {"id", "databaseId", "status", "updated"}, "of a deleted row nothing else is told"
    assert get("net", key, changedSince=news.last["cursor"]).rows == []


def test_cursors_are_those_of_graphqls_changed_since(get: Get, client: FlaskClient, records: Records, change: Any) -> None:
    def ask(since: str) -> Any:
        query = "query ($since: Cursor) { networks(changedSince: $since) { nodes { id } pageInfo { endCursor } } }"
        answer: Any = client.post("/graphql", json={"query": query, "variables": {"since": since}}).json
        return answer["data"]["networks"]

    whole, connection = get("net", changedSince=""), ask("")
    assert [row["id"] for row in whole.rows] == [node["id"] for node in connection["nodes"]]
    assert whole.last["cursor"] == connection["pageInfo"]["endCursor"]
    change(Network, records["second"], name="Renamed Net")
    assert [row["id"] for row in get("net", changedSince=connection["pageInfo"]["endCursor"]).rows] == [f"net:{records['second']}"]
    assert ask(whole.last["cursor"])["nodes"] == [{"id": f"net:{records['second']}"}]


def test_a_deleted_contact_is_told_to_those_who_saw_it(get: Get, records: Records, robot: Callable[..., Robot], change: Any) -> None:
    reader, insider = robot("contacts:read"), robot("contacts:read", "contacts:read_private", name="insider")
    since = get("poc", reader).last["cursor"]
    change(Contact, records["net Private"], status="deleted")
    change(Contact, records["net Users"], status="deleted")
    assert len(get("poc", changedSince=since).rows) == 0
    assert [row["databaseId"] for row in get("poc", reader, changedSince=since).rows] == [records["net Users"]]
    assert len(get("poc", insider, changedSince=since).rows) == 2


def test_a_key_without_the_scope_is_refused_as_in_graphql(get: Get, robot: Callable[..., Robot]) -> None:
    got = get("poc", robot("networks:read"))
    assert got.error == (403, "FORBIDDEN")
    assert got.response.json
    assert got.response.json["errors"][0]["extensions"]["requiredScopes"] == ["contacts:read", "contacts:read_private"]
    assert 'error="insufficient_scope"' in got.response.headers["WWW-Authenticate"]


def test_every_refusal_is_json_with_a_code(get: Get, client: FlaskClient, robot: Callable[..., Robot]) -> None:
    key = robot("networks:read", "contacts:read")
    assert get("nothing", key).error == (404, "NOT_FOUND")
    assert get("net", key, changedSince="x").error == (400, "BAD_USER_INPUT")
    assert get("net", key, changedSince=get("poc", key).last["cursor"]).error == (400, "BAD_USER_INPUT")
    assert get("net", key, changedsince="x").error == (400, "BAD_USER_INPUT")
    assert get("net", headers={"Authorization": f"Bearer pport_{'a' * 51}"}).error == (401, "UNAUTHENTICATED")
    assert Export(client.get("/export/net.csv")).error == (404, "NOT_FOUND")
    assert Export(client.get("/export")).error == (404, "NOT_FOUND")
    assert Export(client.post("/export/net.ndjson.gz")).error == (405, "METHOD_NOT_ALLOWED")


def test_an_export_says_what_it_is_and_is_known_again(get: Get, robot: Callable[..., Robot], records: Records, change: Any) -> None:
    key = robot("networks:read")
    headers = get("net", key).response.headers
    assert headers["Content-Type"] == "application/gzip"
    assert "Content-Encoding" not in headers
    assert headers["Content-Disposition"] == 'attachment; filename="net.ndjson.gz"'
    assert headers["Cache-Control"] == "private, no-cache"
    assert "Authorization" in headers["Vary"]
    assert headers["X-Auth-Key"] == key.key_id
    again = get("net", key, headers={"If-None-Match": headers["ETag"]}).response
    assert (again.status_code, again.data) == (304, b"")
    assert get("net", robot("networks:read", name="other"), headers={"If-None-Match": headers["ETag"]}).response.status_code == 200
    change(Network, records["net"], name="Renamed Net")
    assert get("net", key, headers={"If-None-Match": headers["ETag"]}).response.status_code == 200


@pytest.mark.parametrize("version", [2**31, 2**63, 2**64 - 1, -(2**63)])
def test_a_cursor_that_nobody_made_is_refused(get: Get, version: int) -> None:
    cursor = write_change_cursor(TYPES["net"], 0, [version, 5])
    assert get("net", changedSince=cursor).error == (400, "BAD_USER_INPUT")


@pytest.mark.own_database
def test_a_mistake_of_ours_is_masked_and_logged_once(app: Flask, get: Get, caplog: pytest.LogCaptureFixture) -> None:
    with app.app_context():
        db.session.execute(text("ALTER TABLE contact RENAME TO lost"))
        db.session.commit()
    got = get("poc")
    assert got.error == (500, "INTERNAL_SERVER_ERROR")
    assert "contact" not in got.response.get_data(as_text=True)
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert got.response.headers["X-Request-ID"] in caplog.text
