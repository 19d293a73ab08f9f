"""How the outbox stands: what waits, and what couldn't be sent."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from portal.db.session import now
from portal.mails.delivery import WAITS
from portal.models import Mail

GIVEN_UP_WITHIN = timedelta(days=7)
LATE_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Backlog:
    """`waiting`: all that will be tried again, `late`: those of them that were put over an hour ago; `given_up`: in the last 7 days."""

    waiting: int
    late: int
    given_up: int
    last_error: str


def read_backlog(session: Session) -> Backlog:
    at = now()
    lost = (Mail.sent_at.is_(None), Mail.next_attempt_at.is_(None), Mail.created >= at - GIVEN_UP_WITHIN)
    failing = select(Mail.last_error).where(Mail.sent_at.is_(None), Mail.last_error != "", Mail.created >= at - GIVEN_UP_WITHIN)
    return Backlog(
        waiting=count(session, *WAITS),
        late=count(session, *WAITS, Mail.created < at - LATE_AFTER),
        given_up=count(session, *lost),
        last_error=session.scalar(failing.order_by(Mail.id.desc()).limit(1)) or "",
    )


def count(session: Session, *where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Mail).where(*where)) or 0
