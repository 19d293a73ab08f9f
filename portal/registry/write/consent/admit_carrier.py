"""A facility's organization admits a carrier: until then the carrier's presence there is pending."""

from sqlalchemy.orm import Session

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.audit import Event
from portal.registry.carriers import CARRIER, CARRIER_FACILITY
from portal.registry.facilities import FACILITY
from portal.registry.records import LIVE, PENDING
from portal.registry.write.act import Written, begin_at, check_version
from portal.registry.write.consent.admission_mails import tell_of_admission
from portal.registry.write.consent.both_sides import end_for_both
from portal.registry.write.place import Place, find_row
from portal.registry.write.update import store


def admit_carrier(session: Session, principal: Principal, presence_id: int, if_version: int | None = None) -> Written:
    """Makes the presence live, for whoever may update the facility. One that is live already stays as it is.

    Raises NotFound and Forbidden. Both organizations have it in their history, and the carrier's is told.
    """

    def locate() -> Place:
        return Place(FACILITY, find_row(session, FACILITY, find_row(session, CARRIER_FACILITY, presence_id).facility_id))

    facility = begin_at(session, principal, Permission.FACILITIES_UPDATE, f"{CARRIER_FACILITY.tag}:{presence_id}", locate)
    row = find_row(session, CARRIER_FACILITY, presence_id)
    check_version(row, if_version)
    carrier = Place(CARRIER, find_row(session, CARRIER, row.carrier_id))
    if row.status != PENDING:
        return Written(row)
    store(row, {"status": LIVE})
    session.flush()
    fields = {"status": (PENDING, LIVE)}
    written = end_for_both(session, principal, Event.RECORD_APPROVED, CARRIER_FACILITY, row, fields, facility, carrier)
    tell_of_admission(session, row)
    return written
