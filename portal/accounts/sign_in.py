"""Signing in and out, confirming who one is, changing one's password.

They commit on their way: a failed attempt stays counted though the answer is an error, and bcrypt holds no transaction open.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.access.principal import Principal
from portal.accounts.attempts import MAX_FAILURES_BY_BROWSER, Count, begin_attempt, counts_of, strike_out, subject_of
from portal.accounts.password_turns import place_in_queue
from portal.accounts.passwords import check_length, check_new, check_not_same, hash_password, is_right
from portal.accounts.sessions import begin_session, end_session, end_sessions
from portal.audit import Event, Subject, record
from portal.db.session import begin_writing, lock, now
from portal.errors import Invalid, NotFound
from portal.models import Person, PersonSession

WRONG_SIGN_IN = "The e-mail address or the password is wrong."
WRONG_PASSWORD = "This isn't your password. Try again."  # noqa: S105 - a sentence


@dataclass(frozen=True)
class Welcome:
    """A sign-in that worked. `session_id` is for the cookie alone."""

    email: str
    must_change_password: bool
    session_id: str = field(repr=False)


def sign_in(session: Session, principal: Principal, email: str, password: str, *, known_browser: str | None = None) -> Welcome:
    """Begins a session. Raises Invalid with the same words for an unknown account and a wrong password, Limited after too many failures."""
    email = normal_email(email)
    person = prove(session, email, password, counts_of(session, email, principal.address, known_browser), wrong=Invalid(WRONG_SIGN_IN))
    return Welcome(person.email, person.must_change_password, begin_session(session, principal, person.id))


def confirm(session: Session, principal: Principal, digest: str, password: str) -> None:
    """Notes on the session's row that the person has just proved who they are. Raises Invalid, Limited."""
    prove_again(session, principal, digest, password, "password")
    session.execute(update(PersonSession).where(PersonSession.digest == digest).values(confirmed_at=now()))


def change_password(session: Session, principal: Principal, digest: str, current: str, new: str) -> None:
    """Stores the new password and ends the person's other sessions. Raises Invalid on `current` or `new`, Limited."""
    check_new(new, "new", email=own_person(session, principal).email)
    check_not_same(new, current, "new")
    prove_again(session, principal, digest, current, "current")
    session.commit()
    with place_in_queue():
        stored = hash_password(new)
    lock(session)
    person = own_person(session, principal)
    person.password_digest, person.must_change_password = stored, False
    end_sessions(session, person.id, but=digest)
    session.execute(update(PersonSession).where(PersonSession.digest == digest).values(confirmed_at=now()))
    record(session, principal, Event.PERSON_PASSWORD_CHANGED, organization_id=None, subject=Subject.of_person(person))


def sign_out(session: Session, digest: str) -> None:
    """Ends this session."""
    begin_writing(session)
    end_session(session, digest)


def sign_out_others(session: Session, principal: Principal, digest: str) -> None:
    """Ends the person's sessions in all other browsers."""
    begin_writing(session)
    end_sessions(session, int(principal.id), but=digest)


@dataclass(frozen=True)
class Proven:
    """Whose password it was."""

    id: int
    email: str
    must_change_password: bool


def prove(session: Session, email: str, password: str, counts: Sequence[Count], *, wrong: Invalid) -> Proven:
    """The person whose password it is; a transaction that may write is open then.

    Raises `wrong`, which stays counted, Limited, and Unavailable where too many passwords are being checked.
    """
    check_length(password, wrong.field or "password")
    with place_in_queue():
        attempt = begin_attempt(session, counts)
        person = session.scalars(select(Person).where(Person.email == email)).one_or_none()
        stored = person.password_digest if person else None
        session.rollback()
        if not is_right(password, stored):
            raise wrong
    begin_writing(session)
    person = session.scalars(select(Person).where(Person.email == email, Person.password_digest == stored)).one_or_none()
    if person is None:
        raise wrong  # deleted, or another password, while bcrypt was at work
    strike_out(session, attempt)
    return Proven(person.id, person.email, person.must_change_password)


def prove_again(session: Session, principal: Principal, digest: str, password: str, field_name: str) -> Proven:
    """Like prove, for who is signed in: counted by session, so that strangers' failures can't stand in the way."""
    email = own_person(session, principal).email
    counts = [Count(subject_of(session, "session", digest), MAX_FAILURES_BY_BROWSER)]
    return prove(session, email, password, counts, wrong=Invalid(WRONG_PASSWORD, field_name))


def own_person(session: Session, principal: Principal) -> Person:
    person = session.get(Person, int(principal.id))
    if person is None:
        raise NotFound("This account was deleted.")
    return person


def normal_email(email: str) -> str:
    """As it is stored: without blanks around it, in lower case."""
    return email.strip().lower()
