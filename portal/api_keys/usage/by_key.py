"""The keys of an organization with what they were used for in a period: as sums, and day by day for a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, select

from portal.access.key_state import State, states_of_row
from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import require
from portal.api_keys.key import ENDED_STATES
from portal.api_keys.usage.first_use import last_used
from portal.api_keys.usage.periods import Period
from portal.api_keys.usage.points import NUMBERS
from portal.db.session import now
from portal.models import ApiKey, ApiKeyDay, ApiKeyToken
from portal.registry.organizations import Organization

SILENT_AFTER = timedelta(days=30)


class Order(StrEnum):
    """How the keys are sorted: numbers with the most first."""

    ANSWERED = "answered"
    DENIED = "denied"
    LIMITED = "limited"
    ERRORS = "errors"
    POINTS = "points"
    NAME = "name"
    USED = "used"


@dataclass(frozen=True)
class UsedKey:
    """A key with its sums of the period. `states`: what is true of it, its state first."""

    id: str
    name: str
    states: Sequence[State]
    created: datetime
    last_used_at: datetime | None
    ok: int
    denied: int
    limited: int
    errors: int
    points: int

    @property
    def silent(self) -> bool:
        """Whether it could be used and wasn't for 30 days; one that was made since has time."""
        return self.states[0] not in ENDED_STATES and now() - (self.last_used_at or self.created) > SILENT_AFTER


def sums_of(organization_id: int, period: Period) -> Select[Any]:
    """A row for each key, at least one for the organization."""
    newest = (ApiKeyToken.api_key_id == ApiKey.id, ApiKeyToken.retires_at.is_(None))
    facts: tuple[Any, ...] = (
        ApiKey.id,
        ApiKey.name,
        ApiKey.created,
        ApiKey.expires_at,
        ApiKey.disabled_at,
        ApiKey.revoked_at,
        last_used().label("last_used_at"),
        select(func.max(ApiKeyToken.leaked_at)).where(*newest).scalar_subquery().label("leaked_at"),
    )
    place = (Organization.name.label("organization"), Organization.keys_frozen, Organization.status.label("organization_status"))
    sums = [func.coalesce(func.sum(getattr(ApiKeyDay, name)), 0).label(name) for name in NUMBERS]
    return (
        select(*facts, *place, *sums)
        .select_from(Organization)
        .outerjoin(ApiKey, ApiKey.organization_id == Organization.id)
        .outerjoin(ApiKeyDay, and_(ApiKeyDay.api_key_id == ApiKey.id, ApiKeyDay.day >= period.first))
        .where(Organization.id == organization_id)
        .group_by(Organization.id, ApiKey.id)
        .order_by(func.lower(ApiKey.name), ApiKey.id)
    )


def used_key(row: Row[Any]) -> UsedKey:
    states = states_of_row(row, now())
    sums = {name: int(getattr(row, name)) for name in NUMBERS}
    return UsedKey(row.id, row.name, states, row.created, row.last_used_at, **sums)


def ordered(keys: list[UsedKey], order: Order) -> list[UsedKey]:
    """Keys that come by name."""
    if order is Order.NAME:
        return keys
    if order is Order.USED:
        return sorted(keys, key=lambda key: key.last_used_at.timestamp() if key.last_used_at else 0, reverse=True)
    number = "ok" if order is Order.ANSWERED else order.value
    return sorted(keys, key=lambda key: int(getattr(key, number)), reverse=True)


@dataclass(frozen=True)
class KeyDay:
    """A key's use on a day."""

    key_id: str
    name: str
    day: date
    ok: int
    denied: int
    limited: int
    errors: int
    points: int


def read_key_days(connection: Connection, principal: Principal, organization_id: int, period: Period) -> list[KeyDay]:
    """For a file: each key's days on which it was used, by name. Raises NotFound, Forbidden."""
    require(principal, Permission.USAGE_READ, organization_id)
    numbers = (getattr(ApiKeyDay, name) for name in NUMBERS)
    statement = select(ApiKey.id, ApiKey.name, ApiKeyDay.day, *numbers).join(ApiKey, ApiKey.id == ApiKeyDay.api_key_id)
    statement = statement.where(ApiKey.organization_id == organization_id, ApiKeyDay.day >= period.first)
    rows = connection.execute(statement.order_by(func.lower(ApiKey.name), ApiKey.id, ApiKeyDay.day))
    return [KeyDay(*row) for row in rows]
