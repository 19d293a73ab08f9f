"""Keys that reach their rate limit on most of the days on which they are used: their program waits, or they need more points."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, select

from portal.db.session import now
from portal.models import ApiKey, ApiKeyDay

WITHIN = timedelta(days=14)
MIN_DAYS = 3  # fewer may be chance


def days_limited() -> ColumnElement[int]:
    return func.sum(case((ApiKeyDay.limited > 0, 1), else_=0))


def select_limited_keys(organization_ids: Collection[int]) -> Select[Any]:
    """Selects the ids of the organizations' keys that were limited on more than half of the days on which they were used."""
    keys = select(ApiKey.id).where(ApiKey.organization_id.in_(organization_ids))
    statement = select(ApiKeyDay.api_key_id).where(ApiKeyDay.api_key_id.in_(keys), ApiKeyDay.day > (now() - WITHIN).date())
    return statement.group_by(ApiKeyDay.api_key_id).having(days_limited() >= MIN_DAYS, days_limited() * 2 > func.count())


def read_limited_keys(connection: Connection, organization_id: int) -> Mapping[str, tuple[int, int]]:
    """Returns key id → days on which it was limited, and on which it was used."""
    statement = select_limited_keys([organization_id]).add_columns(days_limited(), func.count())
    return {key_id: (int(limited), int(used)) for key_id, limited, used in connection.execute(statement)}
