"""What an admin says about a key: checked and put into its row, whether the key is new or edited."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from portal.access.key_state import key_is_kept
from portal.access.permissions import Permission
from portal.api_keys.address_list import normal_blocks
from portal.api_keys.difference import Terms
from portal.api_keys.grants import check_grants, describe_grants, grants_of, store_grants
from portal.api_keys.policy import KeyPolicy, check_addresses, check_points, check_self_rotation
from portal.email_addresses import check_email
from portal.errors import Conflict, Invalid, NotFound
from portal.models import ApiKey, ApiKeyGrant

MAX_NAME_CHARACTERS, MAX_NOTE_CHARACTERS = 100, 1000


HIDDEN = {"Cc", "Cf", "Cs"}  # Unicode's categories of characters that show nothing, or turn what follows around


LOADED = (selectinload(ApiKey.grants).selectinload(ApiKeyGrant.objects), selectinload(ApiKey.tokens))


JOINERS = str.maketrans("", "", "\u200c\u200d")  # Persian and emoji are written with them


@dataclass(frozen=True)
class Draft:
    """What an admin says about a key. `expires_on` is the last UTC day it works, None: it never expires.

    `grants`: permission → object ids, None for all. `addresses`: blocks it may be used from, none: from anywhere. `points`: a minute,
    None: as many as the organization's keys may have.
    """

    name: str
    notify_email: str
    expires_on: date | None
    note: str = ""
    grants: Mapping[Permission, frozenset[int] | None] = field(default_factory=dict)
    addresses: Sequence[str] = ()
    points: int | None = None


def live_key(session: Session, organization_id: int, key_id: str) -> ApiKey:
    """The organization's key, for changing it. Raises NotFound for another organization's, Conflict for a revoked one."""
    where = (ApiKey.organization_id == organization_id, ApiKey.id == key_id)
    key = session.scalars(select(ApiKey).options(*LOADED).where(*where)).one_or_none()
    if key is None:
        raise NotFound("There is no such API key.")
    if key.revoked_at is not None:
        raise Conflict("This API key is revoked: it can't be changed any more.")
    return key


def describe(session: Session, key: ApiKey, draft: Draft, policy: KeyPolicy) -> None:
    """Checks the draft and writes it onto the key, all but the expiry.

    What the policy asks of addresses and points is asked when they change: it never blocks an edit of something else.
    """
    name = " ".join(draft.name.split())
    if not 1 <= len(name) <= MAX_NAME_CHARACTERS:
        raise Invalid(f"Give the key a name of 1 to {MAX_NAME_CHARACTERS} characters.", "name")
    check_visible(name)
    if len(draft.note) > MAX_NOTE_CHARACTERS:
        raise Invalid(f"A note has at most {MAX_NOTE_CHARACTERS} characters.", "note")
    check_name_is_free(session, key, name)
    check_grants(session, key.organization_id, draft.grants)
    key.name, key.note = name, draft.note.strip()
    key.notify_email = check_email(draft.notify_email, "notify_email")
    blocks = normal_blocks(draft.addresses)
    if key not in session or blocks != key.addresses:
        check_addresses(policy, blocks)
        key.addresses = blocks
    if draft.points != key.points:
        check_points(policy, draft.points)
        key.points = draft.points
    if grants_of(key) != dict(draft.grants):
        check_self_rotation(policy, grants_of(key), draft.grants)
        store_grants(session, key, draft.grants)


def check_visible(name: str) -> None:
    """Raises Invalid for a name that looks like another one, like none at all, or that a terminal would obey."""
    letters = name.translate(JOINERS)
    if not letters or any(unicodedata.category(letter) in HIDDEN for letter in letters):
        raise Invalid("A name can't hold characters that are invisible.", "name")


def check_name_is_free(session: Session, key: ApiKey, name: str) -> None:
    taken = select(ApiKey.id).where(ApiKey.organization_id == key.organization_id, ApiKey.name == name, key_is_kept(), ApiKey.id != key.id)
    with session.no_autoflush:
        if session.scalar(taken) is not None:
            raise Conflict("Another API key of this organization has this name.", "name")


def end_of(day: date | None) -> datetime | None:
    """The last second of the UTC day."""
    return datetime.combine(day, time(23, 59, 59), UTC) if day else None


def day_of(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def terms_of(key: ApiKey) -> Terms:
    return Terms(day_of(key.expires_at), grants_of(key), key.addresses, key.points)


def terms_of_draft(draft: Draft) -> Terms:
    """Raises Invalid for what is no address block."""
    return Terms(draft.expires_on, draft.grants, normal_blocks(draft.addresses), draft.points)


def facts(key: ApiKey) -> dict[str, object]:
    """What the audit compares when a key is edited."""
    return {
        "name": key.name,
        "note": key.note,
        "notify_email": key.notify_email,
        "expires_on": key.expires_at.date().isoformat() if key.expires_at else None,
        "grants": describe_grants(grants_of(key)),
        "addresses": list(key.addresses),
        "points": key.points,
    }
