"""What time makes due: keys that expire in 30, 7 and 1 days, and keys that weren't used for as long as the policy says."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from portal.access.key_state import key_is_live, key_works
from portal.access.organizations import organization_is_live
from portal.api_keys.notices import texts
from portal.api_keys.notices.notices import Notice, put_letter, readers_of
from portal.api_keys.notices.texts import Letter, owner_of
from portal.api_keys.policy import KeyPolicy
from portal.db.session import begin_writing, now
from portal.db.types import TIMESTAMP_FORM
from portal.models import ApiKey, ApiKeyPolicy, Mail
from portal.registry.organizations import Organization

STAGES = (1, 7, 30)  # days before a key's last one


@dataclass(frozen=True)
class Due:
    """A notice about a key that wasn't sent to anyone yet."""

    event: str
    key_id: str
    name: str
    organization_id: int
    notify_email: str
    letter: Letter


def find_due(session: Session) -> list[Due]:
    """Each once: of several stages that a key has passed unnoticed, the latest."""
    noticed = read_noticed(session, Notice.EXPIRING) | read_noticed(session, Notice.UNUSED)
    return [due for due in (*expiring(session), *unused(session)) if (due.event, due.key_id) not in noticed]


def read_noticed(session: Session, notice: Notice) -> set[tuple[str, str]]:
    """The events of this kind that were told of, and of which key."""
    statement = select(Mail.event, Mail.about).where(Mail.event >= notice.once(""), Mail.event < notice.once("~")).distinct()
    return {(event, about) for event, about in session.execute(statement)}


def expiring(session: Session) -> Iterator[Due]:
    """A key that was made to live no longer than a stage needn't be told of then: its maker just chose the day."""
    at = now()
    soon = at + timedelta(days=max(STAGES) + 1)
    statement = with_policy().where(key_is_live(at), organization_is_live(), ApiKey.expires_at < soon)
    for key, organization, _, _ in session.execute(statement.order_by(ApiKey.expires_at, ApiKey.id)):
        assert key.expires_at is not None
        last = key.expires_at.date()
        days = (last - at.date()).days
        stage = next((stage for stage in STAGES if days <= stage), None)
        if stage is not None and (last - key.created.date()).days > stage:
            yield due(Notice.EXPIRING.once(f"{last} {stage}"), key, texts.expiring(key, owner_of(organization), last, days))


def unused(session: Session) -> Iterator[Due]:
    """Once until it is used again. Only keys that work: a stopped one isn't used for a reason that its admins know."""
    at = now()
    since = func.coalesce(ApiKey.last_used_at, ApiKey.created)
    for key, organization, owner, days in session.execute(
        with_policy().where(key_works(at), since < at - timedelta(days=1)).order_by(ApiKey.id)
    ):
        days = days if owner is not None else KeyPolicy().unused_days
        last = key.last_used_at or key.created
        if days is not None and at - last >= timedelta(days=days):
            yield due(Notice.UNUSED.once(last.strftime(TIMESTAMP_FORM)), key, texts.unused(key, owner_of(organization), days))


def with_policy() -> Select[ApiKey, Organization, int | None, int | None]:
    """Keys and their organizations with their policy's days."""
    statement = select(ApiKey, Organization, ApiKeyPolicy.organization_id, ApiKeyPolicy.unused_days)
    statement = statement.join(Organization, Organization.id == ApiKey.organization_id)
    return statement.outerjoin(ApiKeyPolicy, ApiKeyPolicy.organization_id == ApiKey.organization_id)


def due(event: str, key: ApiKey, letter: Letter) -> Due:
    return Due(event, key.id, key.name, key.organization_id, key.notify_email, letter)


def put_due(session: Session) -> list[Due]:
    """Puts the mails, and returns what they are about; two that do so at once put each once. Takes no version of the registry."""
    notices = find_due(session)
    begin_writing(session)
    return [notice for notice in notices if put_one(session, notice)]


def put_one(session: Session, notice: Due) -> list[str]:
    readers = readers_of(session, notice.organization_id, notice.notify_email)
    return put_letter(session, notice.event, notice.key_id, notice.organization_id, readers, notice.letter)
