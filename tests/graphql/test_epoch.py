"""The registry's epoch: after a restore, no tag, cursor or file from before is taken for what it was."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from portal.db.base import Registry
from portal.extensions import db
from portal.registry.read.paging import BY_CHANGE, fingerprint, write_cursor
from portal.registry.types import TYPES
from tests.graphql.requests import Ask, Send, Statements
from tests.people import Robot
from tests.registry import Records

LIST = "query ($since: Cursor!) { networks(changedSince: $since, first: 1) { nodes { id } pageInfo { startCursor endCursor } } }"
TAGGED = ("/graphql?query={networks{nodes{id}}}", "/export/net.ndjson.gz")
CHANGES = "/export/net.ndjson.gz?changedSince="


@pytest.fixture
def key(robot: Callable[..., Robot], records: Records) -> Robot:
    return robot("networks:read")


def set_epoch(app: Flask, epoch: int) -> None:
    with app.app_context():
        db.session.execute(update(Registry).values(epoch=epoch))
        db.session.commit()
        db.engine.dispose()  # no connection outlives a restore


@pytest.mark.parametrize("path", TAGGED)
@pytest.mark.parametrize("anonymous", [True, False])
def test_a_tag_of_another_epoch_is_not_known(path: str, anonymous: bool, app: Flask, client: FlaskClient, key: Robot) -> None:
    headers = {} if anonymous else key.headers
    set_epoch(app, 1)
    tag = client.get(path, headers=headers).headers["ETag"]
    assert client.get(path, headers={**headers, "If-None-Match": tag}).status_code == 304
    set_epoch(app, 2)
    assert client.get(path, headers={**headers, "If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("anonymous", [True, False])
def test_a_cursor_of_another_epoch_is_refused_with_what_to_do(
    anonymous: bool, app: Flask, ask: Ask, send: Send, client: FlaskClient, key: Robot
) -> None:
    caller = None if anonymous else key
    set_epoch(app, 1)
    info = ask(LIST, caller, since="")["networks"]["pageInfo"]
    assert ask(LIST, caller, since=info["endCursor"])["networks"]["nodes"]
    set_epoch(app, 2)
    for cursor in info.values():
        refused = send(LIST, caller, since=cursor).get_json()["errors"][0]
        assert refused["extensions"]["code"] == "BAD_USER_INPUT"
        assert "Read everything again" in refused["message"]
        exported = client.get(CHANGES + cursor, headers=caller.headers if caller else {})
        assert (exported.status_code, exported.get_json()["errors"][0]["message"]) == (400, refused["message"])


def test_a_cursor_from_before_there_were_epochs_goes_on_until_a_restore(app: Flask, ask: Ask, send: Send, records: Records) -> None:
    old = write_cursor(fingerprint(TYPES["net"], BY_CHANGE), [0, 1])
    set_epoch(app, 0)
    assert ask(LIST, since=old)["networks"]["nodes"]
    set_epoch(app, 3)
    assert "Read everything again" in send(LIST, since=old).get_json()["errors"][0]["message"]


def test_the_status_of_the_data_tells_the_epoch(app: Flask, ask: Ask) -> None:
    set_epoch(app, 7)
    assert ask("{ dataStatus { epoch } }") == {"dataStatus": {"epoch": 7}}


def test_the_epoch_costs_a_key_no_statement(ask: Ask, statements: Statements, key: Robot) -> None:
    cursor = ask(LIST, key, since="")["networks"]["pageInfo"]["endCursor"]
    with statements() as seen:
        ask(LIST, key, since=cursor)
    assert [statement for statement in seen if "FROM registry" in statement] == []
    with statements() as seen:
        ask("{ networks { nodes { id } } }")
    assert [statement for statement in seen if "registry" in statement] == []


def test_the_epoch_costs_an_anonymous_caller_one_statement_for_each_new_connection(ask: Ask, statements: Statements) -> None:
    ask(LIST, since="")
    with statements() as seen:
        ask(LIST, since="")
    assert [statement for statement in seen if "FROM registry" in statement] == []
