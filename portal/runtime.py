"""What the running app has one of: the account of use, the count of points and failures, the mail worker."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from flask import Flask, current_app, has_app_context
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from portal.api_keys.usage import Account
from portal.db.session import snapshot
from portal.errors import TooSlow, Unavailable
from portal.extensions import db, settings
from portal.limits.memory import Spending
from portal.mails.outbox import NEW_MAILS
from portal.mails.transport import transport_for
from portal.mails.worker import MailWorker
from portal.settings import Settings

STATEMENT_SECONDS = 3  # seconds that a page waits for the account of use
log = logging.getLogger(__name__)


def account() -> Account:
    """The app's one account of use."""
    extensions = current_app.extensions
    if "portal usage" not in extensions:
        extensions.setdefault("portal usage", Account(db.engine))
    return cast(Account, extensions["portal usage"])


@contextmanager
def account_snapshot() -> Iterator[Connection]:
    """A snapshot to read the account of use in. Raises Unavailable where it can't be read soon, and where it wasn't written for minutes."""
    if account().late:
        raise Unavailable("Usage is unavailable: what was counted couldn't be written for some minutes. Nothing of it is lost yet.")
    try:
        with snapshot(db.engine) as connection:
            hurry(connection)
            yield connection
    except (SQLAlchemyError, TooSlow) as error:
        log.exception("the account of use could not be read")
        raise Unavailable("Usage is unavailable: it can't be read just now. Try again in a moment.") from error


def hurry(connection: Connection) -> None:
    """Lets no statement of the snapshot wait for long where another process holds a table; SQLite's readers never wait."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'"))


def spending() -> Spending:
    """The app's one count of points and failures."""
    extensions = current_app.extensions
    if "portal spending" not in extensions:
        extensions.setdefault("portal spending", new_spending(settings()))
    return cast(Spending, extensions["portal spending"])


def new_spending(settings: Settings) -> Spending:
    """In Redis where there is one."""
    if settings.redis_url is None:
        return Spending()
    from portal.limits.redis import SharedSpending  # noqa: PLC0415 - 30 ms and 5 MB, which a portal without Redis needn't pay

    return SharedSpending(url=settings.redis_url, secret=settings.secret_key.encode(), workers=settings.workers)


MAIL_WORKER = "portal mail worker"


def register(app: Flask) -> None:
    """The app gets a mail worker, except where mails wait for another process."""
    with app.app_context():
        transport = transport_for(settings())
        app.extensions[MAIL_WORKER] = MailWorker(db.engine, transport) if transport else None


def start(app: Flask) -> None:
    """In a process that serves: what was put before it came is sent without waiting for a request."""
    with app.app_context():
        ring()


def ring() -> None:
    """Nothing happens on the command line, whose app has no mail worker."""
    worker: MailWorker | None = current_app.extensions.get(MAIL_WORKER)
    if worker:
        worker.ring()


@event.listens_for(Session, "after_commit")
def ring_after(session: Session) -> None:
    if session.info.pop(NEW_MAILS, False) and has_app_context():
        ring()


@event.listens_for(Session, "after_rollback")
def forget(session: Session) -> None:
    session.info.pop(NEW_MAILS, None)
