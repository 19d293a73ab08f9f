"""How an organization's keys were used in a period: each of them, what they asked, by which programs, and what was refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, desc, func, select

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import require
from portal.access.token_refusals import Reason
from portal.api_keys.page import PAGE_SIZE, cut_page
from portal.api_keys.usage.by_key import Order, UsedKey, ordered, sums_of, used_key
from portal.api_keys.usage.periods import Period
from portal.api_keys.usage.points import Day, read_days
from portal.errors import NotFound
from portal.models import ApiKey, ApiKeyOperation, ApiKeySource, Refusal

MAX_LINES, MAX_REFUSALS = 20, 50


@dataclass(frozen=True)
class NamedUse:
    """What was asked under an operation's name by `keys` different keys."""

    name: str
    keys: int
    requests: int
    failed: int
    points: int


@dataclass(frozen=True)
class Client:
    """A program, as it names itself, that is among the last five of `keys` keys."""

    user_agent: str
    keys: int
    last: datetime


@dataclass(frozen=True)
class RefusedUse:
    """Refused tokens of a key; `last`: the beginning of the last hour in which it happened."""

    key_id: str
    key: str
    reason: Reason
    address: str
    requests: int
    last: datetime


@dataclass(frozen=True)
class OrganizationUse:
    """`keys`: a page of them from `first` on, of `total`; `silent`: all that weren't used for 30 days.

    `refusals`: None for members who may not know them.
    """

    organization: str
    days: Sequence[Day]
    keys: Sequence[UsedKey]
    first: int
    total: int
    size: int
    silent: Sequence[UsedKey]
    operations: Sequence[NamedUse]
    clients: Sequence[Client]
    refusals: Sequence[RefusedUse] | None


def read_organization_use(
    connection: Connection, principal: Principal, organization_id: int, period: Period, order: Order = Order.ANSWERED, page: int = 1
) -> OrganizationUse:
    """By five statements whatever the number of keys. Raises NotFound, Forbidden."""
    require(principal, Permission.USAGE_READ, organization_id)
    rows = connection.execute(sums_of(organization_id, period)).all()
    if not rows:
        raise NotFound("There is nothing here.")
    keys = ordered([used_key(row) for row in rows if row.id is not None], order)
    first, on_page = cut_page(keys, page)
    manages = principal.may(Permission.KEYS_MANAGE, organization_id)
    return OrganizationUse(
        organization=rows[0].organization,
        days=read_days(connection, principal, organization_id, days=period.days),
        keys=on_page,
        first=first,
        total=len(keys),
        size=PAGE_SIZE,
        silent=sorted((key for key in keys if key.silent), key=lambda key: key.last_used_at or key.created),
        operations=read_operations(connection, organization_id, period),
        clients=read_clients(connection, organization_id, period),
        refusals=read_refusals(connection, organization_id, period) if manages else None,
    )


def read_operations(connection: Connection, organization_id: int, period: Period) -> list[NamedUse]:
    keys = func.count(ApiKeyOperation.api_key_id.distinct())
    requests, failed, points = (func.sum(getattr(ApiKeyOperation, name)) for name in ("requests", "failed", "points"))
    statement = (
        select(ApiKeyOperation.name, keys, requests, failed, points)
        .join(ApiKey, ApiKey.id == ApiKeyOperation.api_key_id)
        .where(ApiKey.organization_id == organization_id, ApiKeyOperation.day >= period.first)
        .group_by(ApiKeyOperation.name)
        .order_by(desc(requests), ApiKeyOperation.name)
        .limit(MAX_LINES)
    )
    return [NamedUse(name, *map(int, numbers)) for name, *numbers in connection.execute(statement)]


def read_clients(connection: Connection, organization_id: int, period: Period) -> list[Client]:
    keys, last = func.count(ApiKeySource.api_key_id.distinct()), func.max(ApiKeySource.last_used_at, type_=ApiKeySource.last_used_at.type)
    statement = (
        select(ApiKeySource.user_agent, keys, last)
        .join(ApiKey, ApiKey.id == ApiKeySource.api_key_id)
        .where(ApiKey.organization_id == organization_id, ApiKeySource.last_used_at >= period.begins)
        .group_by(ApiKeySource.user_agent)
        .order_by(desc(keys), desc(last), ApiKeySource.user_agent)
        .limit(MAX_LINES)
    )
    return [Client(*row) for row in connection.execute(statement)]


def read_refusals(connection: Connection, organization_id: int, period: Period) -> list[RefusedUse]:
    requests, last = func.sum(Refusal.requests), func.max(Refusal.hour, type_=Refusal.hour.type)
    statement = (
        select(ApiKey.id, ApiKey.name, Refusal.reason, Refusal.address, requests, last)
        .join(ApiKey, ApiKey.id == Refusal.api_key_id)
        .where(ApiKey.organization_id == organization_id, Refusal.hour >= period.begins)
        .group_by(ApiKey.id, ApiKey.name, Refusal.reason, Refusal.address)
        .order_by(desc(last), desc(requests), ApiKey.name, Refusal.address)
        .limit(MAX_REFUSALS)
    )
    rows = connection.execute(statement)
    return [RefusedUse(key_id, name, Reason(reason), address, int(number), at) for key_id, name, reason, address, number, at in rows]
