"""Organizations that exist: what was deleted has no keys, members or policy to change."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from portal.access.permissions import Role
from portal.errors import NotFound
from portal.models import Membership, Person
from portal.registry.organizations import Organization
from portal.registry.records import LIVE


def organization_is_live() -> ColumnElement[bool]:
    """The organization wasn't deleted."""
    return Organization.status == LIVE


def stored_organization(session: Session, organization_id: int) -> Organization:
    """Returns the organization, deleted or not. Raises NotFound for one that never existed."""
    organization = session.get(Organization, organization_id)
    if organization is None:
        raise NotFound("There is no such organization.")
    return organization


def live_organization(session: Session, organization_id: int) -> Organization:
    """Returns the organization. Raises NotFound for one that doesn't exist or was deleted."""
    organization = session.get(Organization, organization_id)
    if organization is None or organization.status != LIVE:
        raise NotFound("There is no such organization.")
    return organization


def admin_emails(session: Session, organization_id: int) -> Sequence[str]:
    """Returns the e-mail addresses of the organization's admins."""
    statement = select(Person.email).join(Membership, Membership.person_id == Person.id)
    return session.scalars(statement.where(Membership.organization_id == organization_id, Membership.role == Role.ADMIN)).all()
