"""Sessions as rows: begun, looked at, ended. A browser's cookie holds a random id of which the row knows only the digest."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from portal.access.principal import Principal
from portal.db.session import now
from portal.models import PersonSession

MAX_IDLE = timedelta(hours=12)
MAX_AGE = timedelta(days=14)


def session_digest(session_id: str) -> str:
    """What the database stores of a session's random id (it has 256 bits, so a plain SHA-256 will do)."""
    return hashlib.sha256(session_id.encode()).hexdigest()


def is_live(row: PersonSession, at: datetime) -> bool:
    """Neither idle for too long nor too old."""
    return at - row.last_seen <= MAX_IDLE and at - row.created <= MAX_AGE


def begin_session(session: Session, principal: Principal, person_id: int) -> str:
    """A new session, whose random id is returned; lapsed ones, anybody's, are cleared away."""
    at = now()
    lapsed = or_(PersonSession.last_seen < at - MAX_IDLE, PersonSession.created < at - MAX_AGE)
    session.execute(delete(PersonSession).where(lapsed))
    session_id = secrets.token_urlsafe(32)
    session.add(
        PersonSession(
            digest=session_digest(session_id),
            person_id=person_id,
            confirmed_at=at,
            address=principal.address,
            user_agent=principal.user_agent[:200],
        )
    )
    session.flush()
    return session_id


def sessions_of(session: Session, principal: Principal) -> Sequence[PersonSession]:
    """The caller's own live sessions, the last used first."""
    rows = session.scalars(
        select(PersonSession).where(PersonSession.person_id == int(principal.id)).order_by(PersonSession.last_seen.desc())
    )
    return [row for row in rows if is_live(row, now())]


def end_session(session: Session, digest: str) -> None:
    session.execute(delete(PersonSession).where(PersonSession.digest == digest))


def end_sessions(session: Session, person_id: int, *, but: str | None = None) -> None:
    """Signs the person out everywhere, but for the session with this digest."""
    where = [PersonSession.person_id == person_id]
    if but is not None:
        where.append(PersonSession.digest != but)
    session.execute(delete(PersonSession).where(*where))
