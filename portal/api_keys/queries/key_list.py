"""An organization's keys as its pages list them."""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, func, select
from sqlalchemy.exc import SQLAlchemyError

from portal.access.key_state import State
from portal.access.permissions import GRANTABLE, Permission
from portal.access.principal import Principal
from portal.access.require import require
from portal.api_keys.key import KEY_FACTS, Key, make_key
from portal.api_keys.page import PAGE_SIZE, cut_page
from portal.api_keys.policy import KeyPolicy, policy_of_row
from portal.api_keys.wording import say_access
from portal.db.fold import fold
from portal.db.session import now
from portal.errors import NotFound, TooSlow
from portal.models import ApiKeyDay, ApiKeyGrant, ApiKeyGrantObject
from portal.registry.organizations import Organization

CHART_DAYS = 30
SOON_WITHIN = timedelta(days=14)
NEVER = datetime.min.replace(tzinfo=UTC)
log = logging.getLogger(__name__)


class Show(StrEnum):
    """The list's filters. A live key hasn't ended: it is active, or stopped, as a leaked, a frozen or a disabled one is."""

    LIVE = "live"
    ACTIVE = "active"
    STOPPED = "stopped"
    EXPIRING = "expiring"
    UNUSED = "unused"
    BREACHING = "breaching"
    ENDED = "ended"

    def shows(self, key: Key) -> bool:
        """Whether the key is listed."""
        active = key.state is State.ACTIVE
        shown = {Show.ACTIVE: active, Show.STOPPED: not active and not key.ended, Show.ENDED: key.ended}
        shown |= {Show.EXPIRING: key.expiring, Show.UNUSED: key.unused, Show.BREACHING: bool(key.breaches)}
        return shown.get(self, not key.ended)


class Order(StrEnum):
    """How the list is sorted; by name where the member may not know what it would be sorted by."""

    NAME = "name"
    EXPIRES = "expires"
    USED = "used"


@dataclass(frozen=True)
class Listed:
    """A key in the list: access in words, and requests on each of the last 30 days, the oldest first (None: unknown)."""

    key: Key
    access: str
    days: Sequence[int] | None


@dataclass(frozen=True)
class KeyList:
    """One page of the list; `counts`: of all filters, as far as the search leaves them; `frozen`: no key works.

    `leaked`, `soon`: live keys whose newest token was reported, and that expire within 14 days, whatever is searched.
    """

    organization: str
    frozen: bool
    policy: KeyPolicy
    keys: Sequence[Listed]
    counts: Mapping[Show, int]
    leaked: int
    soon: int
    sees_usage: bool
    first: int
    total: int
    size: int


def list_keys(
    connection: Connection,
    principal: Principal,
    organization_id: int,
    show: Show = Show.LIVE,
    page: int = 1,
    order: Order = Order.NAME,
    size: int = PAGE_SIZE,
    *,
    search: str = "",
    counted: bool = True,
) -> KeyList:
    """The page of the organization's keys, by three statements whatever their number. Raises NotFound, Forbidden.

    `search`: words that are in a key's name, note, creator or ids. `counted`: False where the account of use is out of date.
    """
    sees_usage = principal.may(Permission.USAGE_READ, organization_id)
    rows = read_facts(connection, principal, organization_id)
    keys = make_keys(rows, sees_usage)
    matching = [key for key in keys if matches(key, search)]
    chosen = ordered([key for key in matching if show.shows(key)], order)
    first, on_page = cut_page(chosen, page, size)
    ids = [key.id for key in on_page]
    access, days = read_access(connection, ids), read_known_days(connection, ids) if sees_usage and counted else {}
    return KeyList(
        organization=rows[0].organization,
        frozen=rows[0].keys_frozen,
        policy=policy_of_row(rows[0]),
        keys=[Listed(key, say_access(access[key.id]), days.get(key.id)) for key in on_page],
        counts={listed_by: sum(map(listed_by.shows, matching)) for listed_by in Show},
        leaked=sum(key.leaked for key in keys),
        soon=sum(not key.ended and key.expires_at is not None and key.expires_at - now() <= SOON_WITHIN for key in keys),
        sees_usage=sees_usage,
        first=first,
        total=len(chosen),
        size=size,
    )


def read_facts(connection: Connection, principal: Principal, organization_id: int) -> Sequence[Row[Any]]:
    """The rows of KEY_FACTS, at least one, by key and its tokens; one without a key for an organization that has none. Raises NotFound."""
    require(principal, Permission.KEYS_SEE, organization_id)
    rows = connection.execute(KEY_FACTS.where(Organization.id == organization_id)).all()
    if not rows:
        raise NotFound("There is nothing here.")
    return rows


def make_keys(rows: Sequence[Row[Any]], sees_usage: bool) -> list[Key]:
    return [make_key(list(of_key), sees_usage) for key_id, of_key in groupby(rows, lambda row: row.id) if key_id is not None]


def matches(key: Key, search: str) -> bool:
    """Whether each word of the search is somewhere in what the key is called by; case and accents don't matter."""
    tokens = (f"pport_{token.token_id}" for token in (*key.tokens, *key.reported))
    text = fold(" ".join((key.name, key.note, key.issued_by, key.id, key.last_four, *tokens)))
    return all(word in text for word in fold(search).split())


def keys_against(connection: Connection, principal: Principal, organization_id: int, policy: KeyPolicy) -> list[Key]:
    """The live keys that wouldn't comply with a policy, as far as the principal may know. Raises NotFound, Forbidden."""
    sees_usage = principal.may(Permission.USAGE_READ, organization_id)
    return [key for key in make_keys(read_facts(connection, principal, organization_id), sees_usage) if key.against(policy)]


def ordered(keys: list[Key], order: Order) -> list[Key]:
    """Keys that come by name: the first to expire first, or the last used first; what never does either comes last."""
    if order is Order.EXPIRES:
        return sorted(keys, key=lambda key: (key.expires_at is None, key.expires_at))
    if order is Order.USED:
        return sorted(keys, key=used_at, reverse=True)
    return keys


def used_at(key: Key) -> datetime:
    return (key.last_use and key.last_use.at) or NEVER


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


def read_known_days(connection: Connection, ids: Sequence[str]) -> Mapping[str, list[int]]:
    """Nothing where they can't be read: the list is there all the same. No statement may follow, as PostgreSQL takes none then."""
    try:
        return read_days(connection, ids)
    except (SQLAlchemyError, TooSlow):
        log.exception("the keys' days of use could not be read")
        return {}


def read_days(connection: Connection, ids: Sequence[str], days: int = CHART_DAYS) -> Mapping[str, list[int]]:
    """Key id → requests on each of the last days, however they were answered; the oldest first."""
    today = now().date()
    first = today - timedelta(days=days - 1)
    statement = select(ApiKeyDay).where(ApiKeyDay.api_key_id.in_(ids), ApiKeyDay.day >= first, ApiKeyDay.day <= today)
    requests: dict[str, list[int]] = {key_id: [0] * days for key_id in ids}
    for row in connection.execute(statement):
        requests[row.api_key_id][index_of(row.day, first)] = row.ok + row.denied + row.limited + row.errors
    return requests


def index_of(day: date, first: date) -> int:
    return (day - first).days
