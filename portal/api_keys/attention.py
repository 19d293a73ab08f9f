"""The keys that an admin should look at soon."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from portal.access import Principal
from portal.database import now
from portal.models import ApiKey, Organization


@dataclass(frozen=True)
class Attention:
    """A key, and in words what is about to happen to it."""

    id: str
    name: str
    organization_id: int
    organization: str
    words: str


def keys_needing_attention(connection: Connection, principal: Principal, *, before: datetime) -> list[Attention]:
    """The live keys of the person's organizations that expire before a time, the most urgent first, at most 20."""
    if not principal.roles:
        return []
    statement = (
        select(ApiKey.id, ApiKey.name, ApiKey.organization_id, Organization.name.label("organization"), ApiKey.expires_at)
        .join(Organization, Organization.id == ApiKey.organization_id)
        .where(ApiKey.organization_id.in_(principal.roles), ApiKey.revoked_at.is_(None))
        .where(ApiKey.expires_at >= now(), ApiKey.expires_at < before)
        .order_by(ApiKey.expires_at, ApiKey.id)
        .limit(20)
    )
    return [
        Attention(row.id, row.name, row.organization_id, row.organization, f"expires on {row.expires_at:%-d %B %Y}")
        for row in connection.execute(statement)
    ]
