"""What an admin should look at soon: organizations whose keys are frozen, and keys with a reason."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, desc, false, func, or_, select

from portal.access.key_state import key_is_leaked, key_is_live
from portal.access.organizations import organization_is_live
from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.api_keys.policy import read_policy
from portal.api_keys.queries.limited_keys import select_limited_keys
from portal.db.session import now
from portal.models import ApiKey
from portal.registry.organizations import Organization

MAX_KEYS = 20


@dataclass(frozen=True)
class Attention:
    """A key, and in words what was or is about to happen to it."""

    id: str
    name: str
    organization_id: int
    organization: str
    words: str


def frozen_organizations(connection: Connection, principal: Principal) -> dict[int, str]:
    """Returns id → name of the person's organizations whose keys are all stopped, by name."""
    if not principal.roles:
        return {}
    statement = select(Organization.id, Organization.name).where(Organization.id.in_(principal.roles), Organization.keys_frozen.is_(True))
    return {row.id: row.name for row in connection.execute(statement.where(organization_is_live()).order_by(Organization.name))}


def keys_needing_attention(connection: Connection, principal: Principal, *, before: datetime) -> list[Attention]:
    """The live keys of the person's organizations that leaked, then those that expire before a time, are limited or unused; at most 20.

    After how many days a key counts as unused, its organization's policy says; who may not know a key's use isn't told of it.
    """
    if not principal.roles:
        return []
    leaked, expiring = key_is_leaked(), and_(ApiKey.expires_at >= now(), ApiKey.expires_at < before)
    seen = [organization_id for organization_id in principal.roles if principal.may(Permission.USAGE_READ, organization_id)]
    limited = ApiKey.id.in_(select_limited_keys(seen)) if seen else false()
    unused = or_(false(), *(unused_in(connection, organization_id) for organization_id in seen))
    statement = (
        select(ApiKey.id, ApiKey.name, ApiKey.organization_id, Organization.name.label("organization"), ApiKey.expires_at)
        .add_columns(leaked.label("leaked"), func.coalesce(expiring, false()).label("expiring"), limited.label("limited"))
        .join(Organization, Organization.id == ApiKey.organization_id)
        .where(ApiKey.organization_id.in_(principal.roles), key_is_live(now()), or_(leaked, expiring, limited, unused))
        .order_by(desc("leaked"), desc("expiring"), desc("limited"), ApiKey.expires_at, ApiKey.id)
        .limit(MAX_KEYS)
    )
    return [Attention(row.id, row.name, row.organization_id, row.organization, say(row)) for row in connection.execute(statement)]


def unused_in(connection: Connection, organization_id: int) -> ColumnElement[bool]:
    """The organization's keys that were neither used nor made within its policy's days."""
    days = read_policy(connection, organization_id).unused_days
    if days is None:
        return false()
    since = now() - timedelta(days=days)
    return and_(ApiKey.organization_id == organization_id, func.coalesce(ApiKey.last_used_at, ApiKey.created) < since)


def say(row: Row[Any]) -> str:
    if row.leaked:
        return "leaked: its newest token no longer works"
    if row.expiring:
        return f"expires on {row.expires_at:%-d %B %Y}"
    return "reaches its rate limit on most days" if row.limited else "is unused"
