"""The demo's past: acts of a time that is over, by the same rules as today's, with the audit rows they write dated back."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.record import chain
from portal.db.session import settings_of
from portal.models import AuditRow


def act_at(session: Session, at: datetime, act: Callable[[datetime], None]) -> None:
    """Acts, then dates the audit rows back and chains them anew: they are of this transaction, so no one has seen them yet."""
    newest = session.scalars(select(AuditRow).order_by(AuditRow.number.desc()).limit(1)).first()
    number, mac = (newest.number, newest.mac) if newest else (0, b"")
    act(at)
    session.flush()
    for row in session.scalars(select(AuditRow).where(AuditRow.number > number).order_by(AuditRow.number)):
        row.at = at
        mac = row.mac = chain(settings_of(session).audit_key, mac, row)
    session.flush()
