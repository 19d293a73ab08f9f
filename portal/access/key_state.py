"""The one answer to "does this key work now", for requests, pages, commands and reports: as a pure function and as SQL conditions."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from portal.access.organizations import organization_is_live
from portal.models import ApiKey
from portal.registry.organizations import Organization
from portal.registry.records import LIVE


class State(StrEnum):
    """A key's state in one word; only an active one works."""

    ACTIVE = "active"
    EXPIRED = "expired"
    DISABLED = "disabled"
    REVOKED = "revoked"
    FROZEN = "frozen"


def state_of(
    *,
    expires_at: datetime | None,
    disabled_at: datetime | None,
    revoked_at: datetime | None,
    frozen: bool,
    organization_status: str,
    at: datetime,
) -> State:
    """The state at a time. Revoked and expired are final or lapsed, so they come before what an admin can undo."""
    if revoked_at is not None:
        return State.REVOKED
    if expires_at is not None and at > expires_at:
        return State.EXPIRED
    if frozen or organization_status != LIVE:
        return State.FROZEN
    if disabled_at is not None:
        return State.DISABLED
    return State.ACTIVE


def state_of_row(row: Any, at: datetime) -> State:
    """The state of a key whose row has `keys_frozen` and `organization_status` of its organization beside its own columns."""
    return state_of(
        expires_at=row.expires_at,
        disabled_at=row.disabled_at,
        revoked_at=row.revoked_at,
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
    """The key is neither revoked nor expired at the time; a disabled key is live, and so is a frozen one."""
    return and_(key_is_kept(), or_(ApiKey.expires_at.is_(None), ApiKey.expires_at >= at))


def key_works(at: datetime) -> ColumnElement[bool]:
    """The key's state is active at the time, where its organization is joined."""
    return and_(key_is_live(at), ApiKey.disabled_at.is_(None), Organization.keys_frozen.is_(False), organization_is_live())
