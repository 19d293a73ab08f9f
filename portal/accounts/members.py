"""Members: a person's role in an organization, given and taken."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.access.organizations import live_organization
from portal.access.permissions import Permission, Role
from portal.access.principal import Principal
from portal.access.require import begin, require
from portal.accounts.sessions import end_sessions
from portal.audit import Event, Subject, record
from portal.errors import Conflict, NotFound
from portal.models import Membership, Person


@dataclass(frozen=True)
class Member:
    """A person and their role in an organization."""

    email: str
    name: str
    role: str


def read_members(session: Session, principal: Principal, organization_id: int) -> list[Member]:
    """Returns an organization's members by e-mail address. Raises NotFound, Forbidden."""
    require(principal, Permission.MEMBERS_MANAGE, organization_id)
    statement = select(Person.email, Person.name, Membership.role).join(Membership, Membership.person_id == Person.id)
    rows = session.execute(statement.where(Membership.organization_id == organization_id).order_by(Person.email))
    return [Member(row.email, row.name, row.role) for row in rows]


def add_member(session: Session, principal: Principal, organization_id: int, person_id: int, role: Role) -> Membership:
    """Gives the person a role in the organization. Raises NotFound, and Conflict for a person who is a member already."""
    begin(session, principal, Permission.MEMBERS_MANAGE, organization_id)
    live_organization(session, organization_id)
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("There is no such account.")
    if session.get(Membership, (organization_id, person_id)) is not None:
        raise Conflict(f"{person.name} is a member of this organization already.")
    membership = Membership(organization_id=organization_id, person_id=person_id, role=role.value)
    session.add(membership)
    session.flush()
    what = {"role": role.value}
    record(
        session,
        principal,
        Event.MEMBER_ADDED,
        organization_id=organization_id,
        subject=Subject.of_person(person),
        details=what,
    )
    return membership


def remove_member(session: Session, principal: Principal, organization_id: int, person_id: int) -> None:
    """Ends the membership, and the person's sessions with it. The keys they issued work on.

    Raises NotFound, and Conflict for the last admin, who alone could still control the keys.
    """
    begin(session, principal, Permission.MEMBERS_MANAGE, organization_id)
    membership = session.get(Membership, (organization_id, person_id))
    person = session.get(Person, person_id)
    if membership is None or person is None:
        raise NotFound("There is no such member.")
    remove_membership(session, principal, membership, person)
    session.flush()


def remove_membership(session: Session, principal: Principal, membership: Membership, person: Person) -> None:
    """What removing a member and deleting an account have in common; the command line may remove a last admin too."""
    if membership.role == Role.ADMIN and not principal.command_line and count_admins(session, membership.organization_id) == 1:
        raise Conflict(f"{person.name} is the last admin of an organization. Make someone else an admin first.")
    organization_id = membership.organization_id
    what = {"role": membership.role}
    session.delete(membership)
    end_sessions(session, person.id)
    record(session, principal, Event.MEMBER_REMOVED, organization_id=organization_id, subject=Subject.of_person(person), details=what)


def count_admins(session: Session, organization_id: int) -> int:
    where = (Membership.organization_id == organization_id, Membership.role == Role.ADMIN.value)
    return session.scalar(select(func.count()).select_from(Membership).where(*where)) or 0
