"""A restored registry begins a new epoch: what was handed out of the one before isn't taken for its own."""

import secrets

from sqlalchemy import delete, text, update
from sqlalchemy.orm import Session

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import require
from portal.audit import Event, Subject, record
from portal.db.base import MAX_EPOCH, UNFINISHED_RESTORE, Registry
from portal.db.session import lock
from portal.models import PersonSession


def begin_epoch(session: Session, principal: Principal, backup: str) -> int:
    """Returns the registry's new epoch, a random one. Signs everyone out, and tells the audit. With the commit the restore is finished.

    Sessions end because some were ended since the backup, and forms that are open in browsers hold versions of the epoch before.
    """
    require(principal, Permission.REGISTRY_OPERATE)
    lock(session)
    epoch = secrets.randbelow(MAX_EPOCH) + 1
    session.execute(update(Registry).values(epoch=epoch).execution_options(synchronize_session=False))
    session.execute(delete(PersonSession).execution_options(synchronize_session=False))
    session.execute(text(f"DROP TABLE IF EXISTS {UNFINISHED_RESTORE}"))
    record(session, principal, Event.REGISTRY_RESTORED, organization_id=None, subject=Subject.of_registry(backup), details={"epoch": epoch})
    return epoch
