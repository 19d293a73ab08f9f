"""The pages about notify addresses: one for who reads there, a button and what became of mails for the key's admins."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import String, select

from portal.api_keys.notices.notify_addresses import sign
from portal.db.session import now
from portal.extensions import db
from portal.models import Mail, NotifyAddress, PersonSession
from tests.browser import Browser, text
from tests.people import PASSWORD, People, Robot
from tests.rows import change_all

MakeRobot = Callable[..., Robot]
Visit = Callable[[str], Browser]
NOT_YET = "Not confirmed yet"


@pytest.fixture
def key(robot: MakeRobot) -> Robot:
    return robot("networks:read")


@pytest.fixture
def link(app: Flask, people: People, key: Robot) -> str:
    with app.app_context():
        return f"/notify-addresses/{sign(db.session(), people.ours, 'noc@example.net')}"


def agreed(app: Flask) -> bool:
    with app.app_context():
        return db.session.scalars(select(NotifyAddress.confirmed_at)).one() is not None


def page_of(people: People, key: Robot) -> str:
    return f"/organizations/{people.ours}/keys/{key.key_id}"


def test_a_stranger_confirms_by_the_button_and_not_by_following_the_link(app: Flask, browser: Browser, link: str) -> None:
    page = browser.get(link)
    assert "Example Org has named noc@example.net for e-mails about its API keys" in text(page)
    assert page.headers["Cache-Control"] == "no-store"
    assert not agreed(app)
    assert "Confirmed noc@example.net gets e-mails" in text(browser.submit(link))
    assert agreed(app)
    assert "Confirmed" in text(browser.get(link))
    assert browser.submit(link, page="/login").status_code == 200  # another click


@pytest.mark.parametrize("bad", ["x", "a.b.c", "%C3%89", "WzEsIngiXQ.aaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaa"])
def test_bad_links_look_all_alike(app: Flask, browser: Browser, link: str, bad: str) -> None:
    for answer in (browser.get(f"/notify-addresses/{bad}"), browser.submit(f"/notify-addresses/{bad}", page="/login")):
        assert answer.status_code == 404
        assert "This link is wrong or has expired." in text(answer)
    assert not agreed(app)


def test_who_confirms_while_signed_in_confirms_as_whoever_has_the_link(app: Flask, visit: Visit, link: str) -> None:
    assert "Confirmed" in text(visit("charlie").submit(link))
    assert agreed(app)


def test_an_admin_sees_that_an_address_has_not_agreed_and_asks_again(
    app: Flask, people: People, key: Robot, visit: Visit, link: str
) -> None:
    alice, page = visit("alice"), page_of(people, key)
    assert NOT_YET in text(alice.get(page))
    assert "This address got too many e-mails lately" in text(alice.submit(f"{page}/notify-address", page=page))
    change_all(app, Mail, event="notify_address.confirm 2020-01-01T00:00:00Z", about=Mail.id.cast(String))
    assert "We asked noc@example.net to confirm within 7 days." in text(alice.submit(f"{page}/notify-address", page=page))
    Browser(app.test_client()).submit(link)
    assert NOT_YET not in text(alice.get(page))
    assert "This address has confirmed already." in text(alice.submit(f"{page}/notify-address", page=page))


def test_who_asks_again_confirms_who_they_are_and_comes_back_to_the_key(app: Flask, people: People, key: Robot, visit: Visit) -> None:
    alice, page = visit("alice"), page_of(people, key)
    change_all(app, PersonSession, confirmed_at=None)
    answer = alice.submit(f"{page}/notify-address", page=page, follow=False)
    assert answer.headers["Location"] == f"/confirm-password?next={page}"
    assert NOT_YET in text(alice.submit(answer.headers["Location"], {"password": PASSWORD}))


def test_an_admin_sees_what_became_of_the_mails(app: Flask, people: People, key: Robot, visit: Visit) -> None:
    alice, page = visit("alice"), page_of(people, key)
    assert "Created alice@example.net Waiting to be sent" in text(alice.get(page))
    for values, said in (
        ({"last_error": "The recipient is refused: 451 later"}, "Waiting to be sent The recipient is refused: 451 later"),
        ({"next_attempt_at": None, "last_error": "550 gone"}, "Couldn't be sent 550 gone"),
        ({"next_attempt_at": None, "last_error": "", "sent_at": now()}, "Sent "),
    ):
        change_all(app, Mail, **values)
        assert f"Created alice@example.net {said}" in text(alice.get(page))


@pytest.mark.parametrize("name", ["erin", "bob"])
def test_other_members_see_neither_address_nor_mails(people: People, key: Robot, visit: Visit, name: str) -> None:
    seen = text(visit(name).get(page_of(people, key)))
    assert NOT_YET not in seen
    assert "example.net" not in seen
