"""Adds a row under the registry's lock, chained by an HMAC to the row before it."""

import hmac
import logging
from collections.abc import Sequence
from itertools import count
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.principal import Principal, describe_origin
from portal.audit.events import Event
from portal.audit.subject import Subject
from portal.db.session import lock, now, settings_of
from portal.db.types import TIMESTAMP_FORM
from portal.errors import Unavailable
from portal.models import AuditKeyCheck, AuditRow

SEALED = tuple(column.key for column in AuditRow.__table__.columns if column.key not in {"mac", "at"})
FIXED_TEXT = b"peering portal audit key check v1"
KEY_CHANGED = (
    "PORTAL_AUDIT_KEY was changed while this process ran: the registry's audit is now written with another key. "
    "Acts that belong in the audit are refused. Restart the portal with the new key."
)
log = logging.getLogger(__name__)
refused = count()


def record(
    session: Session,
    principal: Principal,
    event: Event,
    *,
    organization_id: int | None,
    subject: Subject,
    details: dict[str, Any] | None = None,
) -> AuditRow:
    """Adds the row to the caller's transaction, and returns it. Secrets never belong in `details`.

    Raises Unavailable where the key was changed since this process began: a row that is chained with the old one would break the chain.
    """
    lock(session)
    session.flush()
    last, key_check = read_end(session)
    if key_check is not None and not hmac.compare_digest(key_check, check_value(settings_of(session).audit_key)):
        raise key_changed()
    row = AuditRow(
        number=last.number + 1 if last else 1,
        at=now(),
        organization_id=organization_id,
        event=event.value,
        subject_type=subject.type,
        subject_id=subject.id,
        subject_name=subject.name,
        details=details or {},
        **describe_origin(principal),
    )
    row.mac = chain(settings_of(session).audit_key, last.mac if last else b"", row)
    session.add(row)
    return row


def read_end(session: Session) -> tuple[AuditRow | None, bytes | None]:
    """Returns the newest row and the key's check value. Read after the lock, because the lock's own statement sees what was before it."""
    key_check = select(AuditKeyCheck.value).where(AuditKeyCheck.id == 1).scalar_subquery()
    row = session.execute(select(AuditRow, key_check).order_by(AuditRow.number.desc()).limit(1)).first()
    return (row[0], row[1]) if row else (None, None)


def key_changed() -> Unavailable:
    """Tells the operator, once in a process."""
    if not next(refused):
        log.error(KEY_CHANGED)
    error = Unavailable("The portal has to be restarted by its operator before it takes this. Nothing was done.")
    error.retry_after = None  # no one knows when
    return error


def check_value(key: bytes) -> bytes:
    """Returns what the registry remembers of its audit key, from which no one can tell the key."""
    return hmac.digest(key, FIXED_TEXT, "sha256")


def chain(key: bytes, before: bytes, row: AuditRow) -> bytes:
    """The row's own HMAC, from that of the row before."""
    return seal(key, before, row.at.strftime(TIMESTAMP_FORM), [getattr(row, name) for name in SEALED])


def seal(key: bytes, before: bytes, at: str, values: Sequence[object]) -> bytes:
    """HMAC-SHA-256 over the row before, the time and the values of SEALED, in a form that no two rows share."""
    text = orjson.dumps([before.hex(), at, *values], option=orjson.OPT_SORT_KEYS)
    return hmac.digest(key, text, "sha256")
