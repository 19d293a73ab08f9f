"""Adds a row under the registry's lock, chained by an HMAC to the row before it."""

import hmac
from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.principal import Principal, describe_origin
from portal.audit.events import Event
from portal.audit.subject import Subject
from portal.db.session import lock, now, settings_of
from portal.db.types import TIMESTAMP_FORM
from portal.models import AuditRow

SEALED = tuple(column.key for column in AuditRow.__table__.columns if column.key not in {"mac", "at"})


def record(
    session: Session,
    principal: Principal,
    event: Event,
    *,
    organization_id: int | None,
    subject: Subject,
    details: dict[str, Any] | None = None,
) -> AuditRow:
    """Adds the row to the caller's transaction, and returns it. Secrets never belong in `details`."""
    lock(session)
    session.flush()
    last = session.scalars(select(AuditRow).order_by(AuditRow.number.desc()).limit(1)).first()
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


def chain(key: bytes, before: bytes, row: AuditRow) -> bytes:
    """The row's own HMAC, from that of the row before."""
    return seal(key, before, row.at.strftime(TIMESTAMP_FORM), [getattr(row, name) for name in SEALED])


def seal(key: bytes, before: bytes, at: str, values: Sequence[object]) -> bytes:
    """HMAC-SHA-256 over the row before, the time and the values of SEALED, in a form that no two rows share."""
    text = orjson.dumps([before.hex(), at, *values], option=orjson.OPT_SORT_KEYS)
    return hmac.digest(key, text, "sha256")
