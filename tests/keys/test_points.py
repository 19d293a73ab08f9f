"""Points by day and by minute: what is told of them, and that the busiest minute is right whoever counted."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.access.principal import COMMAND_LINE, Kind, Principal
from portal.api_keys.usage.counts import Counts, Use
from portal.api_keys.usage.points import Day, read_days, read_hour
from portal.db.session import now, snapshot
from portal.errors import Forbidden, NotFound, PortalError
from portal.extensions import db
from portal.models import ApiKeyMinute
from tests.keys.uses import SOURCE, count_uses
from tests.people import People, Robot

MakeRobot = Callable[..., Robot]


def last_day(app: Flask, people: People, at: datetime, key: Robot | None = None) -> Day:
    with app.app_context(), snapshot(db.engine) as connection:
        return read_days(connection, people.principal("alice"), people.ours, 30, key.key_id if key else None, at=at)[-1]


def hour(app: Flask, people: People, at: datetime, key: Robot | None = None) -> list[tuple[str, int]]:
    with app.app_context(), snapshot(db.engine) as connection:
        return read_hour(connection, people.principal("alice"), people.ours, key.key_id if key else None, at=at)


@pytest.fixture
def noon() -> datetime:
    """The middle of a minute in the middle of a day."""
    return now().replace(hour=12, minute=30, second=30)


def test_the_busiest_minute_sums_what_all_processes_counted(app: Flask, people: People, robot: MakeRobot, noon: datetime) -> None:
    key = robot("networks:read")
    count_uses(app, (key, noon, 300), (key, noon - timedelta(minutes=1), 500))
    count_uses(app, (key, noon + timedelta(seconds=20), 300))  # another process, in the same minute
    count_uses(app, (key, noon - timedelta(minutes=1), 50), outcome="limited")
    assert last_day(app, people, noon, key) == Day(noon.date(), ok=3, limited=1, points=1150, peak=600)
    assert hour(app, people, noon, key)[-2:] == [("12:29", 550), ("12:30", 600)]


def test_all_keys_together_are_summed_by_minute(app: Flask, people: People, robot: MakeRobot, noon: datetime) -> None:
    first, second, theirs = robot("networks:read", name="a"), robot("networks:read", name="b"), robot("networks:read", charlie=True)
    count_uses(app, (first, noon, 30), (second, noon, 12), (theirs, noon, 999), (second, noon - timedelta(minutes=59), 7))
    assert hour(app, people, noon)[-1] == ("12:30", 42)
    assert (hour(app, people, noon)[0], len(hour(app, people, noon))) == (("11:31", 7), 60)
    use = last_day(app, people, noon)
    assert (use.points, use.peak) == (49, 30)


def test_minutes_are_forgotten_after_an_hour_and_the_peak_stays(app: Flask, people: People, robot: MakeRobot, noon: datetime) -> None:
    key = robot("networks:read")
    count_uses(app, (key, noon - timedelta(minutes=61), 900))
    count_uses(app, (key, noon, 2))
    with app.app_context():
        assert db.session.scalars(select(ApiKeyMinute.points)).all() == [2]
    assert last_day(app, people, noon, key).peak == 900


def test_days_without_use_are_told_too(app: Flask, people: People, robot: MakeRobot, noon: datetime) -> None:
    key = robot("networks:read")
    count_uses(app, (key, noon - timedelta(days=2), 5), (key, noon - timedelta(days=7), 9))
    with app.app_context(), snapshot(db.engine) as connection:
        days = read_days(connection, COMMAND_LINE, people.ours, 7, key.key_id, at=noon)
    assert [day.points for day in days] == [0, 0, 0, 0, 5, 0, 0]
    assert [day.day for day in days] == [noon.date() - timedelta(days=back) for back in range(6, -1, -1)]


def test_what_couldnt_be_written_for_long_is_kept_for_an_hour_of_minutes(noon: datetime) -> None:
    older, newer = Counts(), Counts()
    for back in range(90):
        older.use("key", SOURCE, Use("ok", 1), noon - timedelta(minutes=90 - back))
    newer.use("key", SOURCE, Use("ok", 5), noon)
    older.add(newer)
    assert len(older.minutes) == 60
    assert older.minutes["key", noon.replace(second=0)] == 5
    assert sum(day["points"] for day in older.days.values()) == 95


@pytest.mark.parametrize("read", [read_hour, partial(read_days, days=30)])
@pytest.mark.parametrize(("name", "refusal"), [("bob", Forbidden), ("charlie", NotFound), ("dave", NotFound), ("olga", NotFound)])
def test_who_may_not_know_the_use_is_refused(
    app: Flask, people: People, read: Callable[..., Any], name: str, refusal: type[PortalError]
) -> None:
    with app.app_context(), snapshot(db.engine) as connection:
        with pytest.raises(refusal):
            read(connection, people.principal(name), people.ours)
        with pytest.raises(NotFound):
            read(connection, Principal(Kind.ANONYMOUS), people.ours)
        assert read(connection, people.principal("erin"), people.ours)
