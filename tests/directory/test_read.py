"""Rows as principals see them, through the plain interface that pages use."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Connection

from portal.access.principal import ANONYMOUS
from portal.db.session import snapshot
from portal.errors import Invalid
from portal.extensions import db
from portal.registry.read.owned_objects import objects_of
from portal.registry.read.paging import BY_NAME
from portal.registry.read.queries import counts, read_network, read_organizations, read_page
from tests.people import People
from tests.registry import Records


@pytest.fixture
def connection(app: Flask, records: Records) -> Iterator[Connection]:
    with app.app_context(), snapshot(db.engine) as connection:
        yield connection


def names(connection: Connection, people: People, who: str) -> list[str]:
    page = read_page(connection, people.principal(who), "net", order=BY_NAME)
    return [row["name"] for row in page.rows]


def test_pending_networks_are_seen_by_their_organization_and_by_operators(connection: Connection, people: People) -> None:
    assert names(connection, people, "alice") == ["Éxample Łabs", "Example Net", "Other Net", "Waiting Net"]
    assert names(connection, people, "olga") == ["Éxample Łabs", "Example Net", "Other Net", "Waiting Net"]
    assert names(connection, people, "charlie") == ["Éxample Łabs", "Example Net", "Other Net"]


def test_a_deleted_network_is_gone_for_everybody(connection: Connection, people: People) -> None:
    assert read_network(connection, people.principal("olga"), 64503) is None


def test_private_notes_are_for_the_own_organization(connection: Connection, people: People) -> None:
    seen = {who: read_network(connection, people.principal(who), 64500) for who in ("bob", "charlie", "olga")}
    assert [row and row["notes_private"] for row in seen.values()] == ["only ours", None, None]
    stranger = read_network(connection, ANONYMOUS, 64500)
    assert stranger is not None
    assert stranger["notes_private"] is None


@pytest.mark.parametrize(("who", "number"), [("alice", 8), ("charlie", 7), ("dave", 3), ("olga", 6)])
def test_contacts_are_counted_as_they_are_seen(connection: Connection, people: People, who: str, number: int) -> None:
    assert counts(connection, people.principal(who))["poc"] == number


def test_a_page_leads_to_the_next_one(connection: Connection) -> None:
    first = read_organizations(connection, ANONYMOUS, first=1)
    assert first.total == 2
    second = read_organizations(connection, ANONYMOUS, after=first.next, first=1)
    assert [row["name"] for row in first.rows + second.rows] == ["Example Org", "Other Org"]
    assert second.next is None


@pytest.mark.parametrize("cursor", ["", "x", "%%%", "bm90IGEgY3Vyc29y", "WzFd", "W10", "WzEsIlwwIiwxXQ", "ø"])
def test_a_made_up_cursor_is_refused(connection: Connection, cursor: str) -> None:
    with pytest.raises(Invalid, match="cursor"):
        read_organizations(connection, ANONYMOUS, after=cursor)


def test_objects_to_choose_from_are_the_organizations_own(connection: Connection, people: People) -> None:
    mine = objects_of(connection, people.principal("alice"), people.ours)
    assert [chosen.label for chosen in mine["networks"]] == ["AS64500 Example Net", "AS64501 Éxample Łabs", "AS64502 Waiting Net"]
    assert [chosen.label for chosen in objects_of(connection, people.principal("charlie"), people.theirs)["exchanges"]] == ["EX-IX"]


@pytest.mark.parametrize(
    ("where", "asns"),
    [
        ({"name": {"contains": "EXAMPLE ł"}}, [64501]),
        ({"name": {"startsWith": "example"}}, [64500, 64501]),
        ({"name": {"endsWith": "NET"}}, [64500, 64510]),
        ({"name": {"eq": "example net"}}, []),
        ({"name": {"contains": "%"}}, []),
        ({"asn": {"in": [64500, 64510, 4294967295]}}, [64500, 64510]),
        ({"asn": {"gt": 64500, "lte": 64501}}, [64501]),
        ({"not": {"asn": {"eq": 64500}}}, [64501, 64510]),
        ({"or": [{"asn": {"eq": 64500}}, {"name": {"eq": "Other Net"}}]}, [64500, 64510]),
        ({"or": []}, []),
        ({"and": []}, [64500, 64501, 64510]),
        ({"info_prefixes4": {"isNull": True}, "asn": {"ne": 64501}}, [64500, 64510]),
        ({"not": {"info_prefixes4": {"gt": 0}}}, [64500, 64501, 64510]),
        ({"info_prefixes4": {"ne": 5}}, [64500, 64501, 64510]),
        ({"irr_as_set": {"contains": "AS-X"}}, []),
    ],
)
def test_a_filter_finds(connection: Connection, where: dict[str, object], asns: list[int]) -> None:
    assert [row["asn"] for row in read_page(connection, ANONYMOUS, "net", where=where).rows] == asns


@pytest.mark.parametrize(
    "where",
    [
        {"notes_private": {"startsWith": "o"}},
        {"name_fold": {"eq": "x"}},
        {"name": {"eq": None}},
        {"name": None},
        {"name": {"contains": "a\0b"}},
        {"name": {"eq": "x" * 501}},
        {"asn": {"in": [1] * 501}},
        {"not": {"not": {"not": {"not": {"not": {"not": {"not": {"not": {}}}}}}}}},
        {"and": [{"asn": {"eq": 1}}] * 51},
    ],
)
def test_a_filter_that_could_guess_or_overload_is_refused(connection: Connection, where: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        read_page(connection, ANONYMOUS, "net", where=where)
