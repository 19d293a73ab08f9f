"""The mails about a carrier's presence at another organization's facility: to who can admit it, and to who asked."""

from typing import Any

from sqlalchemy.orm import Session

from portal.registry.carriers import CARRIER, CARRIER_FACILITY
from portal.registry.facilities import FACILITY
from portal.registry.records import PENDING
from portal.registry.write.consent.people_told import tell_editors
from portal.registry.write.place import find_row


def tell_of_request(session: Session, presence: Any) -> None:
    """Tells the facility's organization, unless it needn't be asked."""
    if presence.status != PENDING:
        return
    facility, carrier, identity = sides_of(session, presence)
    text = (
        f"The carrier {carrier.name} says that it is present at your facility {facility.name}. No one sees that until you approve it, with "
        f"an API key that has facilities:update:\n\n"
        f'mutation {{ approveCarrierFacility(input: {{id: "{identity}"}}) {{ userErrors {{ message }} }} }}\n\n'
        "If it isn't true, you needn't do anything.\n"
    )
    tell_editors(session, facility.organization_id, "carrier.asked", identity, f"{carrier.name} asks to be shown at {facility.name}", text)


def tell_of_admission(session: Session, presence: Any) -> None:
    """Tells the carrier's organization."""
    facility, carrier, identity = sides_of(session, presence)
    text = f"The organization of {facility.name} has approved that {carrier.name} is present there. Everyone sees it now.\n"
    tell_editors(session, carrier.organization_id, "carrier.admitted", identity, f"{carrier.name} is shown at {facility.name}", text)


def sides_of(session: Session, presence: Any) -> tuple[Any, Any, str]:
    """Returns the facility, the carrier and the presence's id."""
    identity = f"{CARRIER_FACILITY.tag}:{presence.id}"
    return find_row(session, FACILITY, presence.facility_id), find_row(session, CARRIER, presence.carrier_id), identity
