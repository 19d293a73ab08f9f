"""The activity page: what happened, filtered, paged and as files, for admins alone."""

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, insert, update

from portal.access.permissions import Permission
from portal.access.principal import COMMAND_LINE, Kind, Principal
from portal.api_keys.lifecycle import edit
from portal.api_keys.lifecycle.draft import Draft
from portal.audit import Event, Subject, record
from portal.db.session import now
from portal.extensions import db
from portal.models import ApiKey, AuditRow
from portal.registry.networks import Network
from tests.browser import Browser, text
from tests.people import People, Robot
from tests.registry import Records
from tests.rows import change_rows

Visit = Callable[[str], Browser]


def page_of(people: People, more: str = "") -> str:
    return f"/organizations/{people.ours}/activity{more}"


def add(app: Flask, people: People, principal: Principal = COMMAND_LINE, name: str = "Example Net", **changes: Any) -> int:
    """A row, as a rule would have added it."""
    with app.app_context():
        values: dict[str, Any] = {"organization_id": people.ours, "subject": Subject.of_record("net", 20, name)} | changes
        row = record(db.session(), replace(principal, address="192.0.2.9"), Event.RECORD_APPROVED, **values)
        number = row.number
        db.session.commit()
        return number


def names(browser: Browser, people: People, query: str = "") -> list[str]:
    """What was acted upon, in the file's order."""
    answer = browser.get(page_of(people, f".csv{query}"))
    assert answer.status_code == 200
    return [row["object"] for row in csv.DictReader(StringIO(answer.get_data(as_text=True)))]


def test_a_row_reads_as_a_sentence_with_its_address(app: Flask, people: People, visit: Visit, robot: Callable[..., Robot]) -> None:
    key = robot("networks:read", name="nightly build")
    add(app, people)
    page = visit("alice").get(page_of(people))
    assert "Alice created the API key nightly build" in text(page)
    assert "Command line approved the record Example Net" in text(page)
    assert "192.0.2.9" in text(page)
    assert f"/keys/{key.key_id}" in page.get_data(as_text=True)
    assert page.headers["Cache-Control"] == "no-store"


def test_only_what_happened_in_the_organization_is_told(app: Flask, people: People, visit: Visit) -> None:
    add(app, people, name="Ours")
    add(app, people, name="Theirs", organization_id=people.theirs)
    add(app, people, name="Nobody's", organization_id=None)
    browser = visit("alice")
    assert names(browser, people) == ["Ours"]
    assert "Theirs" not in text(browser.get(page_of(people)))


def test_personal_values_are_told_by_no_row(app: Flask, people: People, visit: Visit, robot: Callable[..., Robot]) -> None:
    key = robot("networks:read")
    with app.app_context():
        stored = db.session.get_one(ApiKey, key.key_id)
        assert stored.expires_at
        changed = Draft("robot", "someone.else@example.net", stored.expires_at.date(), grants={Permission.NETWORKS_READ: None})
        edit.edit(db.session(), people.principal("alice"), people.ours, key.key_id, changed, seen=stored.changed)
        db.session.commit()
    add(app, people, details={"email": ["old@example.net", "new@example.net"]})
    browser = visit("alice")
    for place in ("", ".csv", ".jsonl"):
        markup = browser.get(page_of(people, place)).get_data(as_text=True)
        assert "changed" in markup
        assert [value for value in ("noc@", "someone.else", "old@", "new@") if value in markup] == []


@pytest.fixture
def mixed(app: Flask, people: People, robot: Callable[..., Robot]) -> Robot:
    """What the command line, Alice and a key did to two networks and to the key, on three days."""
    key = robot("networks:read", name="the key")
    acting = Principal(Kind.KEY, key.key_id, "the key", organization_id=people.ours)
    for days, (principal, name) in enumerate(((COMMAND_LINE, "first"), (people.principal("alice"), "second"), (acting, "third")), 1):
        number = add(app, people, principal, name, subject=Subject.of_record("net", days, name))
        at = datetime(2026, 3, days, 23, 59, 59, tzinfo=UTC)
        with app.app_context(), db.engine.connect().execution_options(writes=True) as connection, connection.begin():
            connection.execute(update(AuditRow).where(AuditRow.number == number).values(at=at))
    return key


def test_each_filter_finds_what_it_names(people: People, visit: Visit, mixed: Robot) -> None:
    browser = visit("alice")
    expected = {
        "": ["third", "second", "first", "the key"],
        "?actor=command+line:": ["first"],
        f"?actor=member:{people.ids['alice']}": ["second", "the key"],
        f"?actor=key:{mixed.key_id}": ["third"],
        f"?key={mixed.key_id}": ["third", "the key"],
        "?event=api_key.issued": ["the key"],
        "?object=net:2": ["second"],
        "?first=2026-03-02&last=2026-03-02": ["second"],
        "?last=2026-03-01": ["first"],
        f"?first={now().date() - timedelta(days=1)}": ["the key"],
        f"?actor=member:{people.ids['alice']}&event=record.approved": ["second"],
        "?actor=member:0": [],
        "?event=nonsense": [],
    }
    assert {query: names(browser, people, query) for query in expected} == expected


@pytest.mark.usefixtures("mixed")
def test_a_filter_stays_chosen_and_leads_on(people: People, visit: Visit) -> None:
    browser = visit("alice")
    page = browser.get(page_of(people, "?event=record.approved&object=net:2")).get_data(as_text=True)
    assert '<option selected value="record.approved">' in page
    assert '<option selected value="net:2">second</option>' in page
    assert "activity.csv?event=record.approved&amp;object=net:2" in page
    nothing = browser.get(page_of(people, "?object=net:7"))
    assert '<option selected value="net:7">' in nothing.get_data(as_text=True)
    assert "No activity matches these filters." in text(nothing)


@pytest.mark.parametrize("query", ["?first=yesterday", "?before=x&after=99999999999999999999", "?last=2026-02-30"])
def test_what_is_no_filter_is_told_or_ignored(app: Flask, people: People, visit: Visit, query: str) -> None:
    add(app, people)
    page = visit("alice").get(page_of(people, query))
    assert page.status_code == (200 if "before" in query else 400)
    assert "Example Net" in text(page)


def test_pages_lead_to_older_rows_and_back(app: Flask, people: People, visit: Visit) -> None:
    fill(app, people, 120)
    browser = visit("alice")
    seen, pages = [], []
    following = page_of(people, "?event=record.approved")
    while following:
        last = browser.get(following)
        pages.append(shown(last.get_data(as_text=True)))
        seen += pages[-1]
        following = link(last.get_data(as_text=True), "next")
    assert seen == [f"Subject {number}" for number in range(120, 0, -1)]
    assert [len(page) for page in pages] == [50, 50, 20]
    back = browser.get(link(last.get_data(as_text=True), "prev"))
    assert shown(back.get_data(as_text=True)) == pages[1]
    first = browser.get(link(back.get_data(as_text=True), "prev"))
    assert shown(first.get_data(as_text=True)) == pages[0]
    assert "50 of 120" in text(first)
    assert not link(first.get_data(as_text=True), "prev")


def shown(page: str) -> list[str]:
    return [part.split("</strong>")[0] for part in page.split("<strong>")[1:]]


def link(page: str, rel: str) -> str:
    return page.split(f'rel="{rel}" href="')[1].split('"', maxsplit=1)[0].replace("&amp;", "&") if f'rel="{rel}"' in page else ""


def fill(app: Flask, people: People, count: int) -> None:
    values = dict.fromkeys(("actor_kind", "actor_name", "subject_type", "address", "user_agent"), "x")
    fixed = values | {"at": now(), "organization_id": people.ours, "event": "record.approved", "details": {}, "mac": b""}
    rows = [
        fixed | {"number": number, "subject_name": f"Subject {number}", "subject_id": str(number), "actor_id": str(number % 700)}
        for number in range(1, count + 1)
    ]
    with app.app_context(), db.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(insert(AuditRow), rows)


@contextmanager
def statements(app: Flask, about: str = "audit_row") -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if about in statement:
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_ten_thousand_rows_are_shown_by_four_statements(app: Flask, people: People, visit: Visit) -> None:
    fill(app, people, 10_050)
    browser = visit("alice")
    with statements(app) as seen:
        page = browser.get(page_of(people))
    assert len(seen) == 4
    assert "50 of more than 10,000" in text(page)
    assert page.get_data(as_text=True).count("<option") < 1_300


def test_permissions_name_their_objects_by_one_statement(
    app: Flask, people: People, visit: Visit, records: Records, robot: Callable[..., Robot]
) -> None:
    browser, counted = visit("alice"), []
    ours = frozenset({records["net"], records["second"]})
    for objects in ({}, {"networks:update": ours}, {"networks:update": ours, "contacts:update": frozenset({records["second"]})}):
        key = robot("networks:read", name=f"robot {len(objects)}", objects=objects)
        with statements(app, "") as seen:
            page = text(browser.get(page_of(people)))
        counted.append(len(seen))
    for shown in (page, text(browser.get(f"/organizations/{people.ours}/keys/{key.key_id}"))):
        assert "contacts:update (AS64501), networks:read, networks:update (AS64500, AS64501)" in shown
    assert counted == [counted[0], counted[0] + 1, counted[0] + 1]
    assert f"networks:update {records['net']},{records['second']}" in browser.get(page_of(people, ".csv")).get_data(as_text=True)
    with app.app_context():
        change_rows(Network, Network.id == records["second"], status="deleted")
    assert f"contacts:update (number {records['second']})" in text(browser.get(page_of(people)))


def test_the_lines_of_json_hold_what_the_page_shows(app: Flask, people: People, visit: Visit) -> None:
    number = add(app, people, details={"note": ["a", "b"]})
    add(app, people, name="=Other()")
    browser = visit("alice")
    lines = browser.get(page_of(people, ".jsonl?object=net:20")).get_data(as_text=True).splitlines()
    assert [json.loads(line)["object"]["name"] for line in lines] == ["=Other()", "Example Net"]
    assert json.loads(lines[1]).items() >= {"number": number, "details": {"note": ["a", "b"]}, "address": "192.0.2.9"}.items()
    assert names(browser, people) == ["'=Other()", "Example Net"]


def test_only_admins_are_led_there(people: People, visit: Visit) -> None:
    assert page_of(people) in visit("alice").get("/").get_data(as_text=True)
    assert page_of(people) not in visit("bob").get("/").get_data(as_text=True)


def test_a_name_cant_break_out_of_the_page(app: Flask, people: People, visit: Visit) -> None:
    add(app, people, name="<script>alert(1)</script>", details={"<b>": "<i>"})
    assert not {"<script>alert", "<b>", "<i>"} & set(visit("alice").get(page_of(people)).get_data(as_text=True).split())
    assert "&lt;script&gt;alert" in visit("alice").get(page_of(people)).get_data(as_text=True)
