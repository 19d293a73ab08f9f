"""All keys of an organization, stopped and let go with one act."""

from sqlalchemy.orm import Session

from portal.access.organizations import live_organization
from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import begin
from portal.audit import Event, Subject, record
from portal.errors import Conflict
from portal.registry.organizations import Organization


def freeze(session: Session, principal: Principal, organization_id: int) -> Organization:
    """Stops every key of the organization, also those issued later, until it is thawed. Raises Conflict where it is frozen already."""
    return set_frozen(session, principal, organization_id, True)


def thaw(session: Session, principal: Principal, organization_id: int) -> Organization:
    """Takes back a freeze, and nothing else: disabled, expired and revoked keys stay so. Raises Conflict where nothing is frozen."""
    return set_frozen(session, principal, organization_id, False)


def set_frozen(session: Session, principal: Principal, organization_id: int, frozen: bool) -> Organization:
    begin(session, principal, Permission.KEYS_MANAGE, organization_id)
    organization = live_organization(session, organization_id)
    if organization.keys_frozen is frozen:
        raise Conflict(
            "The API keys of this organization are frozen already." if frozen else "The API keys of this organization aren't frozen."
        )
    organization.keys_frozen = frozen
    event = Event.ORGANIZATION_KEYS_FROZEN if frozen else Event.ORGANIZATION_KEYS_THAWED
    record(session, principal, event, organization_id=organization_id, subject=Subject.of_organization(organization))
    session.flush()
    return organization
