"""Who gets a mail about an organization's API keys: each act puts its mails in its own transaction, once for each recipient."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.organizations import admin_emails
from portal.access.principal import Principal
from portal.api_keys.notices import texts
from portal.api_keys.notices.texts import Letter, Owner, owner_of
from portal.db.session import lock
from portal.mails.outbox import put
from portal.models import ApiKey, ApiKeyToken, Mail, NotifyAddress
from portal.registry.organizations import Organization


class Notice(StrEnum):
    """What is told. The event of a mail is this word and, where it can happen again, what tells one time from another."""

    ISSUED = "api_key.issued"
    ROTATED = "api_key.rotated"
    ROTATION_REFUSED = "api_key.rotation_refused"
    RETIRED = "api_key.token_retired"
    REVOKED = "api_key.revoked"
    LEAKED = "api_key.leaked"
    CAME_BACK = "api_key.token_came_back"
    EXPIRING = "api_key.expiring"
    UNUSED = "api_key.unused"
    POLICY_CHANGED = "policy.changed"
    CONFIRM = "notify_address.confirm"

    def once(self, which: object) -> str:
        return f"{self} {which}"


def tell_issued(session: Session, principal: Principal, key: ApiKey) -> None:
    tell(session, Notice.ISSUED, key, texts.issued(key, organization_of(session, key), by(principal)))


def tell_rotated(session: Session, principal: Principal, key: ApiKey, *, new_id: str, leaving: ApiKeyToken) -> None:
    """`new_id`: the id of the new token, `leaving`: the token that it replaces."""
    tell(session, Notice.ROTATED.once(new_id), key, texts.rotated(key, organization_of(session, key), by(principal), new_id, leaving))


def tell_rotated_itself(
    session: Session, principal: Principal, key: ApiKey, *, new_id: str, leaving: ApiKeyToken, ended: Sequence[ApiKeyToken]
) -> None:
    """`leaving`: the token that it did so with. `ended`: those that stopped at once."""
    letter = texts.rotated_itself(key, organization_of(session, key), new_id, leaving, ended, principal.address)
    tell(session, Notice.ROTATED.once(new_id), key, letter)


def tell_rotation_refused(session: Session, key: ApiKey, token: ApiKeyToken, address: str) -> None:
    """`token`: an old one, with which a request from the address tried to rotate the key."""
    letter = texts.rotation_refused(key, organization_of(session, key), token, address)
    tell(session, Notice.ROTATION_REFUSED.once(token.token_id), key, letter)


def is_told(session: Session, event: str) -> bool:
    """Whether there is a mail about the event."""
    return session.scalar(select(Mail.id).where(Mail.event == event).limit(1)) is not None


def tell_retired(session: Session, principal: Principal, key: ApiKey, token: ApiKeyToken) -> None:
    """`token`: the old one, which was said to work for longer."""
    tell(session, Notice.RETIRED.once(token.token_id), key, texts.retired(key, organization_of(session, key), by(principal), token))


def tell_revoked(session: Session, principal: Principal, keys: Sequence[ApiKey]) -> None:
    """One key, or several of an organization that one act revoked: each reader gets one mail, about the keys that are theirs to know of."""
    if len(keys) == 1:
        tell(session, Notice.REVOKED, keys[0], texts.revoked(keys[0], organization_of(session, keys[0]), by(principal)))
    elif keys:
        tell_several_revoked(session, principal, keys)


def tell_several_revoked(session: Session, principal: Principal, keys: Sequence[ApiKey]) -> None:
    organization, admins = organization_of(session, keys[0]), admin_emails(session, keys[0].organization_id)
    admin_addresses = {email.casefold() for email in admins}

    def tell_readers(readers: Iterable[str], theirs: Sequence[ApiKey]) -> None:
        letter, event = texts.several_revoked(theirs, organization, by(principal)), Notice.REVOKED.once(lock(session))
        put_letter(session, event, str(organization.id), organization.id, readers, letter)

    tell_readers(admins, keys)
    for email in sorted({key.notify_email for key in keys}):
        readers = [reader for reader in confirmed(session, organization.id, email) if reader.casefold() not in admin_addresses]
        tell_readers(readers, [key for key in keys if key.notify_email == email])


def tell_leaked(session: Session, key: ApiKey, token: ApiKeyToken, address: str) -> None:
    """`address`: from where the token was reported."""
    tell(session, Notice.LEAKED.once(token.token_id), key, texts.leaked(key, organization_of(session, key), token, address))


def token_came_back(session: Session, key_id: str, token_id: str, address: str) -> None:
    """A token that has retired was sent again, from this address. Once for each token; nothing where there is no such key any more."""
    key = session.get(ApiKey, key_id)
    if key is not None and key.revoked_at is None:
        tell(session, Notice.CAME_BACK.once(token_id), key, texts.came_back(key, organization_of(session, key), token_id, address))


def tell_policy_changed(
    session: Session, principal: Principal, organization: Organization, version: int, changes: Mapping[str, int | None]
) -> None:
    """To the admins. `version`: the registry's, in which it was changed; `changes`: by a policy's names, what holds now."""
    letter = texts.policy_changed(owner_of(organization), by(principal), changes)
    event, readers = Notice.POLICY_CHANGED.once(version), admin_emails(session, organization.id)
    put_letter(session, event, str(organization.id), organization.id, readers, letter)


def tell(session: Session, event: str, key: ApiKey, letter: Letter) -> list[str]:
    """To the key's notify address, once it has confirmed, and to all admins; returns who gets it who didn't before."""
    return put_letter(session, event, key.id, key.organization_id, readers_of(session, key.organization_id, key.notify_email), letter)


def readers_of(session: Session, organization_id: int, notify_email: str) -> list[str]:
    return [*confirmed(session, organization_id, notify_email), *admin_emails(session, organization_id)]


def put_letter(session: Session, event: str, about: str, organization_id: int, recipients: Iterable[str], letter: Letter) -> list[str]:
    """Once for each address, however its letters are written."""
    addresses = {email.casefold(): email for email in recipients}
    return put(
        session,
        event=event,
        about=about,
        organization_id=organization_id,
        recipients=addresses.values(),
        subject=letter.subject,
        text=letter.text,
    )


def confirmed(session: Session, organization_id: int, notify_email: str) -> Sequence[str]:
    """Returns the notify address if its reader has agreed."""
    where = (NotifyAddress.organization_id == organization_id, NotifyAddress.email == notify_email)
    return session.scalars(select(NotifyAddress.email).where(*where, NotifyAddress.confirmed_at.is_not(None))).all()


def organization_of(session: Session, key: ApiKey) -> Owner:
    return owner_of(session.get_one(Organization, key.organization_id))


def by(principal: Principal) -> str:
    """Who did it, as a sentence begins."""
    return "The portal's operator" if principal.command_line else principal.name
