"""Counts everything again, where a counter differs from what it counts."""

from sqlalchemy.orm import Session

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import require
from portal.audit import Event, Subject, record
from portal.db.session import lock
from portal.registry.write.recount import recount


def repair_counters(session: Session, principal: Principal) -> int:
    """Returns how many records were mended. For an operator."""
    require(principal, Permission.REGISTRY_OPERATE)
    version = lock(session)
    mended = recount(session.connection(), version)
    if mended:
        subject = Subject.of_registry("counters")
        record(session, principal, Event.REGISTRY_REPAIRED, organization_id=None, subject=subject, details={"records": mended})
    session.flush()
    return mended
