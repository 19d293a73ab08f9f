"""The list of keys and a key's own page: who sees what of them, and in which words."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, update

from portal.access.permissions import Permission
from portal.access.principal import COMMAND_LINE
from portal.api_keys.lifecycle.create import issue
from portal.api_keys.lifecycle.draft import Draft
from portal.api_keys.queries.key_list import Show, list_keys
from portal.db.session import begin_writing, now, snapshot
from portal.errors import NotFound
from portal.extensions import db
from portal.models import ApiKeyGrant
from portal.registry.organizations import Organization
from tests.browser import Browser, text
from tests.pages.api_keys import keys_of, use_key
from tests.people import People, Robot
from tests.registry import Records
from tests.rows import change_key

Visit = Callable[[str], Browser]
MakeRobot = Callable[..., Robot]


def test_the_list_says_what_each_key_is(app: Flask, visit: Visit, people: People, records: Records, robot: MakeRobot) -> None:
    key = robot("networks:read", "contacts:read", name="nightly build", objects={"networks:update": frozenset({records["net"]})})
    change_key(app, key, note="Runs on build1.")
    use_key(app, key, now() - timedelta(hours=2))
    page = visit("alice").get(keys_of(people))
    said = text(page)
    for words in (
        "API keys of Example Org",
        "nightly build",
        "Runs on build1.",
        f"pport_{key.token[6:10]}…{key.token[-4:]}",
        "Reads networks and contacts; updates 1 network",
        "in 3 months",
        "2 hours ago",
        "192.0.2.77",
        "Active (1)",
    ):
        assert words in said
    assert 'aria-label="Requests in 30 days: 4"' in page.get_data(as_text=True)
    assert key.token[19:51] not in page.get_data(as_text=True)


def test_an_empty_list_says_what_keys_are_for_and_what_to_do_first(visit: Visit, people: People) -> None:
    assert "No API keys yet" in text(visit("alice").get(keys_of(people)))
    assert "Create API key" in text(visit("alice").get(keys_of(people)))
    assert "An admin of Example Org can create one." in text(visit("bob").get(keys_of(people)))


def states(at: datetime) -> dict[str, dict[str, Any]]:
    """Keys by name, each with what makes it special at a time."""
    return {
        "plain": {"note": "nothing special"},
        "soon over": {"expires_at": at + timedelta(days=10)},
        "over": {"expires_at": at - timedelta(seconds=1)},
        "revoked": {"revoked_at": at, "revoked_by": "Alice"},
        "asleep": {"created": at - timedelta(days=90), "last_used_at": at - timedelta(days=61)},
        "awake": {"created": at - timedelta(days=90), "last_used_at": at - timedelta(days=59)},
        "never used": {"created": at - timedelta(days=61)},
        "disabled": {"disabled_at": at},
    }


def test_keys_are_found_by_what_is_to_do_about_them(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    for name, values in states(now()).items():
        change_key(app, robot("networks:read", name=name), **values)
    alice = visit("alice")
    shown = {show: text(alice.get(f"{keys_of(people)}?show={show}")) for show in Show}
    assert "1 key expires within 14 days" in shown[Show.LIVE]
    live = {"plain", "soon over", "asleep", "awake", "never used", "disabled"}
    for show, names in {
        Show.LIVE: live,
        Show.ACTIVE: live - {"disabled"},
        Show.STOPPED: {"disabled"},
        Show.EXPIRING: {"soon over"},
        Show.UNUSED: {"asleep", "never used"},
        Show.ENDED: {"over", "revoked"},
    }.items():
        with app.app_context(), snapshot(db.engine) as connection:
            page = list_keys(connection, people.principal("alice"), people.ours, show)
        assert {listed.key.name for listed in page.keys} == names
        assert (page.counts[show], page.total) == (len(names), len(names))
        assert all(name in shown[show] for name in names)
    for word in ("Expired", "Revoked"):
        assert word in shown[Show.ENDED]
    assert "Disabled" in shown[Show.LIVE]
    assert "Expiring" in shown[Show.EXPIRING]
    assert "No key of Other Org matches this filter." in text(visit("charlie").get(f"/organizations/{people.theirs}/keys?show=ended"))


def test_a_long_list_has_pages(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    for number in range(53):
        robot("networks:read", name=f"robot {number:02}")
    alice = visit("alice")
    first, second = text(alice.get(keys_of(people))), text(alice.get(f"{keys_of(people)}?page=2"))
    assert "1–50 of 53" in first
    assert "51–53 of 53" in second
    assert ("robot 49" in first, "robot 50" in first, "robot 50" in second, "robot 49" in second) == (True, False, True, False)
    assert "51–53 of 53" in text(alice.get(f"{keys_of(people)}?page=99"))
    assert "1–50 of 53" in text(alice.get(f"{keys_of(people)}?page=nonsense"))


def test_the_whole_list_takes_three_statements_however_long_it_is(app: Flask, people: People, robot: MakeRobot) -> None:
    counted = []
    for number in range(8):
        robot("networks:read", "contacts:read", name=f"robot {number}")
        with app.app_context(), snapshot(db.engine) as connection:
            statements: list[str] = []
            event.listen(connection, "before_cursor_execute", lambda _c, _cur, statement, *_: statements.append(statement))  # noqa: B023
            list_keys(connection, people.principal("alice"), people.ours)
            counted.append(len(statements))
    assert counted == [3] * 8


@pytest.mark.parametrize(("name", "usage", "acts"), [("alice", True, True), ("erin", True, False), ("bob", False, False)])
def test_each_role_sees_what_is_for_it(
    app: Flask, visit: Visit, people: People, robot: MakeRobot, name: str, *, usage: bool, acts: bool
) -> None:
    key = robot("networks:read", name="nightly build")
    use_key(app, key, now() - timedelta(hours=2))
    browser = visit(name)
    for address in (keys_of(people), f"{keys_of(people)}/{key.key_id}"):
        page = browser.get(address)
        assert page.status_code == 200
        source = page.get_data(as_text=True)
        assert "nightly build" in source
        assert ("192.0.2.77" in source) is usage
        assert ("2 hours ago" in source) is usage
        assert ("Unused" in source) is (usage and address == keys_of(people))
        assert (f"{keys_of(people)}/new" in source or "/revoke" in source) is acts
    detail = text(page)
    assert ("noc@example.net" in detail) is acts
    assert ("History" in detail) is acts
    assert ("build-script/2.0" in detail) is usage


def test_another_organizations_key_is_answered_exactly_like_none(visit: Visit, people: People, robot: MakeRobot) -> None:
    """Trap 1: a key looked up by its public id without the organization. Trap 13: 403 for hidden and 404 for absent."""
    key, foreign = robot("networks:read"), robot("networks:read", charlie=True)
    charlie = visit("charlie")
    ours, theirs = keys_of(people), f"/organizations/{people.theirs}/keys"
    nothing = charlie.get("/organizations/987654321/keys")
    for address in (ours, f"{ours}/{key.key_id}", f"{ours}/{foreign.key_id}", f"{ours}/new", f"{ours}/{key.key_id}/revoke"):
        answer = charlie.get(address)
        assert (answer.status_code, text(answer)) == (404, text(nothing))
    absent = charlie.get(f"{theirs}/key_aaaaaaaaaaaa")
    assert absent.status_code == 404
    for act in ("", "/edit", "/revoke"):
        hidden = charlie.get(f"{theirs}/{key.key_id}{act}")
        assert (hidden.status_code, text(hidden)) == (404, text(absent))
    assert charlie.get(f"{theirs}/{foreign.key_id}").status_code == 200


def test_a_key_says_what_it_may_do_and_what_not(app: Flask, visit: Visit, people: People, records: Records, robot: MakeRobot) -> None:
    key = robot("contacts:read", objects={"networks:update": frozenset({records["net"]})})
    page = text(visit("bob").get(f"{keys_of(people)}/{key.key_id}"))
    may, _, cannot = page.partition("What it can't do")
    assert "Read contacts marked Public or Users, every organization's contacts:read" in may
    assert "Update these networks networks:update AS64500 Example Net" in may
    assert "AS64501" not in page
    assert "Manage API keys, members or policy: no key ever can" in cannot
    assert "Read every organization's networks" in cannot
    assert 'Authorization: Bearer $PEERING_PORTAL_KEY"' in page


def test_a_key_names_objects_that_are_ours_no_more(app: Flask, visit: Visit, people: People, records: Records, robot: MakeRobot) -> None:
    key = robot(objects={"networks:update": frozenset({records["second"]})})
    with app.app_context():
        begin_writing(db.session())
        db.session.connection().exec_driver_sql(f"UPDATE network SET organization_id = {people.theirs} WHERE id = {records['second']}")
        db.session.commit()
    assert f"Number {records['second']}, no longer ours" in text(visit("alice").get(f"{keys_of(people)}/{key.key_id}"))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"expires_at": now() - timedelta(days=1)}, "This key has expired."),
        ({"expires_at": now() + timedelta(days=5)}, "This key expires soon"),
        ({"disabled_at": now()}, "This key is disabled."),
        ({"revoked_at": now(), "revoked_by": "Alice", "revoked_reason": "laptop lost"}, ". Reason: laptop lost"),
    ],
)
def test_a_banner_says_why_a_key_does_not_work(
    app: Flask, visit: Visit, people: People, robot: MakeRobot, values: dict[str, Any], words: str
) -> None:
    key = robot("networks:read")
    change_key(app, key, **values)
    assert words in text(visit("bob").get(f"{keys_of(people)}/{key.key_id}"))


def test_frozen_keys_say_so(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(update(Organization).where(Organization.id == people.ours).values(keys_frozen=True))
        db.session.commit()
    assert "All API keys of Example Org are frozen." in text(visit("bob").get(f"{keys_of(people)}/{key.key_id}"))


def test_a_keys_use_is_counted_by_outcome(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    use_key(app, key, now(), ok=1200, denied=7)
    use_key(app, key, now() - timedelta(days=40), ok=34, denied=0)
    page = text(visit("erin").get(f"{keys_of(people)}/{key.key_id}"))
    assert "Last 30 days 1,200 7 0 0" in page
    assert "Last 90 days 1,234 7 0 0" in page


def test_a_grant_that_no_longer_exists_is_no_access(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read", "contacts:read")
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(update(ApiKeyGrant).where(ApiKeyGrant.resource == "contacts").values(action="export"))
        db.session.commit()
    for address in (keys_of(people), f"{keys_of(people)}/{key.key_id}"):
        page = visit("alice").get(address)
        assert page.status_code == 200
        assert "export" not in text(page)


def test_a_name_is_shown_as_typed_and_never_as_markup(visit: Visit, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read", name='<script>alert("1")</script>')
    alice = visit("alice")
    for address in (keys_of(people), f"{keys_of(people)}/{key.key_id}", f"{keys_of(people)}/{key.key_id}/revoke"):
        source = alice.get(address).get_data(as_text=True)
        assert '<script>alert("1")' not in source
        assert "&lt;script&gt;" in source


def test_an_organization_that_is_not_there_has_no_keys_even_for_the_command_line(app: Flask, people: People) -> None:
    draft = Draft("nightly build", "noc@example.net", now().date(), grants={Permission.NETWORKS_READ: None})
    with app.app_context():
        with snapshot(db.engine) as connection, pytest.raises(NotFound):
            list_keys(connection, COMMAND_LINE, 987654321)
        with pytest.raises(NotFound):
            issue(db.session(), COMMAND_LINE, 987654321, draft)


def test_the_first_query_that_pages_print_works_with_any_key(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key = robot("usage:read", name="nightly build")
    printed = re.search(r"-d '({.*?})'", text(visit("bob").get(f"{keys_of(people)}/{key.key_id}")))
    assert printed
    answer = app.test_client().post("/graphql", data=printed[1], content_type="application/json", headers=key.headers)
    assert answer.get_json()["data"]["viewer"]["key"]["name"] == "nightly build"
