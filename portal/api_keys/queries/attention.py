"""What an admin should look at soon: organizations whose keys are frozen, and keys with a reason."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, ScalarSelect, and_, desc, false, func, or_, select
from sqlalchemy.orm import aliased

from portal.access.key_state import key_is_leaked, key_is_live
from portal.access.organizations import organization_is_live
from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.api_keys.key import REPORTED_FOR
from portal.api_keys.policy import read_policy
from portal.api_keys.queries.limited_keys import select_limited_keys
from portal.api_keys.usage.first_use import last_used
from portal.db.session import now
from portal.models import ApiKey, ApiKeyToken
from portal.registry.organizations import Organization

MAX_KEYS = 20


@dataclass(frozen=True)
class Attention:
    """A key, and in words what was or is about to happen to it. `tells_use`: when a leaked token was last used may be told."""

    id: str
    name: str
    organization_id: int
    organization: str
    words: str
    tells_use: bool
    token_used_at: datetime | None


def frozen_organizations(connection: Connection, principal: Principal) -> dict[int, str]:
    """Returns id → name of the person's organizations whose keys are all stopped, by name."""
    if not principal.roles:
        return {}
    statement = select(Organization.id, Organization.name).where(Organization.id.in_(principal.roles), Organization.keys_frozen.is_(True))
    return {row.id: row.name for row in connection.execute(statement.where(organization_is_live()).order_by(Organization.name))}


def keys_needing_attention(connection: Connection, principal: Principal, *, before: datetime) -> list[Attention]:
    """The live keys of the person's organizations that leaked, whose old token leaked lately, that expire before a time, are limited or
    unused, in this order; at most 20.

    After how many days a key counts as unused, its organization's policy says; who may not know a key's use isn't told of it.
    """
    if not principal.roles:
        return []
    leaked, old_leaked = key_is_leaked(), old_token_leaked()
    expiring = and_(ApiKey.expires_at >= now(), ApiKey.expires_at < before)
    seen = [organization_id for organization_id in principal.roles if principal.may(Permission.USAGE_READ, organization_id)]
    limited = ApiKey.id.in_(select_limited_keys(seen)) if seen else false()
    unused = or_(false(), *(unused_in(connection, organization_id) for organization_id in seen))
    statement = (
        select(ApiKey.id, ApiKey.name, ApiKey.organization_id, Organization.name.label("organization"), ApiKey.expires_at)
        .add_columns(leaked.label("leaked"), old_leaked.label("old_leaked"), reported_token_used_at().label("token_used_at"))
        .add_columns(func.coalesce(expiring, false()).label("expiring"), limited.label("limited"))
        .join(Organization, Organization.id == ApiKey.organization_id)
        .where(ApiKey.organization_id.in_(principal.roles), key_is_live(now()), or_(leaked, old_leaked, expiring, limited, unused))
        .order_by(desc("leaked"), desc("old_leaked"), desc("expiring"), desc("limited"), ApiKey.expires_at, ApiKey.id)
        .limit(MAX_KEYS)
    )
    return [attention_of(row, seen) for row in connection.execute(statement)]


def attention_of(row: Row[Any], seen: Collection[int]) -> Attention:
    tells_use = (row.leaked or row.old_leaked) and row.organization_id in seen
    used_at = row.token_used_at if tells_use else None
    return Attention(row.id, row.name, row.organization_id, row.organization, say(row), tells_use, used_at)


def old_token_leaked() -> ColumnElement[bool]:
    """An old token of the key was reported in the last 14 days, while the newest one was there already."""
    old, newest = aliased(ApiKeyToken), aliased(ApiKeyToken)
    pairs = select(old.token_id).join(newest, and_(newest.api_key_id == old.api_key_id, newest.retires_at.is_(None)))
    reported = (old.leaked_at >= newest.created, old.leaked_at >= now() - REPORTED_FOR)
    return pairs.where(old.api_key_id == ApiKey.id, old.retires_at.is_not(None), *reported).exists()


def reported_token_used_at() -> ScalarSelect[Any]:
    """When a token of the key that was reported, the newest or lately an old one, was last used."""
    reported = or_(ApiKeyToken.retires_at.is_(None), ApiKeyToken.leaked_at >= now() - REPORTED_FOR)
    used_at = select(func.max(func.coalesce(ApiKeyToken.last_used_at, ApiKeyToken.first_used_at)))
    return used_at.where(ApiKeyToken.api_key_id == ApiKey.id, ApiKeyToken.leaked_at.is_not(None), reported).scalar_subquery()


def unused_in(connection: Connection, organization_id: int) -> ColumnElement[bool]:
    """The organization's keys that were neither used nor made within its policy's days."""
    days = read_policy(connection, organization_id).unused_days
    if days is None:
        return false()
    since = now() - timedelta(days=days)
    return and_(ApiKey.organization_id == organization_id, func.coalesce(last_used(), ApiKey.created) < since)


def say(row: Row[Any]) -> str:
    if row.leaked:
        return "its newest token was reported as leaked and no longer works"
    if row.old_leaked:
        return "its old token was reported as leaked and no longer works"
    if row.expiring:
        return f"expires on {row.expires_at:%-d %B %Y}"
    return "reaches its rate limit on most days" if row.limited else "unused"
