"""Editing a key: less holds at once; more is shown as a difference first, and asks who one is once more."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from portal.access.permissions import P
from portal.access.require import ConfirmationNeeded
from portal.api_keys.lifecycle.draft import Draft
from portal.api_keys.lifecycle.edit import edit
from portal.db.session import begin_writing, now
from portal.extensions import db
from portal.models import ApiKey, AuditRow, PersonSession
from tests.browser import Browser, text
from tests.pages.forms import form_of
from tests.people import PASSWORD, People, Robot
from tests.registry import Records

Visit = Callable[[str], Browser]
MakeRobot = Callable[..., Robot]


def page_of(key: Robot, act: str = "/edit") -> str:
    return f"/organizations/{key.organization_id}/keys/{key.key_id}{act}"


def sent(browser: Browser, key: Robot, **typed: Any) -> TestResponse:
    """The form as it stands, with some fields typed over."""
    return browser.client.post(page_of(key), data=form_of(browser.get(page_of(key))) | typed)


def edits(app: Flask) -> int:
    with app.app_context():
        return len(db.session.scalars(select(AuditRow.event).where(AuditRow.event == "api_key.edited")).all())


def age_confirmation(app: Flask, minutes: int) -> None:
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(update(PersonSession).values(confirmed_at=now() - timedelta(minutes=minutes)))
        db.session.commit()


def test_more_is_shown_before_it_holds(app: Flask, visit: Visit, people: People, records: Records, robot: MakeRobot) -> None:
    key, alice = robot("networks:read", objects={"networks:update": frozenset({records["net"]})}), visit("alice")
    grants = ["networks:read", "contacts:read", f"networks:update={records['net']}", f"networks:update={records['second']}"]
    day = now().date() + timedelta(days=120)
    answer = sent(alice, key, grants=grants, expires_on=day.isoformat(), points="700", name="renamed")
    said = text(answer)
    assert answer.status_code == 200
    for words in (
        'Review the changes to "robot"',
        "Nothing is changed yet.",
        'It is called "renamed" instead of "robot".',
        f"It expires on {day} instead of {day - timedelta(days=30)}. More than before.",
        "also with AS64501 Éxample Łabs. More than before.",
        "New: Read contacts marked Public or Users, every organization's (contacts:read). More than before.",
        "It has 700 points a minute instead of 1,000.",
        "Update only AS64500 Example Net and AS64501 Éxample Łabs.",
    ):
        assert words in said
    assert "1,000. More" not in said
    assert edits(app) == 0
    done = alice.client.post(page_of(key), data=form_of(answer) | {"step": "apply"}, follow_redirects=True)
    assert '"renamed" is changed.' in text(done)
    assert edits(app) == 1
    with app.app_context():
        stored = db.session.get_one(ApiKey, key.key_id)
        assert (stored.name, stored.points, stored.expires_at and stored.expires_at.date()) == ("renamed", 700, day)


def test_change_leads_back_from_the_difference_with_everything_kept(
    app: Flask, visit: Visit, people: People, records: Records, robot: MakeRobot
) -> None:
    key, alice = robot("networks:read"), visit("alice")
    review = sent(alice, key, grants=["networks:read", "usage:read"], note="typed\nwith care", addresses="192.0.2.0/24")
    back = alice.client.post(page_of(key), data=form_of(review) | {"step": "change"})
    kept = form_of(back)
    assert text(back).startswith('Edit "robot"')
    assert kept["note"][0].splitlines() == ["typed", "with care"]
    assert kept["addresses"] == ["192.0.2.0/24"]
    assert {"networks:read", "usage:read"} <= set(kept["grants"])
    assert edits(app) == 0


def test_less_holds_at_once(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read", "contacts:read"), visit("alice")
    day = (now().date() + timedelta(days=5)).isoformat()
    answer = sent(alice, key, grants=["networks:read"], addresses="198.51.100.0/24", points="10", expires_on=day)
    assert answer.status_code == 302
    assert edits(app) == 1
    with app.app_context():
        stored = db.session.get_one(ApiKey, key.key_id)
        assert (stored.addresses, stored.points) == (["198.51.100.0/24"], 10)


def test_more_asks_who_one_is_once_more_and_less_does_not(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read", "contacts:read"), visit("alice")
    form = form_of(alice.get(page_of(key)))
    age_confirmation(app, 30)
    assert alice.client.post(page_of(key), data=form | {"grants": ["networks:read"]}).status_code == 302
    age_confirmation(app, 1)
    form = form_of(alice.get(page_of(key)))
    age_confirmation(app, 30)
    review = alice.client.post(page_of(key), data=form | {"grants": ["networks:read", "usage:read"]})
    for answer in (review, alice.client.post(page_of(key), data=form_of(review) | {"step": "apply"})):
        assert answer.status_code == 403
        assert "Confirm who you are, then send this form again" in text(answer)
        assert "New: Read how our keys are used (usage:read). More than before." in text(answer)
    assert edits(app) == 1
    alice.submit("/confirm-password", {"password": PASSWORD})
    assert alice.client.post(page_of(key), data=form_of(review) | {"step": "apply"}).status_code == 302
    assert edits(app) == 2


def test_the_rule_itself_asks_who_widens_a_key(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    draft = Draft("robot", "noc@example.net", now().date() + timedelta(days=90), grants={P.NETWORKS_READ: None, P.USAGE_READ: None})
    with app.app_context():
        seen = db.session.get_one(ApiKey, key.key_id).changed
        alice = people.principal("alice")
        late = type(alice)(**{**alice.__dict__, "confirmed_at": now() - timedelta(minutes=16)})
        with pytest.raises(ConfirmationNeeded):
            edit(db.session(), late, people.ours, key.key_id, draft, seen=seen)
        db.session.rollback()
        edit(db.session(), alice, people.ours, key.key_id, draft, seen=seen)


@pytest.mark.parametrize("tampered", [{"grants": ["networks:read", "networks:delete"]}, {"reviewed": ""}, {"points": ""}])
def test_a_difference_that_was_tampered_with_is_shown_again(
    app: Flask, visit: Visit, people: People, robot: MakeRobot, tampered: dict[str, Any]
) -> None:
    key, alice = robot("networks:read"), visit("alice")
    review = form_of(sent(alice, key, grants=["networks:read", "usage:read"], points="900"))
    answer = alice.client.post(page_of(key), data=review | tampered | {"step": "apply"})
    assert answer.status_code == 200
    assert 'Review the changes to "robot"' in text(answer)
    assert edits(app) == 0


def test_a_change_made_during_the_review_is_a_conflict(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, first, second = robot("networks:read"), visit("alice"), visit("alice")
    review = form_of(sent(first, key, grants=["networks:read", "usage:read"], note="typed with care"))
    sent(second, key, name="theirs", addresses="192.0.2.0/24", points="5")
    answer = first.client.post(page_of(key), data=review | {"step": "apply"})
    said = text(answer)
    assert answer.status_code == 409
    for words in ("Someone else changed this key", "Name theirs", "Works from 192.0.2.0/24", "Points a minute 5"):
        assert words in said
    assert form_of(answer)["note"] == ["typed with care"]
    assert "usage:read" in form_of(answer)["grants"]
    assert edits(app) == 1


def test_a_link_ticks_what_was_refused_and_marks_it(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read"), visit("alice")
    page = alice.get(f"{page_of(key)}?add=contacts:read&add=networks:read,keys:manage")
    assert "Added for you: contacts:read" in text(page)
    assert "keys:manage" not in text(page)
    assert {"networks:read", "contacts:read"} <= set(form_of(page)["grants"])
    assert page.get_data(as_text=True).count('class="badge info"') == 1
    review = alice.client.post(page_of(key), data=form_of(page))
    assert "New: Read contacts marked Public or Users" in text(review)
    assert edits(app) == 0
    assert "Added for you" not in text(alice.get(page_of(key)))


def test_a_link_never_takes_all_of_ours_for_a_chosen_few(visit: Visit, people: People, records: Records, robot: MakeRobot) -> None:
    key = robot(objects={"networks:update": frozenset({records["net"]})})
    page = visit("alice").get(f"{page_of(key)}?add=networks:update")
    assert "networks:update" not in form_of(page)["grants"]
    assert f"networks:update={records['net']}" in form_of(page)["grants"]


def test_networks_are_pasted_into_an_edit_too(app: Flask, visit: Visit, people: People, records: Records, robot: MakeRobot) -> None:
    key, alice = robot("networks:read"), visit("alice")
    answer = sent(alice, key, asns="AS64500 AS64510", asns_may="networks update", step="paste")
    assert answer.status_code == 400
    assert "Not among our networks: AS64510." in text(answer)
    assert f"networks:update={records['net']}" in form_of(answer)["grants"]
    review = alice.client.post(page_of(key), data=form_of(answer) | {"asns": ""})
    assert "New: Update our networks, with their ports and facilities (networks:update), only AS64500 Example Net." in text(review)


def test_a_key_that_never_ends_stays_so_when_the_policy_changes(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read"), visit("alice")
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(update(ApiKey).values(expires_at=None))
        db.session.commit()
    assert form_of(alice.get(page_of(key)))["expires"] == ["never"]
    assert sent(alice, key, note="another").status_code == 302
    with app.app_context():
        assert db.session.get_one(ApiKey, key.key_id).expires_at is None


def test_markup_in_a_name_stays_words_in_the_difference(visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read", name="<b>bold</b>"), visit("alice")
    page = sent(alice, key, name="<script>1</script>", grants=["networks:read", "usage:read"]).get_data(as_text=True)
    assert "&lt;script&gt;1&lt;/script&gt;" in page
    assert "<script>1" not in page
    assert "<b>bold" not in page
