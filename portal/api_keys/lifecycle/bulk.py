"""Stopping several keys of an organization with one act: all of them or, where one isn't there, none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import groupby

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import begin, require
from portal.api_keys.key import KEY_FACTS, Key, make_key
from portal.api_keys.lifecycle.draft import LOADED
from portal.api_keys.lifecycle.stop import put_disabled, put_end
from portal.api_keys.notices.notices import tell_revoked
from portal.db.session import now
from portal.errors import Invalid, NotFound
from portal.models import ApiKey
from portal.registry.organizations import Organization

MAX_KEYS_AT_ONCE = 500
LATELY_USED_WITHIN = timedelta(days=7)


class Act(StrEnum):
    """What can be done to several keys."""

    REVOKE = "revoke"
    DISABLE = "disable"
    ENABLE = "enable"

    def fits(self, key: Key | ApiKey) -> bool:
        """Whether it would change the key; otherwise someone else did so already, and the key is left as it is."""
        return key.revoked_at is None and (self is Act.REVOKE or (key.disabled_at is None) is (self is Act.DISABLE))


@dataclass(frozen=True)
class Several:
    """Keys by name: those that the act would change, and those that it leaves as they are."""

    keys: Sequence[Key]
    left: Sequence[Key]

    @property
    def used_lately(self) -> Sequence[Key]:
        """Those of which something will be missed: they were used in the last 7 days."""
        return [key for key in self.keys if key.last_use and key.last_use.at and now() - key.last_use.at < LATELY_USED_WITHIN]


@dataclass(frozen=True)
class Done:
    """Names of the keys that were changed, and of those that were left as they were."""

    changed: Sequence[str]
    left: Sequence[str]


def read_several(connection: Connection, principal: Principal, organization_id: int, key_ids: Sequence[str], act: Act) -> Several:
    """The chosen keys with their last use, by one statement. Raises NotFound where one isn't the organization's, Invalid."""
    require(principal, Permission.KEYS_SEE, organization_id)
    ids = check_ids(key_ids)
    rows = connection.execute(KEY_FACTS.where(Organization.id == organization_id, ApiKey.id.in_(ids))).all()
    sees_usage = principal.may(Permission.USAGE_READ, organization_id)
    keys = [make_key(list(of_key), sees_usage) for _, of_key in groupby(rows, lambda row: row.id)]
    check_found(len(keys), ids)
    return Several([key for key in keys if act.fits(key)], [key for key in keys if not act.fits(key)])


def stop_several(
    session: Session, principal: Principal, organization_id: int, key_ids: Sequence[str], act: Act, *, reason: str = ""
) -> Done:
    """Revokes, disables or enables the keys, with an audit row for each. Raises what require() does, NotFound, Invalid."""
    begin(session, principal, Permission.KEYS_MANAGE, organization_id)
    ids = check_ids(key_ids)
    where = (ApiKey.organization_id == organization_id, ApiKey.id.in_(ids))
    keys = session.scalars(select(ApiKey).options(*LOADED).where(*where).order_by(ApiKey.name)).all()
    check_found(len(keys), ids)
    changing = [key for key in keys if act.fits(key)]
    done = Done([key.name for key in changing], [key.name for key in keys if not act.fits(key)])
    do = act_of(session, principal, act, reason)
    for key in changing:
        do(key)
    if act is Act.REVOKE:
        tell_revoked(session, principal, changing)
    return done


def act_of(session: Session, principal: Principal, act: Act, reason: str) -> Callable[[ApiKey], ApiKey]:
    if act is Act.REVOKE:
        return lambda key: put_end(session, principal, key, reason)
    return lambda key: put_disabled(session, principal, key, act is Act.DISABLE)


def check_ids(key_ids: Sequence[str]) -> frozenset[str]:
    """Raises Invalid for none or too many."""
    ids = frozenset(key_ids)
    if not ids:
        raise Invalid("Tick at least one API key.")
    if len(ids) > MAX_KEYS_AT_ONCE:
        raise Invalid(f"At most {MAX_KEYS_AT_ONCE} API keys can be stopped or enabled at once.")
    return ids


def check_found(count: int, ids: frozenset[str]) -> None:
    """Raises NotFound for another organization's key exactly as for one that doesn't exist."""
    if count != len(ids):
        raise NotFound("There is no such API key.")
