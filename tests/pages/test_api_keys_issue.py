"""Creating a key in the browser: what is typed is kept, the token is shown once, and one form makes one key."""

import re
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from portal.access.permissions import Permission
from portal.api_keys.authenticate.authenticate import Origin, admit, credential
from portal.db.reader import Snapshot
from portal.db.session import begin_writing, now
from portal.errors import Unauthenticated
from portal.extensions import db
from portal.models import ApiKey, AuditRow, PersonSession
from tests.browser import Browser, text
from tests.pages.forms import Values, chosen_grants, finish, form_of
from tests.people import PASSWORD, People, Robot
from tests.registry import Records

Visit = Callable[[str], Browser]
MakeRobot = Callable[..., Robot]
TOKEN = re.compile(r"pport_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}")
FILLED = {"name": "nightly build", "notify_email": "noc@example.net", "expires": "90", "grants": ["networks:read"]}


def new(people: People) -> str:
    return f"/organizations/{people.ours}/keys/new"


def send(browser: Browser, url: str, **typed: object) -> TestResponse:
    """Opens the form, types over it, and creates what the review shows."""
    return finish(browser, url, browser.client.post(url, data=form_of(browser.get(url)) | FILLED | typed))


def reviewed(browser: Browser, url: str) -> Values:
    """What "Create key" on the review sends."""
    return form_of(browser.client.post(url, data=form_of(browser.get(url)) | FILLED)) | {"step": ["create"]}


def age_confirmation(app: Flask, minutes: int) -> None:
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(update(PersonSession).values(confirmed_at=now() - timedelta(minutes=minutes)))
        db.session.commit()


def only_key(app: Flask) -> ApiKey:
    with app.app_context():
        return db.session.scalars(select(ApiKey)).one()


def test_the_token_of_a_new_key_is_shown_with_what_a_script_needs(app: Flask, visit: Visit, people: People) -> None:
    answer = send(visit("alice"), new(people))
    said = text(answer)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Copy your new API key now. This is the only time we show it." in said
    token = TOKEN.findall(said)[0]
    assert set(TOKEN.findall(answer.get_data(as_text=True))) == {token}
    for needed in (
        f"Authorization: Bearer {token}",
        f"export PEERING_PORTAL_KEY='{token}'",
        "curl http://127.0.0.1:8000/graphql",
        "import json",
    ):
        assert needed in said
    with app.app_context(), Snapshot(db.engine) as opened:
        admitted = admit(credential([f"Bearer {token}"]), Origin("192.0.2.1"), opened)
    assert admitted.principal.grants == {Permission.NETWORKS_READ: None}
    assert admitted.principal.own == {people.ours}


def test_the_token_is_never_seen_again(visit: Visit, people: People, app: Flask) -> None:
    alice = visit("alice")
    token = TOKEN.findall(text(send(alice, new(people))))[0]
    key = only_key(app)
    base = f"/organizations/{people.ours}/keys"
    for address in (base, f"{base}?show=ended", f"{base}/{key.id}", f"{base}/{key.id}/edit", f"{base}/{key.id}/revoke", new(people), "/"):
        page = alice.get(address)
        assert page.status_code == 200
        assert token[19:] not in page.get_data(as_text=True)
    with alice.client.session_transaction() as cookie:
        assert token[19:51] not in repr(dict(cookie))
    with app.app_context():
        assert token[19:] not in repr([row.details for row in db.session.scalars(select(AuditRow))])


def test_a_form_that_is_sent_again_makes_no_second_key(visit: Visit, people: People, app: Flask) -> None:
    alice = visit("alice")
    data = reviewed(alice, new(people))
    assert TOKEN.search(text(alice.client.post(new(people), data=data)))
    again = alice.client.post(new(people), data=data | {"name": "typed over"})
    assert again.status_code == 200
    assert '"nightly build" was already created' in text(again)
    assert "can't be shown again" in text(again)
    assert not TOKEN.search(again.get_data(as_text=True))
    assert only_key(app).name == "nightly build"


def test_a_double_click_makes_one_key_and_no_error(visit: Visit, people: People, app: Flask) -> None:
    alice = visit("alice")
    data, barrier = reviewed(alice, new(people)), Barrier(2)
    cookie = alice.client.get_cookie("portal")
    assert cookie is not None
    answers: list[TestResponse] = []

    def click() -> None:
        client = app.test_client()
        client.set_cookie("portal", cookie.value)
        barrier.wait()
        answers.append(client.post(new(people), data=data))

    threads = [Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [200, 200]
    assert sum(bool(TOKEN.search(text(answer))) for answer in answers) == 1
    assert only_key(app).name == "nightly build"


def test_every_choice_of_the_form_is_saved(visit: Visit, people: People, records: Records, robot: MakeRobot, app: Flask) -> None:
    """Trap 15: choices the form offers but doesn't save."""
    alice = visit("alice")
    page = alice.get(new(people)).get_data(as_text=True)
    ticks = sorted(set(re.findall(r'<(?:input type="checkbox"|option)[^>]*value="([a-z_]+:[a-z_]+)"', page)))
    offered = [Permission(tick) for tick in ticks]
    assert len(offered) > 20
    answer = send(alice, new(people), grants=ticks)
    assert granted(app, answer) == dict.fromkeys(offered, None)
    chosen = re.findall(rf'value="(networks:[a-z_]+)={records["net"]}"', page)
    assert len(chosen) == 3
    for number in range(1, 4):
        answer = send(
            alice, new(people), name=f"chosen {number}", grants=[f"{permission}={records['net']}" for permission in chosen[:number]]
        )
        assert granted(app, answer) == {Permission(permission): frozenset({records["net"]}) for permission in chosen[:number]}


def granted(app: Flask, answer: TestResponse) -> dict[Permission, frozenset[int] | None]:
    """What the token of the answer may do."""
    token = TOKEN.findall(text(answer))[0]
    with app.app_context(), Snapshot(db.engine) as opened:
        return dict(admit(credential([f"Bearer {token}"]), Origin("192.0.2.1"), opened).principal.grants)


def test_the_form_offers_our_own_objects_alone(visit: Visit, people: People, records: Records) -> None:
    page = text(visit("alice").get(new(people)))
    assert "AS64500 Example Net" in page
    assert "AS64502 Waiting Net" in page
    for hidden in ("AS64510", "Gone Net", "EX-IX"):
        assert hidden not in page


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"name": "  "}, "name", "Give the key a name"),
        ({"name": "x" * 101}, "name", "1 to 100 characters"),
        ({"notify_email": "nobody"}, "notify_email", "isn't an e-mail address"),
        ({"grants": []}, "grants", "Choose at least one thing"),
        ({"grants": ["keys:manage"]}, "grants", "can't hold keys:manage"),
        ({"grants": ["nonsense:read"]}, "grants", "Choose only from what this table offers."),
        ({"grants": ["networks"]}, "grants", "Choose only from what this table offers."),
        ({"grants": ["networks:update=1"]}, "grants", "Not of this organization"),
        ({"expires": "date"}, "expires_on", "Choose a date"),
        ({"expires": "date", "expires_on": "soon"}, "expires_on", "year-month-day"),
        ({"expires": "date", "expires_on": "2020-01-01"}, "expires_on", "This date is in the past"),
        ({"expires": "date", "expires_on": "2199-01-01"}, "expires_on", "at most 366 days"),
        ({"form_id": "short"}, "form_id", "incomplete"),
    ],
)
def test_what_is_wrong_is_said_on_its_field_and_the_rest_is_kept(
    visit: Visit, people: People, typed: dict[str, object], field: str, words: str
) -> None:
    answer = send(visit("alice"), new(people), **({"note": "typed with care\nin two lines"} | typed))
    said, source = text(answer), answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert said.startswith("Error: Create an API key")
    assert words in said
    assert f'href="#{field}"' in source
    assert f'id="{field}"' in source
    kept = form_of(answer)
    assert kept["note"] == ["typed with care\nin two lines"]
    assert kept["name"] == [typed.get("name", "nightly build")]


def test_a_taken_name_is_a_problem_of_the_name(visit: Visit, people: People, robot: MakeRobot) -> None:
    robot("networks:read", name="nightly build")
    answer = send(visit("alice"), new(people))
    assert answer.status_code == 409
    assert "Another API key of this organization has this name." in text(answer)
    assert chosen_grants(answer) == {"networks:read"}


@pytest.mark.parametrize(("expires", "days"), [("90", 90), ("180", 180), ("365", 365)])
def test_a_key_ends_with_the_chosen_day(visit: Visit, people: People, app: Flask, expires: str, days: int) -> None:
    """Trap 10: expiry at 00:00 at the start of the chosen day."""
    send(visit("alice"), new(people), expires=expires)
    ends = only_key(app).expires_at
    assert ends is not None
    assert (ends.date() - now().date()).days == days
    assert ends.strftime("%H:%M:%S") == "23:59:59"


def test_a_key_ends_on_a_date_that_is_typed(visit: Visit, people: People, app: Flask) -> None:
    day = now().date() + timedelta(days=7)
    send(visit("alice"), new(people), expires="date", expires_on=day.isoformat())
    assert f"{only_key(app).expires_at:%Y-%m-%d %H:%M}" == f"{day} 23:59"


def test_a_link_can_choose_a_template(visit: Visit, people: People) -> None:
    page = visit("alice").get(f"{new(people)}?template=find-peers")
    assert chosen_grants(page) == {"networks:read", "exchanges:read", "facilities:read", "contacts:read"}
    assert chosen_grants(visit("alice").get(f"{new(people)}?template=nonsense")) == set()


def test_who_confirmed_long_ago_confirms_before_the_form(app: Flask, visit: Visit, people: People) -> None:
    alice = visit("alice")
    assert alice.get(new(people), follow=False).status_code == 200
    age_confirmation(app, 16)
    assert alice.get(new(people), follow=False).headers["Location"] == f"/confirm-password?next={new(people)}"


def test_a_form_that_took_long_is_not_lost(app: Flask, visit: Visit, people: People) -> None:
    """Trap 9: confirming one's password drops the filled form."""
    alice = visit("alice")
    data = form_of(alice.get(new(people))) | FILLED | {"note": "half an hour of thought"}
    age_confirmation(app, 61)
    answer = alice.client.post(new(people), data=data)
    assert answer.status_code == 403
    assert "Confirm who you are, then send this form again" in text(answer)
    assert 'href="/confirm-password?next=' in answer.get_data(as_text=True)
    assert (form_of(answer)["note"], chosen_grants(answer)) == (["half an hour of thought"], {"networks:read"})
    alice.submit("/confirm-password", {"password": PASSWORD})
    assert TOKEN.search(text(finish(alice, new(people), alice.client.post(new(people), data=form_of(answer)))))
    assert only_key(app).note == "half an hour of thought"


def test_a_form_that_took_half_an_hour_is_taken(app: Flask, visit: Visit, people: People) -> None:
    alice = visit("alice")
    data = reviewed(alice, new(people))
    age_confirmation(app, 30)
    assert TOKEN.search(text(alice.client.post(new(people), data=data)))


def test_a_refused_form_never_echoes_a_token(visit: Visit, people: People, robot: MakeRobot) -> None:
    """Trap 17: a refused token's own characters in an answer; a key can't open a page either."""
    key = robot("networks:read")
    with pytest.raises(Unauthenticated):
        credential([f"Bearer {key.token[:-1]}"])
    answer = visit("alice").client.get(new(people), headers={"Authorization": f"Bearer {key.token}"})
    assert key.token not in answer.get_data(as_text=True)
