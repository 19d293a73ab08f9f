"""Who am I: what a caller can read of itself."""

import strawberry
from strawberry.types import Info

from graphql_schema.engine.context import Context
from graphql_schema.engine.rows import Rows
from graphql_schema.schema.fields import rows
from graphql_schema.schema.scalars import DateTime
from graphql_schema.types.organizations import Organization
from portal.access.principal import Kind
from portal.db.types import TIMESTAMP_FORM


@strawberry.type(description="The API key that was sent. Needs no scope.")
class ViewerKey:
    """Never the token."""

    id: strawberry.ID = strawberry.field(description="The key's id, which the header X-Auth-Key also carries. Needs no scope.")
    name: str = strawberry.field(description="The name its organization gave it. Needs no scope.")
    scopes: list[str] = strawberry.field(description="What it may do, as networks:read. Needs no scope.")
    expires_at: DateTime | None = strawberry.field(description="The last second it works in, UTC; null is never. Needs no scope.")


def own_organization(_source: object, info: Info[Context, None]) -> Rows | None:
    """Returns the organization of the calling key."""
    organization_id = info.context.principal.organization_id
    return None if organization_id is None else Rows("org", "id", organization_id)


@strawberry.type(description="Who is calling. Needs no scope.")
class Viewer:
    """Anonymous callers have neither organization nor key."""

    anonymous: bool = strawberry.field(description="Whether no credential was sent. Needs no scope.")
    address: str = strawberry.field(description="The address that the request came from, as the portal sees it. Needs no scope.")
    key: ViewerKey | None = strawberry.field(description="The API key that was sent; null without one. Needs no scope.")
    organization: Organization | None = rows(own_organization, "The key's organization; null without a key. Needs no scope.")


def viewer(info: Info[Context, None]) -> Viewer:
    principal, expires_at = info.context.principal, info.context.expires_at
    key = None
    if principal.kind is Kind.KEY:
        ends = DateTime(expires_at.strftime(TIMESTAMP_FORM)) if expires_at else None
        key = ViewerKey(id=strawberry.ID(principal.id), name=principal.name, scopes=sorted(principal.grants), expires_at=ends)
    return Viewer(anonymous=principal.kind is Kind.ANONYMOUS, address=principal.address, key=key, organization=None)
