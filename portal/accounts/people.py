"""People's accounts: made, deleted, given a new password. Keys and audit don't hang on them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import ConfirmationNeeded, require
from portal.accounts.attempts import forget_failures
from portal.accounts.members import remove_membership
from portal.accounts.passwords import check_new, hash_password, is_right, make_password
from portal.accounts.sessions import end_sessions
from portal.accounts.sign_in import normal_email
from portal.audit import Event, Subject, record
from portal.db.session import lock
from portal.email_addresses import check_email
from portal.errors import Conflict, Invalid, NotFound
from portal.models import Membership, Person

MAX_NAME_CHARACTERS = 100


def create_person(
    session: Session,
    principal: Principal,
    *,
    email: str,
    name: str,
    password: str,
    must_change_password: bool = True,
    operator: bool = False,
) -> Person:
    """The new account, for an operator. Raises Invalid on email, name or password, Conflict for an e-mail address that has an account."""
    require(principal, Permission.REGISTRY_OPERATE)
    email, name = normal_email(check_email(email, "email")), " ".join(name.split())
    if not 1 <= len(name) <= MAX_NAME_CHARACTERS:
        raise Invalid(f"A name has 1 to {MAX_NAME_CHARACTERS} characters.", "name")
    check_new(password, "password", email=email)
    stored = hash_password(password)
    lock(session)
    if session.scalar(select(Person.id).where(Person.email == email)) is not None:
        raise Conflict("This e-mail address has an account already.", "email")
    person = Person(email=email, name=name, password_digest=stored, must_change_password=must_change_password, operator=operator)
    session.add(person)
    session.flush()
    record(session, principal, Event.PERSON_CREATED, organization_id=None, subject=Subject.of_person(person))
    return person


def reset_password(session: Session, principal: Principal, email: str, *, given: str | None = None) -> str:
    """The given password, or a random one that must be changed at the first sign-in; ends the person's sessions. For an operator.

    Raises NotFound, and Invalid on password for a given one that isn't good enough.
    """
    require(principal, Permission.REGISTRY_OPERATE)
    password = make_password() if given is None else given
    check_new(password, "password", email=normal_email(email))
    replaced = find_person(session, email).password_digest
    session.rollback()  # bcrypt runs outside of transactions
    if given is not None and is_right(given, replaced):
        raise Invalid("This is the password that the person has now. Choose another one.", "password")
    stored = hash_password(password)
    lock(session)
    person = find_person(session, email)
    person.password_digest, person.must_change_password = stored, given is None
    end_sessions(session, person.id)
    forget_failures(session, person.email)
    record(session, principal, Event.PERSON_PASSWORD_RESET, organization_id=None, subject=Subject.of_person(person))
    return password


def find_person(session: Session, email: str) -> Person:
    """The account of this e-mail address, for the command line. Raises NotFound."""
    person = session.scalars(select(Person).where(Person.email == normal_email(email))).one_or_none()
    if person is None:
        raise NotFound("No account has this e-mail address.")
    return person


def delete_person(session: Session, principal: Principal, person_id: int) -> None:
    """Deletes the account with its memberships and sessions; the keys it issued and the audit stay as they are.

    For an operator, or the person, once confirmed. Raises NotFound, Conflict for an organization's last admin.
    """
    if principal.id != str(person_id):
        require(principal, Permission.REGISTRY_OPERATE)
    elif not principal.confirmed:
        raise ConfirmationNeeded("Confirm who you are first.")
    lock(session)
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("There is no such account.")
    for membership in session.scalars(select(Membership).where(Membership.person_id == person_id)).all():
        remove_membership(session, principal, membership, person)
    record(session, principal, Event.PERSON_DELETED, organization_id=None, subject=Subject.of_person(person))
    session.delete(person)
    session.flush()
