"""Notify addresses: a key names one, which gets mails about it once its reader has agreed. No one gets more than a few mails unasked."""

import hashlib
from datetime import datetime, timedelta

from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.organizations import organization_is_live
from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import begin
from portal.api_keys.notices import texts
from portal.api_keys.notices.notices import Notice, put_letter
from portal.audit import Event, Subject, record
from portal.db.session import lock, now, settings_of
from portal.db.types import TIMESTAMP_FORM
from portal.errors import Conflict, Limited, NotFound
from portal.models import ApiKey, Mail, NotifyAddress
from portal.registry.organizations import Organization

PAUSE_BETWEEN_MAILS, DAY = timedelta(hours=1), timedelta(days=1)
MAX_MAILS_TO_ADDRESS, MAX_MAILS_OF_ORGANIZATION = 3, 20  # mails a day that ask to confirm; those to an address from all organizations
LINK_DAYS = 7
SALT = "notify address"  # what is signed for anything else confirms nothing
BAD_LINK = "This link is wrong or has expired. Ask an admin of the organization to send a new one."


def introduce(session: Session, organization_id: int, email: str) -> None:
    """A key names this address now: unless it has confirmed, it is asked to, or later, where it was asked too often."""
    address = session.get(NotifyAddress, (organization_id, email))
    if address is None:
        address = NotifyAddress(organization_id=organization_id, email=email)
        session.add(address)
    if address.confirmed_at is None and may_ask_at(session, organization_id, email) is None:
        ask(session, organization_id, email)


def ask_again(session: Session, principal: Principal, organization_id: int, key_id: str) -> str:
    """Asks the key's notify address once more, and returns it. Raises Conflict for one that has confirmed, Limited."""
    begin(session, principal, Permission.KEYS_MANAGE, organization_id)
    email = session.scalar(select(ApiKey.notify_email).where(ApiKey.organization_id == organization_id, ApiKey.id == key_id))
    if email is None:
        raise NotFound("There is no such API key.")
    address = session.get(NotifyAddress, (organization_id, email))
    if address is not None and address.confirmed_at is not None:
        raise Conflict("This address has confirmed already.")
    later = may_ask_at(session, organization_id, email)
    if later is not None:
        wait = later - now()
        raise Limited(f"This address got too many e-mails lately. Try again after {texts.moment(later)}.", int(wait.total_seconds()))
    introduce(session, organization_id, email)
    return email


def ask(session: Session, organization_id: int, email: str) -> None:
    organization = texts.owner_of(session.get_one(Organization, organization_id))
    letter = texts.confirm(organization, f"/notify-addresses/{sign(session, organization_id, email)}", LINK_DAYS)
    put_letter(session, Notice.CONFIRM.once(stamp(now())), str(organization_id), organization_id, [email], letter)


def may_ask_at(session: Session, organization_id: int, email: str) -> datetime | None:
    """When the address may be asked; None for now. Two that ask at once hold the same lock, so neither goes past the limit."""
    at = now()
    statement = select(Mail.created, Mail.recipient, Mail.organization_id).order_by(Mail.created)
    of_last_day = (Mail.event >= Notice.CONFIRM.once(stamp(at - DAY)), Mail.event < Notice.CONFIRM.once("~"))
    lately = session.execute(statement.where(*of_last_day)).all()
    to_address = [mail.created for mail in lately if mail.recipient.casefold() == email.casefold()]
    of_organization = [mail.created for mail in lately if mail.organization_id == organization_id]
    ends = [to_address[-1] + PAUSE_BETWEEN_MAILS] if to_address else []
    counted = ((to_address, MAX_MAILS_TO_ADDRESS), (of_organization, MAX_MAILS_OF_ORGANIZATION))
    ends += [times[-most] + DAY for times, most in counted if len(times) >= most]
    return max((end for end in ends if end > at), default=None)


def read_link(session: Session, value: str) -> tuple[NotifyAddress, Organization]:
    """What a link is about. Raises NotFound, with the same words whatever is wrong with it."""
    try:
        organization_id, fingerprint = signer(session).loads(value, max_age=int(timedelta(days=LINK_DAYS).total_seconds()))
    except BadData:
        raise NotFound(BAD_LINK) from None
    statement = select(NotifyAddress, Organization).join(Organization, Organization.id == NotifyAddress.organization_id)
    for address, organization in session.execute(statement.where(Organization.id == organization_id, organization_is_live())):
        if fingerprint_of(address.email) == fingerprint:
            return address, organization
    raise NotFound(BAD_LINK)


def confirm(session: Session, principal: Principal, value: str) -> tuple[NotifyAddress, Organization]:
    """Confirms the address for anyone who has the link. Another click changes nothing."""
    address, organization = read_link(session, value)
    if address.confirmed_at is not None:
        return address, organization
    lock(session)
    address, organization = read_link(session, value)
    if address.confirmed_at is None:
        address.confirmed_at = now()
        record(
            session,
            principal,
            Event.NOTIFY_ADDRESS_CONFIRMED,
            organization_id=organization.id,
            subject=Subject.of_organization(organization),
        )
        session.flush()
    return address, organization


def sign(session: Session, organization_id: int, email: str) -> str:
    """Without the address itself, which would stand in the logs of every server on the way."""
    return str(signer(session).dumps([organization_id, fingerprint_of(email)]))


def signer(session: Session) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings_of(session).secret_key, salt=SALT)


def fingerprint_of(email: str) -> str:
    return hashlib.sha256(email.encode()).hexdigest()[:32]


def stamp(at: datetime) -> str:
    return at.strftime(TIMESTAMP_FORM)
