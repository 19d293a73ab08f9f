"""The one answer to "does this key work now", for requests, pages, commands and reports: as a pure function and as SQL conditions."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_

from portal.access.organizations import organization_is_live
from portal.models import ApiKey, ApiKeyToken
from portal.registry.organizations import Organization
from portal.registry.records import LIVE


class State(StrEnum):
    """A key's state in one word; only an active one works."""

    ACTIVE = "active"
    EXPIRED = "expired"
    DISABLED = "disabled"
    REVOKED = "revoked"
    FROZEN = "frozen"
    LEAKED = "leaked"


def states_of(
    *,
    expires_at: datetime | None,
    disabled_at: datetime | None,
    revoked_at: datetime | None,
    leaked: bool,
    frozen: bool,
    organization_status: str,
    at: datetime,
) -> tuple[State, ...]:
    """Returns all that keeps the key from working at a time, or that it is active; the first is its state.

    `leaked`: the token that is asked about was reported, of a key as a whole its newest one. What no admin can undo comes first, then what
    only another token mends. Nothing else matters of a revoked key.
    """
    if revoked_at is not None:
        return (State.REVOKED,)
    stops = (
        (State.EXPIRED, expires_at is not None and at > expires_at),
        (State.LEAKED, leaked),
        (State.FROZEN, frozen or organization_status != LIVE),
        (State.DISABLED, disabled_at is not None),
    )
    return tuple([state for state, holds in stops if holds]) or (State.ACTIVE,)


def states_of_row(row: Any, at: datetime) -> tuple[State, ...]:
    """Returns the states of a key whose row has the columns of its organization, and `leaked_at` of its newest token, beside its own."""
    return states_of(
        expires_at=row.expires_at,
        disabled_at=row.disabled_at,
        revoked_at=row.revoked_at,
        leaked=row.leaked_at is not None,
        frozen=row.keys_frozen,
        organization_status=row.organization_status,
        at=at,
    )


def token_works(leaked_at: datetime | None, retires_at: datetime | None, at: datetime) -> bool:
    """Whether a token of a key that works does so, too: in its last second it still does."""
    return leaked_at is None and (retires_at is None or at <= retires_at)


def key_is_kept() -> ColumnElement[bool]:
    """The key isn't revoked: an admin can still make it work."""
    return ApiKey.revoked_at.is_(None)


def key_is_live(at: datetime) -> ColumnElement[bool]:
    """The key is neither revoked nor expired at the time; a disabled key is live, and so is a leaked or a frozen one."""
    return and_(key_is_kept(), or_(ApiKey.expires_at.is_(None), ApiKey.expires_at >= at))


def key_is_leaked() -> ColumnElement[bool]:
    """The key's newest token was reported as leaked."""
    return exists().where(ApiKeyToken.api_key_id == ApiKey.id, ApiKeyToken.retires_at.is_(None), ApiKeyToken.leaked_at.is_not(None))


def key_works(at: datetime) -> ColumnElement[bool]:
    """The key's state is active at the time, where its organization is joined."""
    unstopped = (ApiKey.disabled_at.is_(None), Organization.keys_frozen.is_(False), organization_is_live(), ~key_is_leaked())
    return and_(key_is_live(at), *unstopped)
