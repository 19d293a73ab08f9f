"""Mails leave from a thread, after the commit: no request waits for an SMTP server, and nothing that it does undoes an act."""

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import Table, select

from portal import runtime
from portal.access.permissions import Permission
from portal.api_keys.lifecycle.create import issue
from portal.api_keys.lifecycle.draft import Draft
from portal.api_keys.lifecycle.stop import revoke
from portal.db.session import now
from portal.extensions import db
from portal.mails import worker
from portal.models import ApiKeyToken, Mail
from portal.settings import Settings
from tests.apps import opened
from tests.browser import Browser
from tests.people import PASSWORD, People, Robot
from tests.smtp import Postbox, Silent

KIND = pytest.mark.parametrize("smtp_url", ["postbox"], indirect=True)  # a server that takes mails
SILENT = pytest.mark.parametrize("smtp_url", ["silent"], indirect=True)  # one that takes connections and says nothing


@pytest.fixture
def smtp_url(request: pytest.FixtureRequest) -> str:
    """That of the server that the test is marked with, or one where nothing listens."""
    return str(request.getfixturevalue(request.param).url) if hasattr(request, "param") else "smtp+plain://127.0.0.1:1"


@pytest.fixture
def app(settings: Settings, smtp_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """One that sends its mails, and at its end waits shortly for one that is on its way."""
    monkeypatch.setattr(worker, "SHUTDOWN_SECONDS", 0.5)
    with opened(replace(settings, smtp_url=smtp_url)) as app:
        yield app


def issue_key(people: People, name: str = "nightly build") -> str:
    draft = Draft(name, "noc@example.net", now().date(), grants={Permission.NETWORKS_READ: None})
    key, _ = issue(db.session(), people.principal("alice"), people.ours, draft)
    return key.id


def unsent(app: Flask) -> int:
    with app.app_context():
        return len(db.session.scalars(select(Mail).where(Mail.sent_at.is_(None))).all())


@KIND
def test_a_commit_sends_what_it_has_put(app: Flask, people: People, postbox: Postbox) -> None:
    with app.app_context():
        key_id = issue_key(people)
        assert app.extensions[runtime.MAIL_WORKER].thread is None  # nothing was committed
        db.session.commit()
        postbox.wait_for(2)
        assert {recipient for _, (recipient,) in postbox.envelopes} == {"alice@example.net", "noc@example.net"}
        revoke(db.session(), people.principal("alice"), people.ours, key_id)
        db.session.commit()
    assert 'API key "nightly build" of Example Org was revoked' in [mail["Subject"] for mail in postbox.wait_for(3)]


@KIND
def test_what_is_rolled_back_sends_nothing(app: Flask, people: People, postbox: Postbox) -> None:
    with app.app_context():
        issue_key(people, "undone")
        db.session.rollback()
        issue_key(people, "done")
        db.session.commit()
        (mail,) = [mail for mail in postbox.wait_for(2) if mail["To"] == "alice@example.net"]
    assert '"done"' in mail["Subject"]


def test_a_process_that_begins_to_serve_sends_what_waits(settings: Settings, people: People, postbox: Postbox) -> None:
    with opened(settings) as before, before.app_context():
        issue_key(people)
        db.session.commit()
    assert before.extensions[runtime.MAIL_WORKER] is None  # without PORTAL_SMTP_URL they wait
    with opened(replace(settings, smtp_url=postbox.url)) as serving:
        runtime.start(serving)
        postbox.wait_for(2)


@KIND
def test_no_token_stands_in_any_mail(app: Flask, people: People, postbox: Postbox, robot: Callable[..., Robot]) -> None:
    token = robot("networks:read").token
    postbox.wait_for(2)
    secret = token[len("pport_") + 13 :].encode()
    assert all(secret not in raw and secret[:8] not in raw for raw in postbox.raw)


@SILENT
def test_a_leaked_token_is_ended_while_the_mail_server_hangs(
    app: Flask, silent: Silent, robot: Callable[..., Robot], browser: Browser
) -> None:
    key = robot("networks:read")  # whose mail the server has hung on since
    assert silent.called.wait(60)
    assert browser.client.post("/api/leaked-keys", json={"tokens": [key.token]}).status_code == 204
    assert browser.client.post("/graphql", json={"query": "{ __typename }"}, headers=key.headers).status_code == 401
    assert app.extensions[runtime.MAIL_WORKER].thread.is_alive()
    assert unsent(app) == 3  # of whom one is being tried: the answers didn't wait for it


@SILENT
def test_a_page_answers_while_the_mail_server_hangs(
    app: Flask, silent: Silent, robot: Callable[..., Robot], visit: Callable[[str], Browser], people: People
) -> None:
    key, alice = robot("networks:read"), visit("alice")
    assert silent.called.wait(60)
    alice.submit("/confirm-password", {"password": PASSWORD})
    page = f"/organizations/{people.ours}/keys/{key.key_id}/revoke"
    assert alice.submit(page, {"reason": "test"}).status_code == 200
    assert unsent(app) == 3


def test_a_mail_server_that_is_away_undoes_nothing(app: Flask, robot: Callable[..., Robot], browser: Browser) -> None:
    key = robot("networks:read")
    assert browser.client.post("/api/leaked-keys", json={"tokens": [key.token]}).status_code == 204
    with app.app_context():
        assert db.session.scalars(select(ApiKeyToken.leaked_at)).one() is not None


@pytest.mark.own_database
def test_the_postman_outlives_trouble_with_the_database(app: Flask, people: People) -> None:
    said, sending = LogWatch(), app.extensions[runtime.MAIL_WORKER]
    with app.app_context():
        cast(Table, Mail.__table__).drop(db.engine)
    logging.getLogger("portal.mails.worker").addHandler(said)
    sending.ring()
    assert said.something.wait(60)
    assert sending.thread.is_alive()
    logging.getLogger("portal.mails.worker").removeHandler(said)


class LogWatch(logging.Handler):
    """Notices that something was logged."""

    def __init__(self) -> None:
        super().__init__()
        self.something = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.something.set()
