"""Filling in a key's form faster: by pasted ASNs, by another key, by a link; and the same form for an organization of thousands."""

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
from tests.pages.forms import form_of
from tests.people import People, Robot
from tests.registry import Records

Visit = Callable[[str], Browser]
MakeRobot = Callable[..., Robot]


def new(people: People) -> str:
    return f"/organizations/{people.ours}/keys/new"


def press(browser: Browser, people: People, step: str, **typed: Any) -> TestResponse:
    plain = {"name": "nightly build", "notify_email": "noc@example.net", "note": "typed with care"}
    return browser.client.post(new(people), data=form_of(browser.get(new(people))) | plain | typed | {"step": step})


def chosen(answer: TestResponse) -> set[str]:
    """What the form grants as it stands."""
    return {value for value in form_of(answer).get("grants", []) if not value.endswith(" ")}


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
    assert chosen(answer) == {
        "networks:read",
        f"networks {records['net']} update,delete",
        f"networks {records['second']} update,delete",
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
    assert chosen(answer) == {f"contacts {records['net']} update"}


def test_pasting_adds_to_a_rows_choice_and_narrows_all_of_ours(visit: Visit, people: People, records: Records) -> None:
    grants = [f"networks {records['net']} delete", "networks:update", "contacts:update"]
    answer = press(visit("alice"), people, "paste", asns="64500", asns_may="networks update", grants=grants)
    assert chosen(answer) == {f"networks {records['net']} update,delete", "contacts:update"}


@pytest.mark.parametrize("choice", ["", "networks", "networks ", "networks create", "usage read", "exchanges update", "nonsense x"])
def test_a_choice_that_is_not_offered_is_refused(visit: Visit, people: People, records: Records, choice: str) -> None:
    answer = press(visit("alice"), people, "paste", asns="AS64500", asns_may=choice)
    assert answer.status_code == 400
    assert "Choose what the key may do with these networks." in text(answer)
    assert form_of(answer)["asns"] == ["AS64500"]


def test_networks_that_were_pasted_and_not_yet_added_are_not_forgotten(visit: Visit, people: People, records: Records) -> None:
    alice = visit("alice")
    answer = press(alice, people, "", asns="AS64500", asns_may="networks update", grants=["networks:read"])
    assert "Update AS64500 Example Net, and no other of ours." in text(answer)
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
    assert chosen(answer) == {"networks:read", f"networks {records['net']} update"}
    assert (kept["name"], kept["note"], kept["notify_email"]) == (["nightly build"], ["typed with care"], ["noc@example.net"])
    assert (kept["addresses"], kept["points"]) == (["198.51.100.0/24"], ["300"])
    by_link = form_of(alice.get(f"{new(people)}?copy={key.key_id}"))
    assert (by_link["name"], by_link["addresses"], by_link["points"]) == ([""], ["198.51.100.0/24"], ["300"])


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
        assert chosen(answer) == set()
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
    assert chosen(page) == {"networks:read", "contacts:read", "usage:read"}


def test_a_thousand_networks_are_chosen_one_by_one_and_saved(app: Flask, visit: Visit, people: People) -> None:
    ids, alice = add_networks(app, people, 1000), visit("alice")
    page = alice.get(new(people))
    form = form_of(page)
    assert len([value for value in form["grants"] if value.startswith("networks ")]) == 1000
    assert 'data-set-shown="objects-networks"' in page.get_data(as_text=True)
    grants = [f"networks {identity} update" for identity in ids[::2]]
    answer = press(alice, people, "", grants=["networks:read", *grants])
    assert "and 495 more, and no other of ours." in text(answer)
    back = alice.client.post(new(people), data=form_of(answer) | {"step": "change"})
    assert chosen(back) == {"networks:read", *grants}


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
    grants = {f"networks {identity} update" for identity in ids[:1100]}
    assert chosen(answer) == grants
    review = alice.client.post(new(people), data=form_of(answer))
    assert "and 1,095 more, and no other of ours." in text(review)
    assert chosen(review) == grants
