"""Filling in a key's form faster: by pasted ASNs, by another key, by a link; and the same form for an organization of thousands."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal.access.permissions import P
from portal.access.principal import Principal
from portal.api_keys.grants import Grants
from portal.api_keys.lifecycle.draft import Draft
from portal.api_keys.lifecycle.edit import edit
from portal.api_keys.lifecycle.stop import revoke
from portal.db.session import lock, next_id, now
from portal.extensions import db
from portal.models import ApiKey
from portal.registry.networks import Network
from tests.browser import Browser, text
from tests.pages.forms import chosen_grants, form_of
from tests.people import People, Robot
from tests.registry import Records

Visit = Callable[[str], Browser]
MakeRobot = Callable[..., Robot]


def new(people: People) -> str:
    return f"/organizations/{people.ours}/keys/new"


def press(browser: Browser, people: People, step: str, **typed: Any) -> TestResponse:
    plain = {"name": "nightly build", "notify_email": "noc@example.net", "note": "typed with care"}
    return browser.client.post(new(people), data=form_of(browser.get(new(people))) | plain | typed | {"step": step})


def add_networks(app: Flask, people: People, number: int) -> list[int]:
    """AS4200000000 and so on, with the ids they have."""
    with app.app_context():
        session = db.session()
        lock(session)
        first = next_id(session)
        ids = [first, *(next_id(session) for _ in range(number - 1))]
        session.add_all(
            Network(id=identity, organization_id=people.ours, asn=4_200_000_000 + place, name=f"Net {place:05}")
            for place, identity in enumerate(ids)
        )
        session.commit()
    return ids


def test_pasted_networks_are_chosen_and_the_rest_is_kept(visit: Visit, people: People, records: Records) -> None:
    alice = visit("alice")
    answer = press(alice, people, "paste", asns="AS64500, 64501", asns_may="networks update,delete", grants=["networks:read"])
    assert answer.status_code == 200
    assert "Chosen: AS64500 Example Net and AS64501 Éxample Łabs." in text(answer)
    assert chosen_grants(answer) == {
        "networks:read",
        *(f"networks:{action}={records[name]}" for action in ("update", "delete") for name in ("net", "second")),
    }
    kept = form_of(answer)
    assert (kept["name"], kept["note"], kept["asns"]) == (["nightly build"], ["typed with care"], [""])


def test_words_that_name_none_of_our_networks_stay_and_are_not_told_apart(visit: Visit, people: People, records: Records) -> None:
    answer = press(visit("alice"), people, "paste", asns="AS64500 AS64510 AS65000 <b>", asns_may="contacts update")
    assert answer.status_code == 400
    assert "Not among our networks: AS64510, AS65000 and <b>." in text(answer)
    assert "Other Net" not in answer.get_data(as_text=True)
    assert "<b>" not in answer.get_data(as_text=True)
    assert form_of(answer)["asns"] == ["AS64510 AS65000 <b>"]
    assert chosen_grants(answer) == {f"contacts:update={records['net']}"}


def test_pasting_adds_to_a_rows_choice_and_narrows_all_of_ours(visit: Visit, people: People, records: Records) -> None:
    grants = [f"networks:delete={records['net']}", "networks:update", "contacts:update"]
    answer = press(visit("alice"), people, "paste", asns="64500", asns_may="networks update", grants=grants)
    assert chosen_grants(answer) == {f"networks:update={records['net']}", f"networks:delete={records['net']}", "contacts:update"}


@pytest.mark.parametrize("choice", ["", "networks", "networks ", "networks create", "usage read", "exchanges update", "nonsense x"])
def test_a_choice_that_is_not_offered_is_refused(visit: Visit, people: People, records: Records, choice: str) -> None:
    answer = press(visit("alice"), people, "paste", asns="AS64500", asns_may=choice)
    assert answer.status_code == 400
    assert "Choose what the key may do with these networks." in text(answer)
    assert form_of(answer)["asns"] == ["AS64500"]


def test_networks_that_were_pasted_and_not_yet_added_are_not_forgotten(visit: Visit, people: People, records: Records) -> None:
    alice = visit("alice")
    answer = press(alice, people, "", asns="AS64500", asns_may="networks update", grants=["networks:read"])
    assert "Update only AS64500 Example Net." in text(answer)
    answer = press(alice, people, "", asns="AS64510", asns_may="networks update", grants=["networks:read"])
    assert answer.status_code == 400
    assert "Not among our networks: AS64510." in text(answer)


def test_another_key_is_taken_over_without_its_name(app: Flask, visit: Visit, people: People, records: Records, robot: MakeRobot) -> None:
    key = robot("networks:read", name="pattern")
    grants = {P.NETWORKS_READ: None, P.NETWORKS_UPDATE: frozenset({records["net"]})}
    change(app, people.principal("alice"), key, grants, addresses=["198.51.100.0/24"], points=300)
    alice = visit("alice")
    assert "Copy settings from another key" in text(alice.get(new(people)))
    answer = press(alice, people, "copy", copy=key.key_id, notify_email="", grants=["usage:read"], addresses="192.0.2.1")
    kept = form_of(answer)
    assert answer.status_code == 200
    assert 'Settings copied from "pattern".' in text(answer)
    assert chosen_grants(answer) == {"networks:read", f"networks:update={records['net']}"}
    assert (kept["name"], kept["note"], kept["notify_email"]) == (["nightly build"], ["typed with care"], ["noc@example.net"])
    assert (kept["addresses"], kept["points"]) == (["198.51.100.0/24"], ["300"])
    by_link = form_of(alice.get(f"{new(people)}?copy={key.key_id}"))
    assert (by_link["name"], by_link["addresses"], by_link["points"]) == ([""], ["198.51.100.0/24"], ["300"])
    narrow = chosen_grants(
        alice.get(f"{new(people)}?copy={key.key_id}&template=keep-records-current&grants=networks:delete={records['net']}")
    )
    assert {value for value in narrow if value.startswith("networks:")} == {
        "networks:read",
        f"networks:update={records['net']}",
        f"networks:delete={records['net']}",
    }


def change(app: Flask, principal: Principal, key: Robot, grants: Grants, **values: Any) -> None:
    with app.app_context():
        seen = db.session.get_one(ApiKey, key.key_id).changed
        draft = Draft("pattern", "noc@example.net", now().date() + timedelta(days=90), "", grants, **values)
        edit(db.session(), principal, key.organization_id, key.key_id, draft, seen=seen)
        db.session.commit()


def test_another_organizations_key_is_never_taken_over(visit: Visit, people: People, records: Records, robot: MakeRobot) -> None:
    """Trap 1: a key looked up by its public id without the organization."""
    robot("networks:read", name="ours")
    theirs, alice = robot("contacts:read", name="theirs", charlie=True), visit("alice")
    for key_id in (theirs.key_id, "key_nothing", ""):
        answer = press(alice, people, "copy", copy=key_id)
        assert answer.status_code == 400
        assert "Choose one of the keys in the list." in text(answer)
        assert chosen_grants(answer) == set()
    for key_id in (theirs.key_id, "key_nothing"):
        page = alice.get(f"{new(people)}?copy={key_id}")
        assert page.status_code == 404
        assert "theirs" not in text(page)
    assert theirs.key_id not in alice.get(new(people)).get_data(as_text=True)


def test_a_revoked_key_is_not_offered(app: Flask, visit: Visit, people: People, records: Records, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        revoke(db.session(), people.principal("alice"), people.ours, key.key_id)
        db.session.commit()
    assert "Copy settings from another key" not in text(visit("alice").get(new(people)))


def test_a_link_can_choose_grants(visit: Visit, people: People, records: Records) -> None:
    page = visit("alice").get(f"{new(people)}?grants=networks:read,contacts:read,keys:manage,nonsense&template=usage-reporting")
    assert chosen_grants(page) == {"networks:read", "contacts:read", "usage:read"}


@pytest.mark.parametrize("step", ["", "create"])
def test_all_of_ours_and_chosen_ones_are_refused_and_the_chosen_ones_stay(
    app: Flask, visit: Visit, people: People, records: Records, step: str
) -> None:
    """A key gets more than was chosen: both once came to all of ours."""
    alice, both = visit("alice"), ["networks:read", "networks:update", f"networks:update={records['net']}"]
    answer = press(alice, people, step, grants=both)
    assert answer.status_code == 400
    assert 'networks:update: choose "Ours, all now and later" or tick single ones, not both.' in text(answer)
    assert 'href="#grants"' in answer.get_data(as_text=True)
    assert {"networks:update=chosen", f"networks:update={records['net']}"} <= set(form_of(answer)["grants"])
    assert "networks:update" not in form_of(answer)["grants"]
    review = alice.client.post(new(people), data=form_of(answer))
    assert "Update only AS64500 Example Net." in text(review)
    for button in ("change", "paste", "summary"):
        assert "Updates 1 network" in text(press(alice, people, button, grants=both))


def test_ticks_under_none_grant_nothing_and_only_chosen_needs_one(visit: Visit, people: People, records: Records) -> None:
    alice, tick = visit("alice"), f"networks:update={records['net']}"
    answer = press(alice, people, "", grants=["networks:read", "networks:update=none", tick])
    assert "Create, update or delete anything." in text(answer)
    assert chosen_grants(answer) == {"networks:read"}
    answer = press(alice, people, "", grants=["networks:read", "networks:update=chosen"])
    assert answer.status_code == 400
    assert "Choose at least one object for networks:update, or all of them." in text(answer)
    assert "networks:update=chosen" in form_of(answer)["grants"]


@pytest.mark.parametrize("other", ["template=keep-records-current", "grants=networks:update", "grants=networks:update,usage:read"])
def test_a_link_to_chosen_networks_never_takes_all_of_them(visit: Visit, people: People, records: Records, other: str) -> None:
    alice = visit("alice")
    for ids, ticked in (
        (f"{records['net']},1", {f"networks:update={records['net']}"}),
        ("AS64500,99999999999999999999,-1,\x0b", set()),
        ("", set()),
    ):
        page = alice.get(f"{new(people)}?{other}&grants=networks:update={ids}")
        assert {value for value in chosen_grants(page) if value.startswith("networks:update")} == ticked
        assert "networks:update=chosen" in form_of(page)["grants"]
        assert ("both for all of ours and for chosen ones" in text(page)) == other.startswith("grants")


def test_a_template_sets_the_permissions_and_keeps_what_was_typed(visit: Visit, people: People, records: Records) -> None:
    answer = press(visit("alice"), people, "template:contacts-only", grants=["networks:read", f"networks:update={records['net']}"])
    assert answer.status_code == 200
    assert 'The permissions are now those of the template "Contacts only".' in text(answer)
    assert chosen_grants(answer) == {"contacts:read"}
    assert (form_of(answer)["name"], form_of(answer)["note"]) == (["nightly build"], ["typed with care"])
    assert re.findall(r'value="template:([a-z-]+)" aria-current="true"', answer.get_data(as_text=True)) == ["contacts-only"]


def test_the_summary_follows_the_form_and_grants_nothing(visit: Visit, people: People, records: Records) -> None:
    alice, tick = visit("alice"), f"contacts:update={records['net']}"
    half = {"name": "", "expires": "date", "expires_on": "", "addresses": "192.0.2.7\n<b>", "points": "300"}
    answer = press(alice, people, "summary", grants=["networks:read", "networks:delete=chosen", tick], **half)
    assert answer.status_code == 200
    assert text(answer) == (
        "Reads networks Updates contacts of 1 network Nothing is ticked yet for networks:delete."
        " It may update contacts, but not read them: that needs contacts:read."
        " Expires no date chosen yet Works from 192.0.2.7 and <b> Points a minute 300"
    )
    assert "<b>" not in answer.get_data(as_text=True)
    for odd in ({"expires": "soon"}, {"expires": "9" * 30, "points": "x"}, {"grants": ["nonsense"]}):
        assert press(alice, people, "summary", **odd).status_code == 200
    assert text(alice.get(new(people))).count("No permissions yet.") == 1


def test_a_thousand_networks_are_chosen_one_by_one_and_saved(app: Flask, visit: Visit, people: People) -> None:
    ids, alice = add_networks(app, people, 1000), visit("alice")
    page = alice.get(new(people))
    form = form_of(page)
    assert form["grants"].count("networks:update=none") == 1
    assert page.get_data(as_text=True).count('value="networks:update=4') == 0
    assert len(re.findall(r'value="networks:update=\d+"', page.get_data(as_text=True))) == 1000
    grants = [f"networks:update={identity}" for identity in ids[::2]]
    answer = press(alice, people, "", grants=["networks:read", *grants])
    assert "and 495 more." in text(answer)
    back = alice.client.post(new(people), data=form_of(answer) | {"step": "change"})
    assert chosen_grants(back) == {"networks:read", *grants}


def test_an_organization_with_more_networks_pastes_them(app: Flask, visit: Visit, people: People) -> None:
    ids, alice = add_networks(app, people, 1200), visit("alice")
    page = alice.get(new(people))
    assert len(page.data) < 60_000
    assert "We own 1,200 networks, too many to list" in text(page)
    assert "<select" in page.get_data(as_text=True)
    asns = " ".join(f"AS{4_200_000_000 + place}" for place in range(1100))
    answer = press(alice, people, "paste", asns=asns, asns_may="networks update")
    assert answer.status_code == 200
    assert "and 1,095 more." in text(answer)
    assert "100 more are chosen too; they aren't listed." in text(answer)
    grants = {f"networks:update={identity}" for identity in ids[:1100]}
    assert chosen_grants(answer) == grants
    review = alice.client.post(new(people), data=form_of(answer))
    assert "and 1,095 more." in text(review)
    assert chosen_grants(review) == grants
