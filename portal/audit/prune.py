"""Removes the oldest audit rows, and says so in a row of the chain, from which the rest can still be verified."""

from datetime import UTC, date, datetime, time

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import require
from portal.audit.events import Event
from portal.audit.record import record
from portal.audit.subject import Subject
from portal.audit.verify import verify
from portal.db.session import lock, now, settings_of
from portal.errors import Conflict, Invalid
from portal.models import AuditRow


def prune(session: Session, principal: Principal, before: date) -> int:
    """How many rows from before the UTC day were removed; with none, nothing is written.

    Raises Invalid for a day to come, and Conflict while the chain isn't whole: pruning would hide what is wrong with it.
    """
    require(principal, Permission.REGISTRY_OPERATE)
    if before > now().date():
        raise Invalid("This day is still to come. Choose today or an earlier one.", "before")
    if verify(session.connection(), settings_of(session).audit_key).wrong:
        raise Conflict("The audit isn't as it was written, and pruning would hide it. See: portal audit verify")
    lock(session)
    last = last_before(session, datetime.combine(before, time.min, UTC))
    if last is None:
        return 0
    removed = session.scalar(select(func.count()).select_from(AuditRow).where(AuditRow.number <= last.number)) or 0
    details = {"before": before.isoformat(), "rows": removed, "number": last.number, "mac": last.mac.hex()}
    record(session, principal, Event.AUDIT_PRUNED, organization_id=None, subject=Subject.of_audit_before(before), details=details)
    session.execute(delete(AuditRow).where(AuditRow.number <= last.number).execution_options(synchronize_session=False))
    return removed


def last_before(session: Session, moment: datetime) -> AuditRow | None:
    """The row before the first one of that time or later; the newest row where all are older."""
    first = session.scalar(select(func.min(AuditRow.number)).where(AuditRow.at >= moment))
    older = select(AuditRow).order_by(AuditRow.number.desc()).limit(1)
    return session.scalars(older if first is None else older.where(AuditRow.number < first)).first()
