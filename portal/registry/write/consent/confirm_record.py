"""Says that a record is still true. It changes nothing that can be edited, so its version stays."""

from typing import Any

from sqlalchemy.orm import Session

from portal.access.principal import Principal
from portal.audit import Event
from portal.db.session import now
from portal.registry.description import RecordType
from portal.registry.write.act import Written, begin_at, end_act
from portal.registry.write.keep_here import check_is_object
from portal.registry.write.place import Place, find_row, permission_for
from portal.registry.write.record_history import RowChange


def confirm_record(session: Session, principal: Principal, kind: RecordType, record_id: int) -> Written:
    """Returns the record, for whoever may update it, whether it is kept here or follows the import.

    Raises NotFound, Forbidden, and Invalid for a type that goes with what it belongs to.
    """
    check_is_object(kind)
    for _ in range(2):  # it may have changed hands before the lock was taken
        row: Any = find_row(session, kind, record_id)
        begin_at(session, principal, permission_for(kind, "update"), Place(kind, row), f"{kind.tag}:{record_id}")
    row = find_row(session, kind, record_id)
    row.confirmed_at = now()
    session.flush()
    change = RowChange(kind, row, Place(kind, row), {})
    end_act(session, principal, Event.RECORD_CONFIRMED, [change], change.place)
    return Written(row, changes=[change])
