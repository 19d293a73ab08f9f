"""What the database says of a key by one of its tokens: read when a request comes, and once more under the lock before a write."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import Text, bindparam, select, type_coerce
from sqlalchemy.orm import Session

from portal.access.address_blocks import within
from portal.access.key_state import State, states_of
from portal.access.permissions import GRANTABLE, Permission
from portal.access.token_refusals import Reason
from portal.db.base import Registry
from portal.db.session import now
from portal.limits.budgets import KEY_POINTS
from portal.models import ApiKey, ApiKeyGrant, ApiKeyGrantObject, ApiKeyPolicy, ApiKeyToken
from portal.registry.organizations import Organization

KEY_COLUMNS = (
    ApiKeyToken.digest,
    ApiKeyToken.pepper,
    ApiKeyToken.first_used_at,
    ApiKeyToken.retires_at,
    ApiKeyToken.leaked_at,
    ApiKeyToken.created,
    ApiKey.id,
    ApiKey.name,
    ApiKey.organization_id,
    ApiKey.expires_at,
    ApiKey.disabled_at,
    ApiKey.revoked_at,
    type_coerce(ApiKey.addresses, Text).label("addresses"),  # as it is stored, so that its blocks are parsed once for many requests
    ApiKey.points,
    ApiKeyPolicy.key_points,
    ApiKeyPolicy.organization_points,
    Organization.keys_frozen,
    Organization.status,
    Registry.epoch,
    Registry.version,
)
GRANT_COLUMNS = (ApiKeyGrant.resource, ApiKeyGrant.action, ApiKeyGrant.whole, ApiKeyGrantObject.object_id)
KEY_ROWS = (
    select(*KEY_COLUMNS, *GRANT_COLUMNS)
    .join(ApiKey, ApiKey.id == ApiKeyToken.api_key_id)
    .join(Organization, Organization.id == ApiKey.organization_id)
    .join(Registry, Registry.id == 1)
    .outerjoin(ApiKeyPolicy, ApiKeyPolicy.organization_id == ApiKey.organization_id)
    .outerjoin(ApiKeyGrant, ApiKeyGrant.api_key_id == ApiKey.id)
    .outerjoin(ApiKeyGrantObject, ApiKeyGrantObject.grant_id == ApiKeyGrant.id)
)
BY_TOKEN = KEY_ROWS.where(ApiKeyToken.token_id == bindparam("token_id"))
GrantLine = tuple[str | None, str | None, Any, int | None]  # the last four columns


class KeyRow(NamedTuple):
    """A row of KEY_ROWS; there is one for each grant and each of its objects. Times as the driver gives them: a text or a time."""

    digest: bytes
    pepper: int
    first_used_at: Any
    retires_at: Any
    leaked_at: Any
    token_created: Any
    id: str
    name: str
    organization_id: int
    expires_at: Any
    disabled_at: Any
    revoked_at: Any
    addresses: str
    points: int | None
    key_points: int | None
    organization_points: int | None
    keys_frozen: Any
    status: str
    epoch: int
    version: int
    resource: str | None
    action: str | None
    whole: Any
    object_id: int | None


def read_key_rows(session: Session, token_id: str) -> list[KeyRow]:
    """The rows as the session's transaction sees them; none for a token that isn't any key's."""
    return [KeyRow._make(row) for row in session.execute(BY_TOKEN, {"token_id": token_id})]


def reason_to_refuse(key: KeyRow, address: str) -> Reason | None:
    """Why the key doesn't work now, or not with this token or from this address; None for one that does."""
    at = now()
    state = states_of(
        expires_at=moment(key.expires_at),
        disabled_at=moment(key.disabled_at),
        revoked_at=moment(key.revoked_at),
        leaked=key.leaked_at is not None,
        frozen=bool(key.keys_frozen),
        organization_status=key.status,
        at=at,
    )[0]
    if state is not State.ACTIVE:
        return Reason(state.value)
    retires_at = moment(key.retires_at)
    if retires_at is not None and at > retires_at:
        return Reason.RETIRED
    return None if within(address, key.addresses) else Reason.ADDRESS


def moment(stored: Any) -> datetime | None:
    """In UTC; PostgreSQL tells times in a zone of its own."""
    if isinstance(stored, datetime):
        return stored.astimezone(UTC)
    return datetime.fromisoformat(stored) if stored else None


def points_a_minute(key: KeyRow) -> int:
    """How many points a minute the key has: its own, and never more than the operator lets it have."""
    ceiling = key.key_points or KEY_POINTS
    return min(key.points or ceiling, ceiling)


def grants_of_rows(rows: Sequence[Sequence[Any]]) -> Mapping[Permission, frozenset[int] | None]:
    """The grants that the rows' last four columns hold."""
    return read_grants(tuple([tuple(row[-4:]) for row in rows]))


@lru_cache(maxsize=1000)
def read_grants(lines: tuple[GrantLine, ...]) -> Mapping[Permission, frozenset[int] | None]:
    """Permission → chosen object ids, None for all; a line that is no longer in the table of permissions grants nothing."""
    chosen: dict[Permission, set[int] | None] = {}
    permissions = {permission.value: permission for permission in GRANTABLE}
    for resource, action, whole, object_id in lines:
        permission = permissions.get(f"{resource}:{action}")
        if permission is None:
            continue
        if whole:
            chosen[permission] = None
        else:
            objects = chosen.setdefault(permission, set())
            if objects is not None and object_id is not None:
                objects.add(object_id)
    return MappingProxyType({permission: None if objects is None else frozenset(objects) for permission, objects in chosen.items()})
