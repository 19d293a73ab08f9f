"""From a browser's cookie to the person and their principal: one statement a request, on rows that can be ended at any moment."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from flask import g, request
from flask_login import current_user
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from portal.access.organizations import organization_is_live
from portal.access.permissions import Role
from portal.access.principal import Kind, Principal
from portal.accounts.sessions import is_live, session_digest
from portal.db.session import begin_writing, now
from portal.errors import Unavailable
from portal.extensions import db, login_manager
from portal.models import Membership, Person, PersonSession
from portal.registry.organizations import Organization

NOTE_SEEN_EVERY = timedelta(minutes=5)
log = logging.getLogger(__name__)

SESSION_FACTS = (
    select(PersonSession, Person, Membership.organization_id, Membership.role, Organization.name)
    .join(Person, Person.id == PersonSession.person_id)
    .outerjoin(Membership, Membership.person_id == Person.id)
    .outerjoin(Organization, (Organization.id == Membership.organization_id) & organization_is_live())
    .order_by(Organization.name)
)


@dataclass(frozen=True)
class MyOrganization:
    """An organization of the signed-in person, and their role in it."""

    id: int
    name: str
    role: Role


@dataclass(frozen=True)
class SignedIn:
    """The signed-in person, detached from the database. `get_id()` is the session's random id, which only the cookie holds."""

    session_id: str
    person_id: int
    email: str
    name: str
    operator: bool
    must_change_password: bool
    confirmed_at: datetime | None
    organizations: tuple[MyOrganization, ...]

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return self.session_id

    @property
    def digest(self) -> str:
        return session_digest(self.session_id)


@dataclass(frozen=True)
class Viewer:
    """What templates may know of the visitor."""

    signed_in: bool = False
    name: str = ""
    operator: bool = False
    organizations: tuple[MyOrganization, ...] = ()


@login_manager.user_loader  # type: ignore[untyped-decorator]  # flask-login has no types
def load(session_id: str) -> SignedIn | None:
    """The person of a live session; None when it was ended, has been idle or is too old."""
    rows = db.session.execute(SESSION_FACTS.where(PersonSession.digest == session_digest(session_id))).all()
    if not rows:
        return None
    row, person = rows[0][0], rows[0][1]
    at = now()
    if not is_live(row, at):
        return None
    if at - row.last_seen > NOTE_SEEN_EVERY:
        note_seen(row.digest)
    mine = tuple(MyOrganization(member.organization_id, member.name, Role(member.role)) for member in rows if member.name is not None)
    return SignedIn(
        session_id, person.id, person.email, person.name, person.operator, person.must_change_password, row.confirmed_at, organizations=mine
    )


def note_seen(digest: str) -> None:
    """In a transaction of its own, so that reading a page never holds a lock, waits for one, or fails for it."""
    try:
        with Session(db.engine) as session:
            begin_writing(session, hasty=True)
            seen = update(PersonSession).where(PersonSession.digest == digest).values(last_seen=now())
            session.execute(seen.execution_options(synchronize_session=False))
            session.commit()
    except Unavailable:
        pass  # the database is away or busy, and the next page will try again
    except SQLAlchemyError:
        log.warning("could not write that a session was seen; its next page will try again", exc_info=True)


def forget_person() -> None:
    """Signs no one in until the end of the request, so that a page about a failing database doesn't ask it."""
    g._login_user = login_manager.anonymous_user()  # noqa: SLF001 - where Flask-Login keeps what it has loaded


def signed_in() -> SignedIn | None:
    """Returns who is signed in, or None."""
    person: Any = current_user
    return person._get_current_object() if person and person.is_authenticated else None  # noqa: SLF001 - the way out of the proxy


def myself() -> SignedIn:
    """Returns who is signed in, on pages that need it."""
    person = signed_in()
    assert person
    return person


def organization_name(organization_id: int) -> str:
    """Returns the name of an organization of the signed-in person, or an empty text."""
    person = signed_in()
    return next((mine.name for mine in person.organizations if mine.id == organization_id), "") if person else ""


def current_principal() -> Principal:
    """The one principal of this page's request, from the session alone."""
    if "principal" not in g:
        g.principal = make_principal(signed_in())
    principal: Principal = g.principal
    return principal


def make_principal(person: SignedIn | None) -> Principal:
    address, user_agent = request.remote_addr or "", request.user_agent.string
    if person is None:
        return Principal(address=address, user_agent=user_agent)
    return Principal(
        kind=Kind.OPERATOR if person.operator else Kind.MEMBER,
        id=str(person.person_id),
        name=person.name,
        roles=MappingProxyType({mine.id: mine.role for mine in person.organizations}),
        confirmed_at=person.confirmed_at,
        address=address,
        user_agent=user_agent,
    )


def current_viewer() -> Viewer:
    person = signed_in()
    return Viewer(True, person.name, person.operator, person.organizations) if person else Viewer()
