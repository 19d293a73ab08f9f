"""A GET's ETag: an unchanged answer isn't read twice, and whatever an answer depends on makes another tag."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.access.permissions import Permission
from portal.access.principal import Kind, Principal
from portal.api.etag import fingerprint, rights
from portal.api_keys.lifecycle.draft import Draft
from portal.api_keys.lifecycle.edit import edit
from portal.api_keys.lifecycle.stop import revoke
from portal.db.session import lock, now
from portal.extensions import db
from portal.http.graphql_http import GRAPHQL
from portal.models import ApiKey
from portal.registry.networks import Network
from portal.settings import Settings
from tests.apps import opened, settings_for
from tests.graphql.requests import Statements
from tests.people import People, Robot
from tests.registry import Records

QUERY = "query A($first: Int!) { networks(first: $first) { nodes { name } } } query B { networks { totalCount } }"
QUESTION = {"query": QUERY, "operationName": "A", "variables": '{"first": 2}'}


@pytest.fixture
def key(robot: Callable[..., Robot], records: Records) -> Robot:
    return robot("networks:read")


def get(client: FlaskClient, robot: Robot | None = None, tag: str = "", accept: str = "", **question: str) -> TestResponse:
    headers = {"If-None-Match": tag, "Accept": accept} | (robot.headers if robot else {})
    return client.get("/graphql", query_string=QUESTION | question, headers={name: value for name, value in headers.items() if value})


@pytest.mark.parametrize("anonymous", [True, False])
def test_an_unchanged_answer_is_not_read_again(anonymous: bool, key: Robot, client: FlaskClient, statements: Statements) -> None:
    robot = None if anonymous else key
    first = get(client, robot)
    assert first.get_json()["data"] == {"networks": {"nodes": [{"name": "Example Net"}, {"name": "Éxample Łabs"}]}}
    tag = first.headers["ETag"]
    assert tag.startswith('W/"')
    with statements() as seen:
        again = get(client, robot, tag)
    assert (again.status_code, again.get_data()) == (304, b"")
    assert len(seen) == 1
    assert "network" not in seen[0]
    for response in (first, again):
        assert response.headers["ETag"] == tag
        assert response.headers["Cache-Control"] == "private, no-cache"
        assert set(response.headers["Vary"].split(", ")) == {"Authorization", "Accept", "Accept-Encoding"}


def test_a_tag_changes_with_the_question_and_the_media_type(key: Robot, client: FlaskClient) -> None:
    responses = [
        get(client, key),
        get(client, key, query=f"{QUERY} "),
        get(client, key, operationName="B"),
        get(client, key, variables='{"first": 1}'),
        get(client, key, accept=GRAPHQL),
        get(client),
    ]
    assert {response.status_code for response in responses} == {200}
    assert len({response.headers["ETag"] for response in responses}) == len(responses)


def test_a_tag_changes_with_the_registry(key: Robot, app: Flask, client: FlaskClient, records: Records) -> None:
    tag = get(client, key).headers["ETag"]
    with app.app_context():
        lock(db.session())
        db.session.get_one(Network, records["net"]).name = "Another Name"
        db.session.commit()
    changed = get(client, key, tag)
    assert (changed.status_code, changed.headers["ETag"] != tag) == (200, True)
    assert "Another Name" in changed.get_data(as_text=True)


def test_a_tag_is_not_shared_between_keys_with_the_same_rights(key: Robot, robot: Callable[..., Robot], client: FlaskClient) -> None:
    second = robot("networks:read", name="second")  # before the tag: creating a key gives the registry a new version
    tag = get(client, key).headers["ETag"]
    assert get(client, key, tag).status_code == 304
    assert get(client, second, tag).status_code == 200
    assert get(client, None, tag).status_code == 200


def test_a_tag_changes_with_the_rights_of_its_key(key: Robot, app: Flask, client: FlaskClient, people: People) -> None:
    tag = get(client, key).headers["ETag"]
    grants: dict[Permission, frozenset[int] | None] = {Permission.NETWORKS_READ: None, Permission.CONTACTS_READ: None}
    with app.app_context():
        seen = db.session.get_one(ApiKey, key.key_id).changed
        draft = Draft("robot", "noc@example.net", now().date() + timedelta(days=90), grants=grants)
        edit(db.session(), people.principal("alice"), people.ours, key.key_id, draft, seen=seen)
        db.session.commit()
    assert get(client, key, tag).status_code == 200


def test_rights_differ_by_key_organization_grant_and_object() -> None:
    read, update = Permission.NETWORKS_READ, Permission.NETWORKS_UPDATE
    holders = [
        Principal(),
        Principal(Kind.KEY, "key_a", organization_id=1, grants={read: None}),
        Principal(Kind.KEY, "key_b", organization_id=1, grants={read: None}),
        Principal(Kind.KEY, "key_a", organization_id=2, grants={read: None}),
        Principal(Kind.KEY, "key_a", organization_id=1, grants={read: None, update: None}),
        Principal(Kind.KEY, "key_a", organization_id=1, grants={read: None, update: frozenset({1})}),
        Principal(Kind.KEY, "key_a", organization_id=1, grants={read: None, update: frozenset({1, 2})}),
    ]
    assert len({str(rights(holder)) for holder in holders}) == len(holders)


def test_a_revoked_key_is_refused_whatever_tag_it_holds(key: Robot, app: Flask, client: FlaskClient, people: People) -> None:
    tag = get(client, key).headers["ETag"]
    with app.app_context():
        revoke(db.session(), people.principal("alice"), people.ours, key.key_id)
        db.session.commit()
    refused = get(client, key, tag)
    assert (refused.status_code, "ETag" in refused.headers, refused.headers["Cache-Control"]) == (401, False, "private, no-store")


def test_a_tag_changes_with_the_settings_and_the_secret(client: FlaskClient, settings: Settings, records: Records) -> None:
    given = {"secret_key": settings.secret_key, "peppers": settings.peppers, "audit_key": settings.audit_key}
    tags = {get(client).headers["ETag"]}
    for changes in ({}, {"public_url": "https://portal.example.net"}, {"secret_key": "another secret " * 3}):
        with opened(settings_for(settings.database_url, settings.data, **given | changes)) as app:
            tags.add(get(app.test_client()).headers["ETag"])
    assert len(tags) == 3


def test_a_release_is_known_by_its_schema_and_its_code(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text("old")
    before = [fingerprint("schema", tmp_path), fingerprint("other schema", tmp_path)]
    (tmp_path / "code.py").write_text("new")
    assert len({*before, fingerprint("schema", tmp_path)}) == 3


@pytest.mark.parametrize(
    "query",
    [
        "{ viewer { address } }",
        "{ mine: viewer { address } networks(first: 1) { totalCount } }",
        "{ ...F } fragment F on Query { viewer { address } }",
        "{ nothing }",
        "{",
        "{ contacts { totalCount } }",
    ],
)
def test_what_is_about_the_caller_or_refused_has_no_tag(query: str, key: Robot, client: FlaskClient) -> None:
    response = get(client, key, query=query, operationName="")
    assert "ETag" not in response.headers
    assert response.headers["Cache-Control"] == "private, no-store"


def test_any_tag_is_none_and_a_post_has_none(key: Robot, client: FlaskClient) -> None:
    assert get(client, key, "*").status_code == 200
    tag = get(client, key).headers["ETag"]
    posted = client.post("/graphql", json={"query": QUERY, "operationName": "B"}, headers=key.headers | {"If-None-Match": tag})
    assert (posted.status_code, "ETag" in posted.headers) == (200, False)


def test_a_tag_that_a_proxy_made_strong_is_known(key: Robot, client: FlaskClient) -> None:
    tag = get(client, key).headers["ETag"]
    assert get(client, key, f'"other", {tag.removeprefix("W/")}').status_code == 304


@pytest.mark.parametrize("depth", [100, 300, 900])
def test_deep_variables_are_a_mistake_and_no_failure(depth: int, client: FlaskClient) -> None:
    query = "query ($where: NetworkFilter) { networks(where: $where) { totalCount } }"
    filters = get(client, query=query, operationName="", variables='{"where": ' + '{"not": ' * depth + "{}" + "}" * depth + "}")
    assert filters.get_json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    unused = get(client, query=query, operationName="", variables='{"unused": ' + "[" * depth + "]" * depth + "}")
    assert (unused.status_code, unused.get_json()["data"]) == (200, {"networks": {"totalCount": 0}})
    assert ("ETag" in unused.headers) == (depth == 100)
