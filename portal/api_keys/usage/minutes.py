"""Points by minute, to be held against limits a minute: summed over all processes, and of each day the busiest is kept."""

from typing import Any

from sqlalchemy import Date, String, bindparam, delete, or_, select, update

from portal.api_keys.usage.counts import MINUTES_KEPT, Counts
from portal.api_keys.usage.tables import DAY, MINUTE
from portal.db.types import Timestamp

OF_KEY, ON_DAY = bindparam("of_key", type_=String()), bindparam("on_day", type_=Date())
IN_MINUTE, BEFORE = bindparam("in_minute", type_=Timestamp()), bindparam("before", type_=Timestamp())
SPENT = select(MINUTE.c.points).where(MINUTE.c.api_key_id == OF_KEY, MINUTE.c.minute == IN_MINUTE).scalar_subquery()
PEAK = update(DAY).where(DAY.c.api_key_id == OF_KEY, DAY.c.day == ON_DAY, or_(DAY.c.peak.is_(None), DAY.c.peak < SPENT)).values(peak=SPENT)
FORGET = delete(MINUTE).where(MINUTE.c.minute <= BEFORE)


def add_minutes(insert: Any) -> Any:
    statement = insert(MINUTE)
    return statement.on_conflict_do_update(
        index_elements=["api_key_id", "minute"], set_={"points": MINUTE.c.points + statement.excluded.points}
    )


def rows_of_minutes(counts: Counts) -> list[dict[str, Any]]:
    return [{"api_key_id": key_id, "minute": minute, "points": points} for (key_id, minute), points in sorted(counts.minutes.items())]


def peaks(counts: Counts) -> list[dict[str, Any]]:
    return [{"of_key": key_id, "on_day": minute.date(), "in_minute": minute} for key_id, minute in sorted(counts.minutes)]


def forgotten(counts: Counts) -> list[dict[str, Any]]:
    """What is an hour older than the newest."""
    return [{"before": max(minute for _, minute in counts.minutes) - MINUTES_KEPT}] if counts.minutes else []
