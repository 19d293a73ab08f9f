"""Changes the key that chains the audit: the whole chain is verified with the old one, and made anew with the new one."""

from itertools import islice

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import require
from portal.audit.audit_key import remember_audit_key
from portal.audit.events import Event
from portal.audit.record import record
from portal.audit.subject import Subject
from portal.audit.verify import Head, checkpoint, stored, verify
from portal.db.session import lock, settings_of
from portal.errors import Conflict, Invalid
from portal.models import AuditRow

ROWS_AT_ONCE = 1_000


def rekey(session: Session, principal: Principal, new_key: bytes) -> Head:
    """Returns the head under the new key. The row that tells of it holds the head under the old one, which may have been noted elsewhere.

    Raises Invalid for the key that holds already, and Conflict while the chain isn't whole: a new chain would hide what is wrong with it.
    """
    require(principal, Permission.REGISTRY_OPERATE)
    old_key = settings_of(session).audit_key
    if new_key == old_key:
        raise Invalid("This is the audit key already. Choose another one.")
    lock(session)
    verdict = verify(session.connection(), old_key)
    if verdict.wrong:
        raise Conflict("The audit isn't as it was written, and a new chain would hide it. See: portal audit verify")
    details = {"head": str(verdict.head) if verdict.head else ""}
    record(session, principal, Event.AUDIT_REKEYED, organization_id=None, subject=Subject.of_audit(), details=details)
    remember_audit_key(session, new_key)
    session.flush()
    return chain_anew(session, new_key)


def chain_anew(session: Session, key: bytes) -> Head:
    """Seals each row again, from the first that there is."""
    connection = session.connection()
    pruned = checkpoint(connection)
    head = Head(0, pruned.mac if pruned else b"")
    change = update(AuditRow.__table__).where(AuditRow.number == bindparam("row")).values(mac=bindparam("seal"))  # type: ignore[arg-type]  # a table
    rows = stored(connection)
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        seals = []
        for row in batch:
            head = Head(row.number, row.seal(key, head.mac, row.number) or b"")
            seals.append({"row": row.number, "seal": head.mac})
        connection.execute(change, seals)
    session.expire_all()
    return head
