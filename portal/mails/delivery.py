"""Sends what waits in the outbox. Each mail is claimed first, so that of several processes one sends it.

A kill between the server's "taken" and our commit is the one way for a mail to be sent twice: it is sent at least once, with the same id.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from typing import Any, cast

from sqlalchemy import CursorResult, Engine, select, update
from sqlalchemy.orm import Session

from portal.db.session import begin_writing, now, settings_of
from portal.mails.message import compose
from portal.mails.transport import Away, MailRefused, Transport
from portal.models import Mail
from portal.settings import Settings

CLAIMED_FOR = timedelta(minutes=10)  # longer than a conversation lasts; then a mail whose sender was killed is due again
RETRY_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, *[360] * 11))  # about three days; then it is given up
ADDRESS = re.compile(r"[^\s<>:;,()]+@[^\s<>:;,()]+")  # servers repeat whom they refuse
WAITS = (Mail.sent_at.is_(None), Mail.next_attempt_at.is_not(None))
log = logging.getLogger(__name__)


@dataclass
class Tally:
    """What became of the mails that were due."""

    sent: int = 0
    failed: int = 0  # and wait for another attempt
    given_up: int = 0


def deliver(engine: Engine, transport: Transport, stopped: Callable[[], bool] = lambda: False) -> Tally:
    """Sends all that are due, until there is none, the server is away, or it is `stopped`. No transaction is open meanwhile."""
    settings, tally, reachable = settings_of(engine), Tally(), True
    while reachable and not stopped() and (mail := claim(engine)) is not None:
        try:
            transport.send(written(mail, settings))
        except Away as error:
            reachable = False
            put_off(engine, mail, str(error), tally)
        except MailRefused as error:
            put_off(engine, mail, str(error), tally, final=error.final)
        else:
            settle(engine, mail, sent_at=now(), next_attempt_at=None, last_error="")
            tally.sent += 1
    transport.close()
    return tally


def written(mail: Mail, settings: Settings) -> EmailMessage:
    """Raises MailRefused for a recipient that no header can hold."""
    try:
        return compose(mail, settings)
    except ValueError as error:
        raise MailRefused(f"It can't be written as an e-mail: {error}", final=True) from error


def claim(engine: Engine) -> Mail | None:
    """The mail that is due for longest, which no one else gets until CLAIMED_FOR is over; None when none is due."""
    with Session(engine, expire_on_commit=False) as session:
        due = select(Mail).where(*WAITS, Mail.next_attempt_at <= now()).order_by(Mail.next_attempt_at, Mail.id).limit(1)
        while (mail := session.scalars(due).one_or_none()) is not None:
            seen = (mail.attempts, mail.next_attempt_at)
            begin_writing(session)
            where = (Mail.id == mail.id, Mail.sent_at.is_(None), Mail.attempts == seen[0], Mail.next_attempt_at == seen[1])
            taken = update(Mail).where(*where).values(attempts=seen[0] + 1, next_attempt_at=now() + CLAIMED_FOR)
            if changed(session, taken):
                mail = session.get_one(Mail, mail.id, populate_existing=True)
                session.commit()
                return mail
            session.rollback()
    return None


def put_off(engine: Engine, mail: Mail, reason: str, tally: Tally, *, final: bool = False) -> None:
    """To the next attempt, or for good: a final refusal, or the last of all attempts."""
    over = final or mail.attempts > len(RETRY_PAUSES)
    settle(engine, mail, next_attempt_at=None if over else now() + RETRY_PAUSES[mail.attempts - 1], last_error=reason)
    state = "is given up" if over else "waits for another attempt"
    log.warning("mail %s (%s) %s: %s", mail.id, mail.event, state, ADDRESS.sub("[hidden]", reason))
    if over:
        tally.given_up += 1
    else:
        tally.failed += 1


def settle(engine: Engine, mail: Mail, **values: Any) -> None:
    """What became of an attempt; one that took so long that the mail was claimed anew changes nothing."""
    with Session(engine) as session:
        begin_writing(session)
        changed(session, update(Mail).where(Mail.id == mail.id, Mail.attempts == mail.attempts, Mail.sent_at.is_(None)).values(**values))
        session.commit()


def changed(session: Session, statement: Any) -> int:
    return cast(CursorResult[Any], session.execute(statement.execution_options(synchronize_session=False))).rowcount
