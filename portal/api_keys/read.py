"""An organization's keys as its pages show them. What a member may not know of a key isn't in the answer: no template can tell it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from portal.access import Principal, require
from portal.api_keys.state import State, state_of
from portal.api_keys.words import say_access
from portal.database import now
from portal.errors import NotFound
from portal.models import ApiKey, ApiKeyDay, ApiKeyGrant, ApiKeyGrantObject, ApiKeyToken, Organization
from portal.permissions import GRANTABLE, Permission

PAGE = 50
DAYS = 30
EXPIRING, SOON = timedelta(days=30), timedelta(days=14)
UNUSED = timedelta(days=60)
NEVER = datetime.min.replace(tzinfo=UTC)
ENDED = {State.EXPIRED, State.REVOKED}

FACTS: Select[Any] = (
    select(
        *(column for column in ApiKey.__table__.columns if column.key != "form_id"),
        ApiKeyToken.token_id,
        ApiKeyToken.last_four,
        ApiKeyToken.created.label("token_created"),
        ApiKeyToken.last_used_at.label("token_used_at"),
        ApiKeyToken.first_used_at,
        ApiKeyToken.retires_at,
        ApiKeyToken.retires_after,
        ApiKeyToken.leaked_at,
        Organization.name.label("organization"),
        Organization.keys_frozen,
        Organization.status.label("organization_status"),
    )
    .select_from(Organization)
    .outerjoin(ApiKey, ApiKey.organization_id == Organization.id)
    .outerjoin(ApiKeyToken, ApiKeyToken.api_key_id == ApiKey.id)
    .order_by(func.lower(ApiKey.name), ApiKey.id, ApiKeyToken.retires_at.is_(None), ApiKeyToken.retires_at)  # the newest token comes last
)


class Show(StrEnum):
    """The list's filters."""

    ACTIVE = "active"
    EXPIRING = "expiring"
    UNUSED = "unused"
    ENDED = "ended"


class Order(StrEnum):
    """How the list is sorted; by name where the member may not know what it would be sorted by."""

    NAME = "name"
    EXPIRES = "expires"
    USED = "used"


@dataclass(frozen=True)
class LastUse:
    """When and from where a key was last used; `at` None: never."""

    at: datetime | None
    address: str
    user_agent: str


@dataclass(frozen=True)
class TokenFacts:
    """A token that works, the newest one if `retires_at` is None. `grace`: its seconds from the newest one's first use, if to come."""

    token_id: str
    last_four: str
    created: datetime
    last_used_at: datetime | None
    retires_at: datetime | None
    grace: int | None


@dataclass(frozen=True)
class Key:
    """A key. `token_id` and `last_four` are its newest token's; `tokens`: all that work, the newest last, two while it is being rotated.

    `last_use` is None for who may not know, and so are the tokens' uses.
    """

    id: str
    name: str
    note: str
    state: State
    token_id: str
    last_four: str
    created: datetime
    issued_by: str
    expires_at: datetime | None
    disabled_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str
    revoked_reason: str
    last_use: LastUse | None
    changed: int
    organization: str
    tokens: Sequence[TokenFacts]

    @property
    def older(self) -> Sequence[TokenFacts]:
        """The tokens that the newest one replaces and that still work."""
        return [] if self.ended else [token for token in self.tokens if token.retires_at is not None]

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def leaked(self) -> bool:
        """Whether its newest token was reported as leaked, and no newer one was made since."""
        return not self.ended and all(token.retires_at is not None for token in self.tokens)

    @property
    def expiring(self) -> bool:
        """Whether it ends within 30 days."""
        return not self.ended and self.expires_at is not None and self.expires_at - now() <= EXPIRING

    @property
    def unused(self) -> bool:
        """Whether it was neither used nor made within 60 days."""
        known = self.last_use is not None and now() - (self.last_use.at or self.created) > UNUSED
        return known and not self.ended

    def shown(self, show: Show) -> bool:
        return {Show.ACTIVE: not self.ended, Show.EXPIRING: self.expiring, Show.UNUSED: self.unused, Show.ENDED: self.ended}[show]


@dataclass(frozen=True)
class Listed:
    """A key in the list: access in words, and requests on each of the last 30 days, the oldest first (None: not for this member)."""

    key: Key
    access: str
    days: Sequence[int] | None


@dataclass(frozen=True)
class KeyList:
    """One page of the list; `counts` of all filters, `soon`: live keys that expire within 14 days, `frozen`: none of them works."""

    organization: str
    frozen: bool
    keys: Sequence[Listed]
    counts: Mapping[Show, int]
    soon: int
    sees_usage: bool
    first: int
    total: int


def list_keys(
    connection: Connection,
    principal: Principal,
    organization_id: int,
    show: Show = Show.ACTIVE,
    page: int = 1,
    order: Order = Order.NAME,
    size: int = PAGE,
) -> KeyList:
    """The page of the organization's keys, by three statements whatever their number. Raises NotFound, Forbidden."""
    require(principal, Permission.KEYS_SEE, organization_id)
    sees_usage = principal.may(Permission.USAGE_READ, organization_id)
    rows = connection.execute(FACTS.where(Organization.id == organization_id)).all()
    if not rows:
        raise NotFound("There is nothing here.")
    keys = [make_key(list(of_key), sees_usage) for key_id, of_key in groupby(rows, lambda row: row.id) if key_id is not None]
    chosen = ordered([key for key in keys if key.shown(show)], order)
    first = min(max(0, page - 1) * size, max(0, len(chosen) - 1) // size * size)
    here = chosen[first : first + size]
    ids = [key.id for key in here]
    access, days = read_access(connection, ids), read_days(connection, ids) if sees_usage else {}
    return KeyList(
        organization=rows[0].organization,
        frozen=rows[0].keys_frozen,
        keys=[Listed(key, say_access(access[key.id]), days[key.id] if sees_usage else None) for key in here],
        counts={each: sum(key.shown(each) for key in keys) for each in Show},
        soon=sum(not key.ended and key.expires_at is not None and key.expires_at - now() <= SOON for key in keys),
        sees_usage=sees_usage,
        first=first,
        total=len(chosen),
    )


def ordered(keys: list[Key], order: Order) -> list[Key]:
    """Keys that come by name: the first to expire first, or the last used first; what never does either comes last."""
    if order is Order.EXPIRES:
        return sorted(keys, key=lambda key: (key.expires_at is None, key.expires_at))
    if order is Order.USED:
        return sorted(keys, key=used_at, reverse=True)
    return keys


def used_at(key: Key) -> datetime:
    return (key.last_use and key.last_use.at) or NEVER


def make_key(rows: Sequence[Row[Any]], sees_usage: bool) -> Key:
    """From the key's rows of FACTS, one for each token."""
    row = rows[-1]
    state = state_of(
        expires_at=row.expires_at,
        disabled_at=row.disabled_at,
        revoked_at=row.revoked_at,
        frozen=row.keys_frozen,
        organization_status=row.organization_status,
        at=now(),
    )
    return Key(
        id=row.id,
        name=row.name,
        note=row.note,
        state=state,
        token_id=row.token_id,
        last_four=row.last_four,
        created=row.created,
        issued_by=row.issued_by,
        expires_at=row.expires_at,
        disabled_at=row.disabled_at,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
        revoked_reason=row.revoked_reason,
        last_use=LastUse(row.last_used_at, row.last_used_address, row.last_used_agent) if sees_usage else None,
        changed=row.changed,
        organization=row.organization,
        tokens=[describe_token(token, row, sees_usage) for token in rows if works(token)],
    )


def works(token: Row[Any]) -> bool:
    return token.leaked_at is None and (token.retires_at is None or now() <= token.retires_at)


def describe_token(token: Row[Any], newest: Row[Any], sees_usage: bool) -> TokenFacts:
    waits = sees_usage and token is not newest and newest.first_used_at is None and token.retires_after is not None
    return TokenFacts(
        token_id=token.token_id,
        last_four=token.last_four,
        created=token.token_created,
        last_used_at=token.token_used_at if sees_usage else None,
        retires_at=token.retires_at,
        grace=token.retires_after if waits else None,
    )


def read_access(connection: Connection, ids: Sequence[str]) -> Mapping[str, Mapping[Permission, int | None]]:
    """Key id → permission → number of chosen objects, None for all."""
    statement = (
        select(ApiKeyGrant.api_key_id, ApiKeyGrant.resource, ApiKeyGrant.action, ApiKeyGrant.whole, func.count(ApiKeyGrantObject.object_id))
        .outerjoin(ApiKeyGrantObject, ApiKeyGrantObject.grant_id == ApiKeyGrant.id)
        .where(ApiKeyGrant.api_key_id.in_(ids))
        .group_by(ApiKeyGrant.api_key_id, ApiKeyGrant.resource, ApiKeyGrant.action, ApiKeyGrant.whole)
    )
    access: dict[str, dict[Permission, int | None]] = defaultdict(dict)
    for key_id, resource, action, whole, count in connection.execute(statement):
        if f"{resource}:{action}" in GRANTABLE:
            access[key_id][Permission(f"{resource}:{action}")] = None if whole else count
    return access


def read_days(connection: Connection, ids: Sequence[str], days: int = DAYS) -> Mapping[str, list[int]]:
    """Key id → requests on each of the last days, however they were answered; the oldest first."""
    today = now().date()
    first = today - timedelta(days=days - 1)
    statement = select(ApiKeyDay).where(ApiKeyDay.api_key_id.in_(ids), ApiKeyDay.day >= first, ApiKeyDay.day <= today)
    found: dict[str, list[int]] = {key_id: [0] * days for key_id in ids}
    for row in connection.execute(statement):
        found[row.api_key_id][index_of(row.day, first)] = row.ok + row.denied + row.limited + row.errors
    return found


def index_of(day: date, first: date) -> int:
    return (day - first).days
