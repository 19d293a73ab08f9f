"""Between the form and the key stands a review: it creates nothing, loses nothing, and what is created is what it showed."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from portal.api_keys.policy import KeyPolicy
from portal.db.session import begin_writing, lock, now
from portal.extensions import db
from portal.models import ApiKey, ApiKeyPolicy, ApiKeyToken, AuditRow, PersonSession
from portal.registry.networks import Network
from tests.browser import Browser, text
from tests.pages.forms import chosen_grants, finish, form_of
from tests.people import People
from tests.registry import Records

Visit = Callable[[str], Browser]
Typed = dict[str, Any]
TOKEN = re.compile(r"pport_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}")


def new(people: People) -> str:
    return f"/organizations/{people.ours}/keys/new"


def filled(browser: Browser, people: People, records: Records, **typed: Any) -> Typed:
    """Every field of the form with something in it."""
    choices = {
        "name": "nightly build",
        "note": "runs on build1\nask Maren",
        "notify_email": "noc@example.net",
        "expires": "date",
        "expires_on": (now().date() + timedelta(days=40)).isoformat(),
        "grants": ["networks:read", "contacts:read", f"networks:update={records['net']}", f"contacts:read_private={records['net']}"],
        "addresses": "198.51.100.0/24\n2001:db8:1::/48",
        "points": "500",
    }
    return form_of(browser.get(new(people))) | choices | typed


def sent(browser: Browser, people: People, data: Typed, **more: Any) -> TestResponse:
    return browser.client.post(new(people), data=data | more)


def keys(app: Flask) -> int:
    with app.app_context():
        return int(db.session.scalar(select(func.count()).select_from(ApiKey)) or 0)


def set_policy(app: Flask, people: People, **values: Any) -> None:
    with app.app_context():
        lock(db.session())
        db.session.add(ApiKeyPolicy(**{"organization_id": people.ours, "longest_days": 366, "unused_days": 60} | values))
        db.session.commit()


def test_a_review_says_what_the_key_can_do_and_what_follows(visit: Visit, people: People, records: Records, app: Flask) -> None:
    alice = visit("alice")
    answer = sent(alice, people, filled(alice, people, records))
    said, day = text(answer), now().date() + timedelta(days=40)
    assert answer.status_code == 200
    for words in (
        'Review "nightly build"',
        "It doesn't exist yet.",
        "Read every organization's records: 4 networks (3 ours).",
        "Read 6 contacts marked Public or Users (4 ours).",
        "Read 1 private contact of ours, among AS64500 Example Net.",
        "Update only AS64500 Example Net.",
        "Create or delete anything.",
        "Manage API keys, members or policy: no key ever can.",
        f"{day} 23:59 UTC",
        "We e-mail a warning 30 days, 7 days and 1 day before.",
        "198.51.100.0/24",
        "2001:db8:1::/48 . Requests from any other address are refused.",
        "500. A request costs 1 point per 100 rows, and at least 1. All keys of Example Org together have 5,000.",
        "Sent to every admin of Example Org and, once it is confirmed, to noc@example.net",
    ):
        assert words in said


def test_a_review_creates_nothing_however_often_it_is_loaded(visit: Visit, people: People, records: Records, app: Flask) -> None:
    alice = visit("alice")
    data = filled(alice, people, records)
    with app.app_context():
        before = db.session.scalar(select(func.count()).select_from(AuditRow))
    for _ in range(3):
        assert "reviewed" in form_of(sent(alice, people, data))
    assert keys(app) == 0
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ApiKeyToken)) == 0
        assert db.session.scalar(select(func.count()).select_from(AuditRow)) == before


def test_what_is_created_is_what_was_reviewed(visit: Visit, people: People, records: Records, app: Flask) -> None:
    alice = visit("alice")
    answer = finish(alice, new(people), sent(alice, people, filled(alice, people, records)))
    assert TOKEN.search(text(answer))
    with app.app_context():
        key = db.session.scalars(select(ApiKey)).one()
        issued = db.session.scalars(select(AuditRow).where(AuditRow.event == "api_key.issued")).one()
        assert (key.name, key.addresses, key.points) == ("nightly build", ["198.51.100.0/24", "2001:db8:1::/48"], 500)
        assert key.note.splitlines() == ["runs on build1", "ask Maren"]
        chosen = [f"contacts:read_private {records['net']}", f"networks:update {records['net']}"]
        assert issued.details["grants"] == sorted(["contacts:read", "networks:read", *chosen])


def test_change_leads_back_with_everything_kept(visit: Visit, people: People, records: Records, app: Flask) -> None:
    alice = visit("alice")
    data = filled(alice, people, records)
    back = sent(alice, people, form_of(sent(alice, people, data)), step="change")
    assert back.status_code == 200
    assert text(back).startswith("Create an API key")
    kept = form_of(back)
    for name in ("name", "notify_email", "expires", "expires_on", "points", "form_id"):
        assert kept[name] == (data[name] if name == "form_id" else [data[name]]), name
    assert kept["note"][0].splitlines() == data["note"].splitlines()
    assert kept["addresses"][0].splitlines() == data["addresses"].splitlines()
    assert chosen_grants(back) == set(data["grants"])
    again = finish(alice, new(people), sent(alice, people, kept))
    assert TOKEN.search(text(again))
    assert keys(app) == 1


@pytest.mark.parametrize(
    "tampered",
    [{"grants": ["networks:read", "networks:delete"]}, {"points": "1000"}, {"addresses": ""}, {"name": "another"}, {"reviewed": "0" * 32}],
)
def test_hidden_fields_that_were_tampered_with_lead_to_another_review(
    visit: Visit, people: People, records: Records, app: Flask, tampered: Typed
) -> None:
    alice = visit("alice")
    review = form_of(sent(alice, people, filled(alice, people, records)))
    answer = sent(alice, people, review | tampered, step="create")
    assert answer.status_code == 200
    assert "This isn't what you reviewed" in text(answer)
    assert not TOKEN.search(text(answer))
    assert keys(app) == 0


@pytest.mark.parametrize(
    ("tampered", "words"),
    [
        ({"grants": ["keys:manage"]}, "can't hold keys:manage"),
        ({"grants": ["networks:update=1"]}, "Not of this organization"),
        ({"expires_on": "2199-01-01"}, "at most 366 days"),
        ({"points": "100000"}, "Give 1 to 1000 points a minute."),
        ({"addresses": "198.51.100.7/24"}, "Write 198.51.100.0/24."),
        ({"form_id": "short"}, "incomplete"),
        ({"expires": "never", "expires_on": ""}, "requires every API key to expire"),
        ({"expires": "soon"}, "Choose when the key expires."),
    ],
)
def test_hidden_fields_are_checked_like_typed_ones(
    visit: Visit, people: People, records: Records, app: Flask, tampered: Typed, words: str
) -> None:
    alice = visit("alice")
    review = form_of(sent(alice, people, filled(alice, people, records)))
    answer = sent(alice, people, review | tampered, step="create")
    assert answer.status_code == 400
    assert words in text(answer)
    assert form_of(answer)["name"] == ["nightly build"]
    assert keys(app) == 0


def test_going_back_after_the_key_exists_makes_no_second_one(visit: Visit, people: People, records: Records, app: Flask) -> None:
    alice = visit("alice")
    data = filled(alice, people, records)
    review = form_of(sent(alice, people, data))
    assert TOKEN.search(text(sent(alice, people, review, step="create")))
    for again in (sent(alice, people, review, step="create"), sent(alice, people, data), sent(alice, people, data | {"name": "other"})):
        assert '"nightly build" was already created' in text(again)
        assert not TOKEN.search(again.get_data(as_text=True))
    assert keys(app) == 1


def test_a_confirmation_that_runs_out_during_the_review_loses_nothing(visit: Visit, people: People, records: Records, app: Flask) -> None:
    """Trap 9: confirming one's password drops the filled form."""
    alice = visit("alice")
    review = form_of(sent(alice, people, filled(alice, people, records)))
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(update(PersonSession).values(confirmed_at=now() - timedelta(minutes=61)))
        db.session.commit()
    answer = sent(alice, people, review, step="create")
    assert answer.status_code == 403
    assert "Confirm who you are" in text(answer)
    assert form_of(answer)["points"] == ["500"]
    assert f"networks:update={records['net']}" in form_of(answer)["grants"]
    assert keys(app) == 0


def test_names_that_are_markup_stay_words(visit: Visit, people: People, records: Records, app: Flask) -> None:
    with app.app_context():
        lock(db.session())
        db.session.execute(update(Network).where(Network.id == records["net"]).values(name='<img src=x onerror="alert(1)">'))
        db.session.commit()
    alice = visit("alice")
    data = filled(alice, people, records, name='<script>alert("name")</script>', note="</textarea><script>1</script>")
    for answer in (sent(alice, people, data), sent(alice, people, form_of(sent(alice, people, data)), step="change")):
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200
        assert "AS64500 &lt;img" in page
        assert "<img src=x" not in page
        assert "<script>" not in page
        assert form_of(answer)["name"] == ['<script>alert("name")</script>']


def test_the_policy_is_told_before_it_refuses(visit: Visit, people: People, records: Records, app: Flask) -> None:
    set_policy(app, people, longest_days=100, addresses_required=True, key_points=300, organization_points=700)
    alice = visit("alice")
    page = alice.get(new(people))
    said = text(page)
    latest = now().date() + timedelta(days=100)
    for words in (
        f"Example Org allows at most 100 days: {latest} is the latest.",
        "Example Org requires addresses for every key.",
        "Leave empty for the maximum, 300. All keys of Example Org together have 700.",
        "After 90 days",
        "Your address is 127.0.0.1.",
    ):
        assert words in said
    for words in ("After 180 days", "Never"):
        assert words not in said
    answer = sent(alice, people, filled(alice, people, records, addresses=""))
    assert answer.status_code == 400
    assert "requires addresses for every API key" in text(answer)
    assert 'href="#addresses"' in answer.get_data(as_text=True)
    answer = sent(alice, people, filled(alice, people, records, expires="180", expires_on="", points=""))
    assert "lives at most 100 days" in text(answer)
    assert 'href="#expires_on"' in answer.get_data(as_text=True)


def test_never_is_offered_where_the_policy_allows_it(visit: Visit, people: People, records: Records, app: Flask) -> None:
    set_policy(app, people, never_allowed=True)
    alice = visit("alice")
    assert "Never: it works until an admin revokes it" in text(alice.get(new(people)))
    review = sent(alice, people, filled(alice, people, records, expires="never", expires_on=""))
    assert "Never: it works until an admin revokes it." in text(review)
    finish(alice, new(people), review)
    with app.app_context():
        assert db.session.scalars(select(ApiKey.expires_at)).one() is None


@pytest.mark.parametrize(("longest", "chosen"), [(30, 30), (100, 100), (366, 365), (3660, 365)])
def test_the_form_chooses_as_long_as_the_command_line_does(
    visit: Visit, people: People, records: Records, app: Flask, longest: int, chosen: int
) -> None:
    set_policy(app, people, longest_days=longest)
    page = visit("alice").get(new(people))
    assert f"After {chosen} days" in text(page)
    assert form_of(page)["expires"] == [f"{chosen}"] == [f"{KeyPolicy(longest).default_days}"]


def test_a_date_without_its_choice_is_not_passed_over(visit: Visit, people: People, records: Records) -> None:
    alice = visit("alice")
    answer = sent(alice, people, filled(alice, people, records, expires="90"))
    assert answer.status_code == 400
    assert 'choose "On the date below" too' in text(answer)


def test_points_are_a_number(visit: Visit, people: People, records: Records) -> None:
    alice = visit("alice")
    answer = sent(alice, people, filled(alice, people, records, points="many"))
    assert answer.status_code == 400
    assert "Enter a number of points" in text(answer)
    assert form_of(answer)["points"] == ["many"]
    assert "reviewed" in form_of(sent(alice, people, filled(alice, people, records, points="1,000")))
