"""While the database is locked by somebody else, or gone: who only reads is served, and everybody gets an answer."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from portal.db.session import begin_writing, lock, now
from portal.extensions import db
from portal.models import ApiKeyToken, PersonSession
from tests.browser import Browser
from tests.browser import text as words
from tests.people import People, Robot

Visit = Callable[[str], Browser]


def unseen_since(app: Flask, ago: timedelta) -> None:
    """As if all browsers had last opened a page so long ago."""
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(update(PersonSession).values(last_seen=now() - ago))
        db.session.commit()


def test_pages_are_read_while_another_process_writes(app: Flask, people: People, visit: Visit) -> None:
    alice = visit("alice")
    unseen_since(app, timedelta(minutes=10))
    with app.app_context(), db.session() as writer:
        lock(writer)
        assert alice.get(f"/organizations/{people.ours}/keys").status_code == 200


def test_a_session_that_could_not_be_noted_is_noted_by_the_next_page(app: Flask, visit: Visit) -> None:
    alice = visit("alice")
    unseen_since(app, timedelta(minutes=10))
    with app.app_context(), db.session() as writer:
        lock(writer)
        alice.get("/")
    alice.get("/")
    with app.app_context():
        assert now() - db.session.scalars(select(PersonSession.last_seen)).one() < timedelta(minutes=5)


def test_a_new_key_is_answered_while_another_process_writes(app: Flask, robot: Callable[..., Robot]) -> None:
    key, question = robot("networks:read"), {"query": "{ networks { totalCount } }"}
    with app.app_context(), db.session() as writer:
        lock(writer)
        assert app.test_client().post("/graphql", json=question, headers=key.headers).status_code == 200
    assert app.test_client().post("/graphql", json=question, headers=key.headers).status_code == 200
    with app.app_context():
        assert db.session.scalars(select(ApiKeyToken.first_used_at)).one() is not None


@pytest.mark.own_database
@pytest.mark.parametrize("path", ["/", "/account", "/login", "/organizations/1/keys", "/nothing"])
def test_who_is_signed_in_is_told_of_a_failure_when_the_database_is_gone(app: Flask, visit: Visit, path: str) -> None:
    alice = visit("alice")
    with app.app_context():
        db.session.execute(text("ALTER TABLE person_session RENAME TO gone"))
        db.session.commit()
    app.testing = False
    answer = alice.get(path)
    assert answer.status_code == 500
    assert "Something went wrong here" in words(answer)
    assert answer.headers["Content-Security-Policy"]
    assert alice.get("/healthz").status_code == 200
