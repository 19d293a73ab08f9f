"""Thirty days of use of a key that has been used: busy on working days, calm at weekends, now and then a refusal or an error."""

from datetime import date, datetime, timedelta

from portal.demo.builder import Builder, Row
from portal.demo.usage_details import add_details
from portal.limits.budgets import KEY_POINTS
from portal.models import ApiKey, ApiKeyDay

DAYS = 30
SATURDAY = 5


def add_usage(builder: Builder, key: ApiKey, row: Row) -> None:
    """From its issue, or 30 days ago, to the day on which it ended, or today."""
    if not row["daily"]:
        return
    ended = max((row[name] for name in ("expired", "revoked", "disabled", "leaked") if name in row), default=0)
    days = [builder.at.date() - timedelta(days=back) for back in range(DAYS - 1, ended - 1, -1)]
    used = [use_of_day(builder, key, day, row["daily"]) for day in days]
    builder.session.add_all(used)
    key.last_used_at = last_moment(builder, days[-1])
    key.last_used_address, key.last_used_agent = row["address"], row["user_agent"]
    key.tokens[0].last_used_at = key.last_used_at
    key.tokens[0].first_used_at = key.created + timedelta(minutes=7)
    add_details(builder, key, row, used)


def use_of_day(builder: Builder, key: ApiKey, day: date, daily: int) -> ApiKeyDay:
    share = 0.3 if day.weekday() >= SATURDAY else builder.random.uniform(0.8, 1.3)
    if day == builder.at.date():
        share *= builder.at.hour / 24
    ok = max(1, round(daily * share))
    denied = builder.random.choice((0, 0, 0, 0, 1, ok // 20))
    errors = builder.random.choice((0, 0, 0, 0, 0, 1))
    points, limited = ok * builder.random.randint(1, 6), ok // 300
    peak = KEY_POINTS if limited else min(KEY_POINTS, max(1, points // 20))  # a key that is limited has spent all of some minute
    return ApiKeyDay(api_key_id=key.id, day=day, ok=ok, denied=denied, limited=limited, errors=errors, points=points, peak=peak)


def last_moment(builder: Builder, day: date) -> datetime:
    """Some minutes before now today; in the small hours on an earlier day, so before whatever ended the key."""
    midnight = datetime.combine(day, datetime.min.time(), builder.at.tzinfo)
    if day == builder.at.date():
        return max(midnight, builder.at - timedelta(minutes=builder.random.randint(1, 90)))
    return midnight + timedelta(hours=3, minutes=15, seconds=2)
