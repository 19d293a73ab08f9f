"""Refuses a network or exchange that waits for approval: it is deleted with what is below it, and its organization's admins are told."""

from typing import Any

from sqlalchemy.orm import Session

from portal.access.organizations import admin_emails
from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import require
from portal.audit import Event, Subject, record
from portal.db.session import lock
from portal.errors import Conflict, Invalid, NotFound
from portal.mails.outbox import one_line, put
from portal.models import AuditRow
from portal.registry.description import RecordType
from portal.registry.records import DELETED, PENDING
from portal.registry.write.approve import read_id
from portal.registry.write.delete import bury, with_rows_below
from portal.registry.write.names import name_of
from portal.registry.write.place import Place
from portal.registry.write.record_history import keep_history
from portal.registry.write.recount import recount_changed

MAX_REASON_CHARACTERS = 500


def refuse(session: Session, principal: Principal, text: str, reason: str) -> Any:
    """Deletes `net:20` or `ix:30`, which waits, and returns its row. Its ASN isn't reserved. For an operator.

    Raises Invalid for another form or an unfit reason, NotFound, and Conflict for what is approved.
    """
    require(principal, Permission.REGISTRY_OPERATE)
    kind, identity = read_id(text)
    reason = read_reason(reason)
    lock(session)
    row: Any = session.get(kind.model, identity, populate_existing=True)
    if row is None or row.status == DELETED:
        raise NotFound(f"There is no {text}.")
    if row.status != PENDING:
        raise Conflict(f"{row.name} is approved already.")
    place = Place(kind, row)
    changes = [bury(below_kind, below, place) for below_kind, below in list(with_rows_below(session, kind, row))]
    session.flush()
    keep_history(session, tell_refused(session, principal, kind, row, reason), changes)
    recount_changed(session.connection(), lock(session), children={change.kind.tag for change in changes})
    session.flush()
    return row


def read_reason(reason: str) -> str:
    """Raises Invalid for one that is empty or too long."""
    reason = one_line(reason)
    if not reason or len(reason) > MAX_REASON_CHARACTERS:
        raise Invalid(f"Give a reason of 1 to {MAX_REASON_CHARACTERS} characters. The organization's admins read it.", "reason")
    return reason


def tell_refused(session: Session, principal: Principal, kind: RecordType, row: Any, reason: str) -> AuditRow:
    """Records the refusal, and puts the mails about it."""
    name, identity = name_of(kind, row), f"{kind.tag}:{row.id}"
    act = record(
        session,
        principal,
        Event.RECORD_REFUSED,
        organization_id=row.organization_id,
        subject=Subject.of_record(kind.tag, row.id, name),
        details={"reason": reason},
    )
    put(
        session,
        event=Event.RECORD_REFUSED,
        about=identity,
        organization_id=row.organization_id,
        recipients={email.casefold(): email for email in admin_emails(session, row.organization_id)}.values(),
        subject=f"{name} wasn't approved",
        text=f"{name} ({identity}) waited for approval. The portal's operator refused it:\n\n{reason}\n\nIt was deleted. You can create it "
        "again once that is settled.\n",
    )
    return act
