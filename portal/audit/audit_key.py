"""The audit key, checked at the start: rows that are written with another one would break the chain."""

import hmac
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.record import chain, check_value
from portal.db.base import Registry
from portal.db.session import begin_writing, settings_of
from portal.errors import ConfigurationError
from portal.models import AuditKeyCheck, AuditRow

ROWS_TO_TRY = 4  # the newest ones; where several don't fit, it is the key
OTHER_KEY = (
    "PORTAL_AUDIT_KEY isn't the one that this registry's audit is written with. Set it to that one again; `portal audit rekey` changes it."
)


def check_audit_key(session: Session) -> None:
    """Remembers the key of a new registry, and of one whose newest rows fit it. Raises ConfigurationError for another key than before."""
    key = settings_of(session).audit_key
    remembered = session.scalar(select(AuditKeyCheck.value))
    if remembered is not None:
        if not hmac.compare_digest(remembered, check_value(key)):
            raise ConfigurationError(OTHER_KEY)
        return
    if not fits_newest_rows(session, key):
        raise ConfigurationError(OTHER_KEY)
    begin_writing(session)
    session.execute(select(Registry.id).with_for_update())  # one at a time, also on PostgreSQL
    remember_audit_key(session, key)
    session.commit()


def remember_audit_key(session: Session, key: bytes) -> None:
    """From the caller's commit on, this is the one key that the registry's audit is written with."""
    session.merge(AuditKeyCheck(id=1, value=check_value(key)))


def fits_newest_rows(session: Session, key: bytes) -> bool:
    """Whether any of them fits, or there are too few to tell."""
    newest = select(AuditRow).order_by(AuditRow.number.desc()).limit(ROWS_TO_TRY)
    try:
        rows = list(reversed(session.scalars(newest).all()))
    except (TypeError, ValueError):
        return True  # values that the portal never wrote: `portal audit verify` names the row
    befores = [(before.mac, row) for before, row in pairwise(rows)]
    if rows and rows[0].number == 1:
        befores.append((b"", rows[0]))
    return not befores or any(hmac.compare_digest(chain(key, before, row), row.mac) for before, row in befores)
