"""Says that a record is still true. It changes nothing that can be edited, so its version stays."""

from sqlalchemy.orm import Session

from portal.access.principal import Principal
from portal.audit import Event
from portal.db.session import now
from portal.registry.description import RecordType
from portal.registry.write.act import Written, end_act
from portal.registry.write.keep_here import begin_as_owner
from portal.registry.write.record_history import RowChange


def confirm_record(session: Session, principal: Principal, kind: RecordType, record_id: int) -> Written:
    """Returns the record, for whoever may update it, whether it is kept here or follows the import.

    Raises NotFound, Forbidden, and Invalid for a type that goes with what it belongs to.
    """
    place = begin_as_owner(session, principal, kind, record_id)
    place.row.confirmed_at = now()
    session.flush()
    change = RowChange(kind, place.row, place, {})
    end_act(session, principal, Event.RECORD_CONFIRMED, [change], place)
    return Written(place.row, changes=[change])
