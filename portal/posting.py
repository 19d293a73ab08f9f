"""The running app's postman, and the bell that a commit rings when it has put mail."""

from typing import cast

from flask import Flask, current_app, has_app_context
from sqlalchemy import event
from sqlalchemy.orm import Session

from portal.extensions import db, settings
from portal.mails.outbox import PUT
from portal.mails.postman import Postman
from portal.mails.posts import post_for

NAME = "portal postman"


def register(app: Flask) -> None:
    """The app gets a postman, but where mails wait for another process."""
    with app.app_context():
        post = post_for(settings())
        app.extensions[NAME] = Postman(db.engine, post, settings()) if post else None


def start(app: Flask) -> None:
    """In a process that serves: what was put before it came is sent without waiting for a request."""
    with app.app_context():
        ring()


def ring() -> None:
    """Nothing happens on the command line, whose app has no postman."""
    found = cast("Postman | None", current_app.extensions.get(NAME))
    if found:
        found.ring()


@event.listens_for(Session, "after_commit")
def ring_after(session: Session) -> None:
    if session.info.pop(PUT, False) and has_app_context():
        ring()


@event.listens_for(Session, "after_rollback")
def forget(session: Session) -> None:
    session.info.pop(PUT, None)
