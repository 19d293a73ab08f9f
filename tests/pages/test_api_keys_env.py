"""A new token as an `.env` file: in a POST's body and its answer, and nowhere else."""

import logging
import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.models import AuditRow
from tests.browser import Browser, text
from tests.pages.forms import FormReader, Values, finish, form_of
from tests.people import People, Robot

Visit = Callable[[str], Browser]
MakeRobot = Callable[..., Robot]
TOKEN = re.compile(r"pport_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}")


def created(browser: Browser, people: People) -> Values:
    """The form on the page that shows the token once."""
    url = f"/organizations/{people.ours}/keys/new"
    typed = {"name": "nightly build", "notify_email": "noc@example.net", "grants": ["networks:read"]}
    answer = finish(browser, url, browser.client.post(url, data=form_of(browser.get(url)) | typed))
    reader = FormReader()
    reader.feed(answer.get_data(as_text=True))
    return reader.forms[-1]


def address(people: People) -> str:
    return f"/organizations/{people.ours}/keys/env"


def test_the_file_holds_what_a_script_needs(visit: Visit, people: People, app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    alice, before = visit("alice"), audited(app)
    form = created(alice, people)
    after = audited(app)
    with caplog.at_level(logging.DEBUG):
        answers = [alice.client.post(address(people), data=form) for _ in range(2)]
    token = form["token"][0]
    for answer in answers:
        lines = answer.get_data(as_text=True).splitlines()
        assert answer.status_code == 200
        assert answer.mimetype == "text/plain"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="peering-portal.env"'
        assert lines[1:] == ["PEERING_PORTAL_URL=http://127.0.0.1:8000", f"PEERING_PORTAL_KEY={token}"]
        assert re.fullmatch(r"# .*key_[0-9A-Za-z]{12}.*", lines[0])
        assert not any(token[19:51] in value for value in answer.headers.values())
    assert token[19:51] not in caplog.text
    assert len(after) == len(before) + 1
    assert audited(app) == after
    with alice.client.session_transaction() as cookie:
        assert token[19:51] not in repr(dict(cookie))


def audited(app: Flask) -> list[str]:
    with app.app_context():
        return [row.event for row in db.session.scalars(select(AuditRow))]


def test_without_its_form_the_file_is_not_given(visit: Visit, people: People) -> None:
    alice = visit("alice")
    token = created(alice, people)["token"][0]
    answer = alice.client.post(address(people), data={"token": token})
    assert answer.status_code == 400
    assert not TOKEN.search(answer.get_data(as_text=True))
    assert alice.client.get(f"{address(people)}?token={token}").status_code in {404, 405}


def test_another_organizations_token_is_answered_like_one_that_is_no_keys(visit: Visit, people: People, robot: MakeRobot) -> None:
    theirs, alice = robot("networks:read", charlie=True), visit("alice")
    form = created(alice, people)
    answer = alice.client.post(address(people), data=form | {"token": theirs.token})
    assert answer.status_code == 404
    assert not TOKEN.search(answer.get_data(as_text=True))
    for broken in ("", "pport_", theirs.token[:-1], f"{theirs.token}\nPORTAL=1"):
        answer = alice.client.post(address(people), data=form | {"token": broken})
        assert answer.status_code == 400
        assert theirs.token[19:51] not in answer.get_data(as_text=True)


@pytest.mark.parametrize(("name", "status"), [("erin", 403), ("bob", 403), ("charlie", 404)])
def test_only_an_admin_of_the_organization_gets_the_file(visit: Visit, people: People, robot: MakeRobot, name: str, status: int) -> None:
    key, browser = robot("networks:read"), visit(name)
    csrf = form_of(browser.get("/account/password"))["csrf_token"]
    answer = browser.client.post(address(people), data={"csrf_token": csrf, "token": key.token})
    assert answer.status_code == status
    assert not TOKEN.search(text(answer))
