"""A key that rotates itself: it gets a new token by a request with its newest one, and nothing else about it changes.

An older token that still works can't do so, because whoever found it would win the key; only an answer that was lost can be asked for
again, for a short time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.permissions import Permission
from portal.access.principal import Kind, Principal
from portal.access.require import begin, require
from portal.api_keys.lifecycle.draft import live_key
from portal.api_keys.lifecycle.rotate import Overlap, replace_token
from portal.api_keys.notices.notices import Notice, is_told, tell_rotated_itself, tell_rotation_refused
from portal.api_keys.policy import read_policy
from portal.api_keys.token import Token
from portal.api_keys.usage import lock_tokens
from portal.db.session import begin_writing, now
from portal.errors import Conflict, Forbidden, Invalid, Limited
from portal.models import ApiKey, ApiKeyToken

RETRY_WITHIN = timedelta(minutes=10)
HOUR = timedelta(hours=1)
MAX_ROTATIONS_AN_HOUR = 6


class RotatedMeanwhile(Conflict):
    """Another request with the same token was faster. Repeated, this one is judged by what that one has done."""

    retry_after: int | None = 5


class Replaced(Conflict):
    """The calling token isn't the newest one, and no answer to it was lost."""


@dataclass(frozen=True)
class SelfRotation:
    """The key, its new token, and the one that the request came with."""

    key: ApiKey
    token: Token
    leaving: ApiKeyToken


def rotate_self(session: Session, principal: Principal, overlap: Overlap = Overlap.DAY) -> SelfRotation:
    """Gives the calling key a new token, while the calling one still has some time. At most two work: any others end at once.

    Raises what begin() does, Forbidden where the organization's policy says so, Replaced, RotatedMeanwhile, Limited.
    """
    if principal.kind is not Kind.KEY or not principal.token_id:
        raise Forbidden("Only an API key can rotate itself, by a request with its own token.")
    if overlap is Overlap.NOW:
        raise Invalid("A key can't stop its own token at once: were the answer lost, no token would work.", "overlap")
    organization_id = cast(int, principal.organization_id)
    tokens = select(ApiKeyToken).where(ApiKeyToken.api_key_id == principal.id)
    seen = check(session, principal, organization_id, session.scalars(tokens).all())  # what is refused takes no lock
    begin(session, principal, Permission.KEYS_ROTATE_SELF, organization_id)
    key = live_key(session, organization_id, principal.id)
    locked = session.scalars(lock_tokens(key.id)).all()
    if newest_of(locked).token_id != seen:
        raise RotatedMeanwhile("Another request rotated this API key meanwhile.")
    check(session, principal, organization_id, locked)
    return hand_over(session, principal, key, locked, overlap)


def hand_over(session: Session, principal: Principal, key: ApiKey, tokens: Sequence[ApiKeyToken], overlap: Overlap) -> SelfRotation:
    leaving = calling_of(tokens, principal)
    again, had = leaving.retires_at is not None, leaving.retires_after
    leaving.first_used_at = leaving.first_used_at or now()
    token, ended = replace_token(session, principal, key, tokens, leaving, overlap, {"again": True} if again else {})
    if had is not None:
        leaving.retires_after = min(had, int(overlap.length.total_seconds()))
    key.tokens[-1].made_with = leaving.token_id
    session.flush()
    tell_rotated_itself(session, principal, key, new_id=token.token_id, leaving=leaving, ended=ended)
    return SelfRotation(key, token, leaving)


def check(session: Session, principal: Principal, organization_id: int, tokens: Sequence[ApiKeyToken]) -> str:
    """Returns the id of the key's newest token. Raises what refuses the rotation."""
    require(principal, Permission.KEYS_ROTATE_SELF, organization_id)
    if not read_policy(session, organization_id).self_rotation_allowed:
        raise Forbidden("The policy of this API key's organization doesn't allow keys to rotate themselves. An admin can rotate the key.")
    newest, at = newest_of(tokens), now()
    if newest.token_id != principal.token_id and not is_lost(newest, calling_of(tokens, principal), tokens, at):
        raise Replaced("This token was replaced by a newer one of the same API key, and only the newest can rotate the key.")
    check_rate(tokens, at)
    return newest.token_id


def newest_of(tokens: Sequence[ApiKeyToken]) -> ApiKeyToken:
    return next(token for token in tokens if token.retires_at is None)


def calling_of(tokens: Sequence[ApiKeyToken], principal: Principal) -> ApiKeyToken:
    return next(token for token in tokens if token.token_id == principal.token_id)


def is_lost(newest: ApiKeyToken, calling: ApiKeyToken, tokens: Sequence[ApiKeyToken], at: datetime) -> bool:
    """Whether the newest token was made by the calling one, for the first time only just now, and nobody has used or reported it.

    Asking again doesn't make this time longer.
    """
    if newest.made_with != calling.token_id or newest.first_used_at or newest.last_used_at or newest.leaked_at:
        return False
    first = min(token.created for token in tokens if token.made_with == calling.token_id)
    return at - first <= RETRY_WITHIN


def check_rate(tokens: Sequence[ApiKeyToken], at: datetime) -> None:
    """Raises Limited after six rotations by the key itself in an hour."""
    times = sorted(token.created for token in tokens if token.made_with is not None and at - token.created < HOUR)
    if len(times) >= MAX_ROTATIONS_AN_HOUR:
        wait = int((times[-MAX_ROTATIONS_AN_HOUR] + HOUR - at).total_seconds())
        raise Limited(f"This API key has rotated itself {len(times)} times in the last hour. Try again in {wait} s.", wait)


def tell_replaced(session: Session, principal: Principal) -> None:
    """Tells the organization, once for each token, that a replaced one tried to rotate the key: a program is late, or someone found it."""
    if is_told(session, Notice.ROTATION_REFUSED.once(principal.token_id)):
        return
    begin_writing(session)
    key, token = session.get_one(ApiKey, principal.id), session.get_one(ApiKeyToken, principal.token_id)
    tell_rotation_refused(session, key, token, principal.address)
