"""What keys spent of their points: by UTC day, and by minute of the last hour, to be held against what they have a minute."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Select, func, select

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import require
from portal.db.session import now
from portal.models import ApiKey, ApiKeyDay, ApiKeyMinute

MINUTE, HOUR = timedelta(minutes=1), 60
NUMBERS = ("ok", "denied", "limited", "errors", "points")


@dataclass(frozen=True)
class Day:
    """Requests by how they were answered, and points. `peak`: those of the busiest minute of one key; of several keys, the busiest's."""

    day: date
    ok: int = 0
    denied: int = 0
    limited: int = 0
    errors: int = 0
    points: int = 0
    peak: int = 0


def read_days(
    connection: Connection, principal: Principal, organization_id: int, days: int, key_id: str | None = None, *, at: datetime | None = None
) -> list[Day]:
    """The last days up to a time (now), the oldest first and its own the last, of one key or of all. Raises NotFound, Forbidden."""
    require(principal, Permission.USAGE_READ, organization_id)
    first = (at or now()).date() - timedelta(days=days - 1)
    counted = [func.sum(getattr(ApiKeyDay, name)).label(name) for name in NUMBERS]
    statement = select(ApiKeyDay.day, *counted, func.max(ApiKeyDay.peak).label("peak")).where(ApiKeyDay.day >= first)
    statement = statement.where(ApiKeyDay.api_key_id.in_(keys_of(organization_id, key_id))).group_by(ApiKeyDay.day)
    days_of_use = {day: Day(day, *(int(number or 0) for number in numbers)) for day, *numbers in connection.execute(statement)}
    return [days_of_use.get(day, Day(day)) for day in (first + timedelta(days=number) for number in range(days))]


def read_hour(
    connection: Connection, principal: Principal, organization_id: int, key_id: str | None = None, *, at: datetime | None = None
) -> list[tuple[str, int]]:
    """(minute as 12:30, points) of the 60 minutes up to a time (now), its own the last, of one key or of all together.

    Raises NotFound, Forbidden.
    """
    require(principal, Permission.USAGE_READ, organization_id)
    last = (at or now()).replace(second=0)
    first = last - (HOUR - 1) * MINUTE
    statement = select(ApiKeyMinute.minute, func.sum(ApiKeyMinute.points)).where(ApiKeyMinute.minute >= first)
    statement = statement.where(ApiKeyMinute.api_key_id.in_(keys_of(organization_id, key_id))).group_by(ApiKeyMinute.minute)
    spent: Mapping[datetime, int] = {minute: int(points) for minute, points in connection.execute(statement)}
    minutes = [first + number * MINUTE for number in range(HOUR)]
    return [(f"{minute:%H:%M}", spent.get(minute, 0)) for minute in minutes]


def keys_of(organization_id: int, key_id: str | None) -> Select[str]:
    """The ids of the organization's keys, or the one of them."""
    statement = select(ApiKey.id).where(ApiKey.organization_id == organization_id)
    return statement if key_id is None else statement.where(ApiKey.id == key_id)
