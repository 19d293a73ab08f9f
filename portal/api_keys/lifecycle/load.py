"""Keys by their ids alone, whichever organization they belong to: for the operators' commands."""

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import require
from portal.api_keys.lifecycle.draft import LOADED
from portal.errors import NotFound
from portal.models import ApiKey


def load_key(session: Session, principal: Principal, key_id: str, organization_id: int | None = None) -> ApiKey:
    """Returns the key with its grants and tokens. Raises NotFound, also for a key of another organization than the one that is named."""
    require(principal, Permission.REGISTRY_OPERATE)
    key = session.scalars(select(ApiKey).options(*LOADED).where(ApiKey.id == key_id)).one_or_none()
    if key is None or organization_id not in {None, key.organization_id}:
        raise NotFound(f"There is no such API key: {key_id}.")
    return key


def load_keys(session: Session, principal: Principal, key_ids: Collection[str]) -> Mapping[str, ApiKey]:
    """Returns the keys with their grants and tokens, by id."""
    require(principal, Permission.REGISTRY_OPERATE)
    return {key.id: key for key in session.scalars(select(ApiKey).options(*LOADED).where(ApiKey.id.in_(key_ids)))}


def organization_of_key(session: Session, principal: Principal, key_id: str, expected: int | None = None) -> int:
    """Returns the id of the key's organization. Raises NotFound, also if another one was expected."""
    require(principal, Permission.REGISTRY_OPERATE)
    organization_id = session.scalar(select(ApiKey.organization_id).where(ApiKey.id == key_id))
    if organization_id is None or expected not in {None, organization_id}:
        raise NotFound(f"There is no such API key: {key_id}.")
    return organization_id
