"""Whether a new record is live, or pending until someone approves it, or until what it stands below is live."""

from typing import Any

from sqlalchemy.orm import Session

from portal.registry.campuses import CAMPUS
from portal.registry.carriers import CARRIER_FACILITY
from portal.registry.description import RecordType
from portal.registry.records import LIVE, PENDING
from portal.registry.write.place import rows_above


def new_status(session: Session, kind: RecordType, row: Any) -> str:
    """An operator approves networks and exchanges; a campus has to have two facilities; a facility's organization admits a carrier."""
    if kind.needs_approval or kind is CAMPUS:
        return PENDING
    above = list(rows_above(session, kind, row))
    owners = {one.organization_id for one in above if hasattr(one, "organization_id")}
    admitted = kind is not CARRIER_FACILITY or len(owners) == 1
    return LIVE if admitted and all(one.status == LIVE for one in above) else PENDING
