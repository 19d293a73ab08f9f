"""Another key of the same organization as the pattern of a new one."""

from typing import NamedTuple

from sqlalchemy import Connection, func, select

from portal.access.key_state import key_is_kept
from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import require
from portal.models import ApiKey

MAX_PATTERNS = 1000


class Pattern(NamedTuple):
    """A key that can be chosen."""

    id: str
    name: str


def patterns(connection: Connection, principal: Principal, organization_id: int) -> list[Pattern]:
    """The organization's keys that aren't revoked, by name."""
    require(principal, Permission.KEYS_SEE, organization_id)
    mine = (ApiKey.organization_id == organization_id, key_is_kept())
    statement = select(ApiKey.id, ApiKey.name).where(*mine).order_by(func.lower(ApiKey.name), ApiKey.id).limit(MAX_PATTERNS)
    return [Pattern(*row) for row in connection.execute(statement)]
