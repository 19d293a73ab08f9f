"""From a request's Authorization header to a principal. Nothing else in the portal turns a token into a caller."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import Dialect, bindparam, select

from portal.access.permissions import GRANTABLE, Permission
from portal.access.principal import ANONYMOUS, Kind, Principal
from portal.api_keys.address_list import within
from portal.api_keys.authenticate.refusals import Reason, Refused
from portal.api_keys.state import State, state_of
from portal.api_keys.token import Token, digest, read_token
from portal.db.base import Registry
from portal.db.prepared import Prepared
from portal.db.reader import Snapshot
from portal.db.session import now
from portal.errors import MalformedCredential
from portal.limits.budgets import KEY_POINTS
from portal.models import ApiKey, ApiKeyGrant, ApiKeyGrantObject, ApiKeyPolicy, ApiKeyToken
from portal.registry.organizations import Organization
from portal.settings import Settings

LOOK_UP = (
    select(
        ApiKeyToken.digest,
        ApiKeyToken.pepper,
        ApiKeyToken.first_used_at,
        ApiKeyToken.retires_at,
        ApiKeyToken.leaked_at,
        ApiKey.id,
        ApiKey.name,
        ApiKey.organization_id,
        ApiKey.expires_at,
        ApiKey.disabled_at,
        ApiKey.revoked_at,
        ApiKey.addresses,
        ApiKey.points,
        ApiKeyPolicy.key_points,
        ApiKeyPolicy.organization_points,
        Organization.keys_frozen,
        Organization.status,
        Registry.version,
        ApiKeyGrant.resource,
        ApiKeyGrant.action,
        ApiKeyGrant.whole,
        ApiKeyGrantObject.object_id,
    )
    .join(ApiKey, ApiKey.id == ApiKeyToken.api_key_id)
    .join(Organization, Organization.id == ApiKey.organization_id)
    .join(Registry, Registry.id == 1)
    .outerjoin(ApiKeyPolicy, ApiKeyPolicy.organization_id == ApiKey.organization_id)
    .outerjoin(ApiKeyGrant, ApiKeyGrant.api_key_id == ApiKey.id)
    .outerjoin(ApiKeyGrantObject, ApiKeyGrantObject.grant_id == ApiKeyGrant.id)
    .where(ApiKeyToken.token_id == bindparam("token_id"))
)


class Found(NamedTuple):
    """What LOOK_UP tells, once for each grant and each of its objects. Times as the driver gives them: a text or a time."""

    digest: bytes
    pepper: int
    first_used_at: Any
    retires_at: Any
    leaked_at: Any
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
    version: int
    resource: str | None
    action: str | None
    whole: Any
    object_id: int | None


GrantLine = tuple[str | None, str | None, Any, int | None]  # the last four


@dataclass(frozen=True)
class Origin:
    """Where a request comes from: the address as we see it, and the caller's own name for its program."""

    address: str
    user_agent: str = ""


@dataclass(frozen=True)
class Admitted:
    """The caller, and what the account of its use needs to know."""

    principal: Principal
    token_id: str = ""
    first_use: bool = False
    version: int | None = None
    pepper: int | None = None
    expires_at: datetime | None = None


def credential(headers: Sequence[str]) -> Token | None:
    """The token of the request's Authorization headers; None where there is none (an anonymous request).

    Raises MalformedCredential for two headers (also joined by a comma), another scheme or an empty token, Refused for a wrong form.
    """
    if not headers:
        return None
    if len(headers) > 1 or "," in headers[0]:
        raise MalformedCredential("Send exactly one Authorization header.")
    scheme, _, text = headers[0].strip().partition(" ")
    if scheme.lower() not in {"bearer", "api-key"}:
        raise MalformedCredential("Send the token as: Authorization: Bearer pport_…")
    if not text.strip():
        raise MalformedCredential("The Authorization header holds no token. Check that the variable it comes from is set.")
    token = read_token(text.strip())
    if token is None:
        raise Refused(Reason.MALFORMED)
    return token


def admit(token: Token | None, origin: Origin, snapshot: Snapshot, settings: Settings) -> Admitted:
    """The principal of a token, by one statement in the request's own snapshot. Raises Refused.

    Only a caller that holds the secret is told in which state the key is.
    """
    if token is None:
        return anonymous(origin)
    rows = look_up(snapshot.dialect).rows(snapshot, {"token_id": token.token_id})
    key = Found(*rows[0]) if rows else None
    if not holds_secret(token, key, settings) or key is None:
        raise Refused(Reason.SECRET, key.id) if key else Refused(Reason.UNKNOWN)
    reason = refuse(key, origin)
    if reason:
        raise Refused(reason, key.id, token.token_id)
    principal = Principal(
        kind=Kind.KEY,
        id=key.id,
        name=key.name,
        grants=read_grants(tuple([row[-4:] for row in rows])),
        organization_id=key.organization_id,
        address=origin.address,
        user_agent=origin.user_agent,
        points=points_of(key),
        organization_points=key.organization_points,
    )
    return Admitted(principal, token.token_id, key.first_used_at is None, key.version, key.pepper, moment(key.expires_at))


def anonymous(origin: Origin) -> Admitted:
    """A caller without a credential, which needs no statement."""
    return Admitted(Principal(name=ANONYMOUS.name, address=origin.address, user_agent=origin.user_agent))


@lru_cache(maxsize=8)
def look_up(dialect: Dialect) -> Prepared:
    return Prepared(LOOK_UP, dialect)


def moment(stored: Any) -> datetime | None:
    """In UTC; PostgreSQL tells times in a zone of its own."""
    if isinstance(stored, datetime):
        return stored.astimezone(UTC)
    return datetime.fromisoformat(stored) if stored else None


def holds_secret(token: Token, key: Found | None, settings: Settings) -> bool:
    """Compares digests in constant time; an unknown token id costs one digest as well."""
    number, organization_id, stored = (key.pepper, key.organization_id, key.digest) if key else (settings.pepper, 0, b"")
    return hmac.compare_digest(digest(settings.peppers, number, token, organization_id), stored)


def refuse(key: Found, origin: Origin) -> Reason | None:
    """Why the key doesn't work now, or not from there; None for one that does."""
    at = now()
    state = state_of(
        expires_at=moment(key.expires_at),
        disabled_at=moment(key.disabled_at),
        revoked_at=moment(key.revoked_at),
        frozen=bool(key.keys_frozen),
        organization_status=key.status,
        at=at,
    )
    if state is not State.ACTIVE:
        return Reason(state.value)
    if key.leaked_at is not None:
        return Reason.LEAKED
    retires_at = moment(key.retires_at)
    if retires_at is not None and at > retires_at:
        return Reason.RETIRED
    return None if within(origin.address, key.addresses) else Reason.ADDRESS


def points_of(key: Found) -> int:
    """How many the key has a minute: its own, and never more than the operator lets it have."""
    most = key.key_points or KEY_POINTS
    return min(key.points or most, most)


@lru_cache(maxsize=1000)
def read_grants(lines: tuple[GrantLine, ...]) -> Mapping[Permission, frozenset[int] | None]:
    """Permission → chosen object ids, None for all; a line that is no longer in the table of permissions grants nothing."""
    chosen: dict[Permission, set[int] | None] = {}
    known = {permission.value: permission for permission in GRANTABLE}
    for resource, action, whole, object_id in lines:
        permission = known.get(f"{resource}:{action}")
        if permission is None:
            continue
        if whole:
            chosen[permission] = None
        else:
            objects = chosen.setdefault(permission, set())
            if objects is not None and object_id is not None:
                objects.add(object_id)
    return MappingProxyType({permission: None if objects is None else frozenset(objects) for permission, objects in chosen.items()})
