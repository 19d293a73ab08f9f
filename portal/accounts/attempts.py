"""Sign-ins that fail, counted by what was submitted and from where, so that passwords can't be guessed at leisure.

Only failures count. An attempt is written as failed before the password is looked at and struck out when it was right, so that a hundred
attempts at once get no further than a hundred in a row. What a stranger submits could shut out the person whose e-mail address it is:
so a browser that has signed in before is counted by itself, neither under the e-mail nor under the address (OWASP's "device cookies").
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from portal.db.session import begin_writing, now, settings_of
from portal.errors import Limited
from portal.limits.budgets import neighbourhood
from portal.models import FailedSignIn

WINDOW = timedelta(minutes=15)
MAX_FAILURES_BY_EMAIL = 10
MAX_FAILURES_BY_ADDRESS = 50
MAX_FAILURES_BY_BROWSER = 10


@dataclass(frozen=True)
class Count:
    """What failures are counted under, and how many a quarter of an hour may have."""

    subject: str
    max_failures: int


def counts_of(session: Session, email: str, address: str, known_browser: str | None) -> list[Count]:
    """What an attempt to sign in counts under. `known_browser`: the random name of a browser in which this e-mail has signed in before."""
    if known_browser is not None:
        return [Count(subject_of(session, "browser", known_browser), MAX_FAILURES_BY_BROWSER)]
    return [
        Count(subject_of(session, "email", email), MAX_FAILURES_BY_EMAIL),
        Count(subject_of(session, "address", neighbourhood(address)), MAX_FAILURES_BY_ADDRESS),
    ]


def begin_attempt(session: Session, counts: Sequence[Count]) -> list[int]:
    """Writes and commits the attempt as a failure; returns the rows to strike out. Raises Limited, and then writes nothing."""
    begin_writing(session)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE failed_sign_in IN SHARE ROW EXCLUSIVE MODE"))  # SQLite has one writer anyway
    session.execute(delete(FailedSignIn).where(FailedSignIn.at <= now() - WINDOW))
    for count in counts:
        check_count(session, count)
    rows = [FailedSignIn(subject=count.subject) for count in counts]
    session.add_all(rows)
    session.flush()
    ids = [row.id for row in rows]
    session.commit()
    return ids


def check_count(session: Session, count: Count) -> None:
    newest = select(FailedSignIn.at).where(FailedSignIn.subject == count.subject).order_by(FailedSignIn.at.desc()).limit(count.max_failures)
    failures = session.scalars(newest).all()
    if len(failures) == count.max_failures:
        wait = int((failures[-1] + WINDOW - now()).total_seconds())
        session.rollback()
        minutes = max(1, -(-wait // 60))
        raise Limited(f"Too many attempts failed. Wait {minutes} minute{'s' if minutes > 1 else ''}, then try again.", wait)


def strike_out(session: Session, ids: Sequence[int]) -> None:
    """The attempt was right."""
    session.execute(delete(FailedSignIn).where(FailedSignIn.id.in_(ids)))


def forget_failures(session: Session, email: str) -> None:
    """A password that an operator has just set can be tried at once, whatever strangers tried before."""
    session.execute(delete(FailedSignIn).where(FailedSignIn.subject == subject_of(session, "email", email)))


def subject_of(session: Session, kind: str, value: str) -> str:
    return hmac.digest(settings_of(session).secret_key.encode(), f"failed sign-in\0{kind}\0{value}".encode(), "sha256").hex()
