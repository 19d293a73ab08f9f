"""How one key was used: by day, by operation, from where, and what it was refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, desc, func, select

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import require
from portal.access.token_refusals import Reason
from portal.api_keys.usage.periods import Period
from portal.api_keys.usage.points import Day, read_days
from portal.errors import NotFound
from portal.models import ApiKey, ApiKeyMissingScope, ApiKeyOperation, ApiKeySource, Refusal

MAX_LINES = 50  # of operations and refusals on a page


@dataclass(frozen=True)
class OperationUse:
    """What was asked under a name ("" without one); `failed`: requests that weren't answered in full."""

    name: str
    requests: int
    failed: int
    points: int


@dataclass(frozen=True)
class Source:
    """From where a key was used."""

    address: str
    user_agent: str
    first: datetime
    last: datetime


@dataclass(frozen=True)
class RefusedHour:
    """Tokens that were refused in the hour that begins at `hour`."""

    hour: datetime
    reason: Reason
    address: str
    requests: int


@dataclass(frozen=True)
class KeyUse:
    """`days`: of the longest period, the oldest first, today last; the rest is of the chosen period, the most frequent first.

    `lacked`: scope → requests that were refused for it. `refusals`: the newest first; None for who may not know them.
    """

    period: Period
    days: Sequence[Day]
    operations: Sequence[OperationUse]
    lacked: dict[str, int]
    sources: Sequence[Source]
    refusals: Sequence[RefusedHour] | None

    @property
    def shown(self) -> Sequence[Day]:
        """The days of the chosen period."""
        return self.days[-self.period.days :]

    @property
    def counted(self) -> bool:
        """Whether any request with the key has been written down."""
        return bool(self.sources) or any(day.ok or day.denied or day.limited or day.errors for day in self.days)

    def total(self, days: int, name: str) -> int:
        return sum(getattr(day, name) for day in self.days[-days:])


def read_key_use(connection: Connection, principal: Principal, organization_id: int, key_id: str, period: Period) -> KeyUse:
    """By five statements. Raises Forbidden, and NotFound for another organization's key."""
    require(principal, Permission.USAGE_READ, organization_id)
    if not connection.scalar(select(ApiKey.id).where(ApiKey.id == key_id, ApiKey.organization_id == organization_id)):
        raise NotFound("There is no such API key.")
    manages = principal.may(Permission.KEYS_MANAGE, organization_id)
    return KeyUse(
        period=period,
        days=read_days(connection, principal, organization_id, days=Period.QUARTER.days, key_id=key_id),
        operations=read_operations(connection, key_id, period),
        lacked=read_lacked(connection, key_id, period),
        sources=read_sources(connection, key_id),
        refusals=read_refusals(connection, key_id, period) if manages else None,
    )


def read_operations(connection: Connection, key_id: str, period: Period) -> list[OperationUse]:
    requests, failed, points = (func.sum(getattr(ApiKeyOperation, name)) for name in ("requests", "failed", "points"))
    statement = select(ApiKeyOperation.name, requests, failed, points)
    statement = statement.where(ApiKeyOperation.api_key_id == key_id, ApiKeyOperation.day >= period.first)
    rows = connection.execute(statement.group_by(ApiKeyOperation.name).order_by(desc(requests), ApiKeyOperation.name).limit(MAX_LINES))
    return [OperationUse(name, *map(int, numbers)) for name, *numbers in rows]


def read_lacked(connection: Connection, key_id: str, period: Period) -> dict[str, int]:
    requests, scope = func.sum(ApiKeyMissingScope.requests), ApiKeyMissingScope.scope
    statement = select(scope, requests).where(ApiKeyMissingScope.api_key_id == key_id, ApiKeyMissingScope.day >= period.first)
    return {name: int(number) for name, number in connection.execute(statement.group_by(scope).order_by(desc(requests), scope))}


def read_sources(connection: Connection, key_id: str) -> list[Source]:
    columns = (ApiKeySource.address, ApiKeySource.user_agent, ApiKeySource.first_used_at, ApiKeySource.last_used_at)
    statement = select(*columns).where(ApiKeySource.api_key_id == key_id)
    return [Source(*row) for row in connection.execute(statement.order_by(ApiKeySource.last_used_at.desc(), ApiKeySource.address))]


def read_refusals(connection: Connection, key_id: str, period: Period) -> list[RefusedHour]:
    columns = (Refusal.hour, Refusal.reason, Refusal.address, Refusal.requests)
    statement = select(*columns).where(Refusal.api_key_id == key_id, Refusal.hour >= period.begins)
    rows = connection.execute(statement.order_by(Refusal.hour.desc(), Refusal.requests.desc(), Refusal.address).limit(MAX_LINES))
    return [RefusedHour(hour, Reason(reason), address, requests) for hour, reason, address, requests in rows]
