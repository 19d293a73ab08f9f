"""A contact that a caller may no longer see arrives as a blank tombstone, and one that it never could see doesn't."""

import gzip
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.db.session import lock
from portal.extensions import db
from portal.registry.contacts import Contact
from tests.graphql.requests import Ask
from tests.people import Robot
from tests.registry import Records

CHANGES = """query ($since: Cursor!, $where: ContactFilter) {
  contacts(changedSince: $since, where: $where) {
    totalCount nodes { id status role visible name phone email url network { id } } pageInfo { endCursor }
  }
}"""
PUBLIC_READER = ("networks:read", "contacts:read")
Make = Callable[..., Robot]


def narrow(app: Flask, visible: str, **columns: str) -> int:
    """Gives the contact with these values another visibility; its id."""
    with app.app_context():
        lock(db.session())
        contact = db.session.scalars(select(Contact).filter_by(**columns)).one()
        contact.visible = visible
        db.session.commit()
        return contact.id


@pytest.fixture
def public(app: Flask, records: Records) -> int:
    """A public contact's id, with something to see in it."""
    with app.app_context():
        lock(db.session())
        contact = Contact(id=900, network_id=records["net"], role="NOC", name="Nora", phone="+4930", email="n@example.net", url="https://n")
        db.session.add(contact)
        db.session.commit()
        return contact.id


def of(answer: dict[str, Any], identity: int) -> dict[str, Any] | None:
    return next((node for node in answer["contacts"]["nodes"] if node["id"] == f"poc:{identity}"), None)


def tombstone(identity: int, records: Records) -> dict[str, Any]:
    blank = dict.fromkeys(("name", "phone", "email", "url"), "")
    gone = {"id": f"poc:{identity}", "status": "DELETED", "role": None, "visible": None, "network": {"id": f"net:{records['net']}"}}
    return gone | blank


def test_a_contact_made_private_arrives_blank(app: Flask, ask: Ask, robot: Make, records: Records, public: int) -> None:
    key = robot(*PUBLIC_READER)
    before = ask(CHANGES, key, since="")
    seen = of(before, public)
    assert seen is not None
    assert (seen["status"], seen["email"]) == ("OK", "n@example.net")
    narrow(app, "Private", name="Nora")
    after = ask(CHANGES, key, since=before["contacts"]["pageInfo"]["endCursor"])
    assert after["contacts"]["nodes"] == [tombstone(public, records)]
    assert after["contacts"]["totalCount"] == 1


def test_it_comes_back_when_it_may_be_seen_again(app: Flask, ask: Ask, robot: Make, public: int) -> None:
    key = robot(*PUBLIC_READER)
    narrow(app, "Private", name="Nora")
    narrow(app, "Users", name="Nora")
    seen = of(ask(CHANGES, key, since=""), public)
    assert seen is not None
    assert (seen["status"], seen["name"]) == ("OK", "Nora")


def test_its_own_organization_sees_it_as_it_is(app: Flask, ask: Ask, robot: Make, public: int) -> None:
    narrow(app, "Private", name="Nora")
    seen = of(ask(CHANGES, robot(*PUBLIC_READER, "contacts:read_private"), since=""), public)
    assert seen is not None
    assert (seen["status"], seen["visible"], seen["name"]) == ("OK", "PRIVATE", "Nora")


def test_one_that_was_always_private_is_never_told(app: Flask, ask: Ask, robot: Make, records: Records) -> None:
    with app.app_context():
        lock(db.session())
        db.session.add(Contact(id=901, network_id=records["net"], role="NOC", visible="Private", name="Secret"))
        db.session.commit()
    assert of(ask(CHANGES, robot(*PUBLIC_READER), since=""), 901) is None


def test_what_is_gone_from_view_can_not_be_guessed_by_a_filter(app: Flask, ask: Ask, robot: Make, records: Records, public: int) -> None:
    key = robot(*PUBLIC_READER)
    narrow(app, "Private", name="Nora")
    for guess in ({"email": {"startsWith": "n@"}}, {"email": {"startsWith": "x"}}, {"not": {"name": {"eq": "Nora"}}}):
        assert of(ask(CHANGES, key, since="", where=guess), public) == tombstone(public, records)


def test_other_lists_do_not_show_it(app: Flask, ask: Ask, robot: Make, public: int) -> None:
    narrow(app, "Private", name="Nora")
    answer = ask('{ contacts(includeDeleted: true) { nodes { id } } node(id: "poc:900") { id } }', robot(*PUBLIC_READER))
    assert of(answer, public) is None
    assert answer["node"] is None


def test_an_export_of_changes_tells_it_too(app: Flask, client: FlaskClient, robot: Make, public: int) -> None:
    narrow(app, "Private", name="Nora")
    response = client.get("/export/poc.ndjson.gz?changedSince=", headers=robot(*PUBLIC_READER).headers)
    lines = [orjson.loads(line) for line in gzip.decompress(response.get_data()).splitlines()]
    (gone,) = [line for line in lines if line.get("id") == f"poc:{public}"]
    assert set(gone) == {"id", "databaseId", "status", "updated"}
    assert gone["status"] == "DELETED"
