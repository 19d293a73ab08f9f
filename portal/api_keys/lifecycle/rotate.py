"""Rotating a key: a new token for the same key, while the old one still has some time, so that a fleet can follow its first host."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import Enum, StrEnum

from sqlalchemy.orm import Session

from portal.access.key_state import token_works
from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import ConfirmationNeeded, begin
from portal.api_keys.difference import is_later
from portal.api_keys.lifecycle.create import add_token
from portal.api_keys.lifecycle.draft import day_of, end_of, live_key
from portal.api_keys.notices.notices import tell_rotated
from portal.api_keys.policy import check_day, read_policy
from portal.api_keys.token import Token
from portal.api_keys.usage import lock_tokens
from portal.audit import Event, Subject, record
from portal.db.session import lock, now
from portal.errors import Conflict
from portal.models import ApiKey, ApiKeyToken

MAX_OVERLAP = timedelta(days=30)
ONE_SECOND = timedelta(seconds=1)  # a token works in the second in which it retires, as a key does in its last one


class Same(Enum):
    """Says that the key's last day stays what it is, as None says never."""

    DAY = "the same day"


class Overlap(StrEnum):
    """How long the old token works after the new one's first use."""

    HOUR = "1h"
    DAY = "24h"
    WEEK = "7d"
    NOW = "now"

    @property
    def length(self) -> timedelta:
        return {Overlap.HOUR: timedelta(hours=1), Overlap.DAY: timedelta(days=1), Overlap.WEEK: timedelta(days=7)}.get(self, timedelta(0))


def rotate(
    session: Session,
    principal: Principal,
    organization_id: int,
    key_id: str,
    *,
    seen: str,
    overlap: Overlap = Overlap.DAY,
    expires_on: date | Same | None = Same.DAY,
    changed: int | None = None,
) -> tuple[ApiKey, Token]:
    """The key and its new token. `seen` is the id of its newest token when the admin decided: a newer one is a Conflict.

    At most two tokens work: of three the unused one ends at once, or else the oldest. Raises Conflict for an ended key, too.
    The key's life stays as long as it was, but for an admin who gives it another last day (None: never), which is an edit: `changed` is
    then the key's when they decided, and a newer one a Conflict. Raises Invalid for a day that the organization's policy doesn't allow.
    """
    begin(session, principal, Permission.KEYS_MANAGE, organization_id)
    key = live_key(session, organization_id, key_id)
    at = now()
    if key.expires_at is not None and at > key.expires_at:
        raise Conflict("This API key has expired: extend it first, then rotate it.")
    tokens = session.scalars(lock_tokens(key.id)).all()
    newest = next(token for token in tokens if token.retires_at is None)
    if newest.token_id != seen:
        raise Conflict("This API key was rotated meanwhile. Look at its newest state first.")
    edited = {} if expires_on is Same.DAY else put_last_day(session, principal, key, expires_on, changed)
    leaving = leaving_of(newest, [token for token in tokens if token is not newest and token_works(token.leaked_at, token.retires_at, at)])
    new, _ = replace_token(session, principal, key, tokens, leaving, overlap, edited)
    tell_rotated(session, principal, key, new_id=new.token_id, leaving=leaving)
    return key, new


def replace_token(
    session: Session,
    principal: Principal,
    key: ApiKey,
    tokens: Sequence[ApiKeyToken],
    leaving: ApiKeyToken,
    overlap: Overlap,
    details: Mapping[str, object],
) -> tuple[Token, Sequence[ApiKeyToken]]:
    """Returns the key's new token, and those of its `tokens` that end at once: all that worked but the leaving one, which has some time.

    No token gets more time than it had. `details`: what the audit says besides.
    """
    at = now()
    others = [token for token in tokens if token is not leaving]
    ended = [token for token in others if token.retires_at is None or token_works(token.leaked_at, token.retires_at, at)]
    for token in ended:
        token.retires_at = at - ONE_SECOND
    ends = [at - ONE_SECOND] if overlap is Overlap.NOW else [at + MAX_OVERLAP, *([key.expires_at] if key.expires_at else [])]
    leaving.retires_at = min([*ends, *([leaving.retires_at] if leaving.retires_at else [])])
    leaving.retires_after = int(overlap.length.total_seconds())
    new = add_token(session, key)
    key.changed = lock(session)
    said: dict[str, object] = {"token_id": new.token_id, "replaces": leaving.token_id, "overlap": overlap.value}
    said |= {"ended": [token.token_id for token in ended]} if ended else {}
    event, subject = Event.API_KEY_ROTATED, Subject.of_api_key(key)
    record(session, principal, event, organization_id=key.organization_id, subject=subject, details=said | dict(details))
    session.flush()
    return new, ended


def put_last_day(session: Session, principal: Principal, key: ApiKey, day: date | None, changed: int | None) -> dict[str, object]:
    """What the audit says of it: the day before and the day after; nothing where it is the same one. A later one asks to confirm."""
    if changed is not None and key.changed != changed:
        raise Conflict("Someone else changed this API key meanwhile. Look at its last day again, then choose.", "expires_on")
    before = day_of(key.expires_at)
    if day == before:
        return {}
    check_day(read_policy(session, key.organization_id), day)
    if is_later(day, before) and not principal.confirmed_lately:
        raise ConfirmationNeeded("Confirm who you are: the key will live longer than before.")
    key.expires_at = end_of(day)
    return {"expires_on": [before and before.isoformat(), day and day.isoformat()]}


def leaving_of(newest: ApiKeyToken, older: Sequence[ApiKeyToken]) -> ApiKeyToken:
    """The token that still has some time: a newest one that was never used was lost, so what works goes on working."""
    return older[-1] if older and (newest.first_used_at is None or newest.leaked_at is not None) else newest


def find_older(tokens: Sequence[ApiKeyToken]) -> ApiKeyToken:
    """The token that the newest one replaces and that still works. Raises Conflict where there is none."""
    older = [token for token in tokens if token.retires_at is not None and token_works(token.leaked_at, token.retires_at, now())]
    if not older:
        raise Conflict("This API key has no old token that still works.")
    return older[-1]
