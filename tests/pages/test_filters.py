"""Moments, speeds and numbers read the way engineers write them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from portal.pages.template_filters import iso_time, number, relative_time, speed, utc_time

NOON = datetime(2026, 4, 16, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "words"),
    [
        (timedelta(0), "just now"),
        (timedelta(seconds=-59), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=-1), "1 minute ago"),
        (timedelta(hours=-3, minutes=-59), "3 hours ago"),
        (timedelta(days=-1), "1 day ago"),
        (timedelta(days=12, hours=5), "in 12 days"),
        (timedelta(days=59), "in 59 days"),
        (timedelta(days=-60), "2 months ago"),
        (timedelta(days=364), "in 12 months"),
        (timedelta(days=365), "in 1 year"),
    ],
)
def test_a_moment_is_told_from_where_one_stands(since: timedelta, words: str) -> None:
    assert relative_time(NOON + since, NOON) == words


def test_without_another_moment_one_stands_in_the_present() -> None:
    assert relative_time(datetime(2000, 1, 1, tzinfo=UTC)).endswith(" years ago")


def test_a_moment_of_another_zone_is_shown_in_utc() -> None:
    in_tokyo = datetime(2026, 4, 16, 1, 2, 3, tzinfo=timezone(timedelta(hours=9)))
    assert utc_time(in_tokyo) == "2026-04-15 16:02 UTC"
    assert iso_time(in_tokyo) == "2026-04-15T16:02:03Z"


@pytest.mark.parametrize(
    ("mbits", "words"),
    [(0, "0M"), (100, "100M"), (1_000, "1G"), (2_500, "2.5G"), (100_000, "100G"), (1_600_000, "1.6T"), (71_234_567, "71.234567T")],
)
def test_a_speed_reads_as_engineers_say_it(mbits: int, words: str) -> None:
    assert speed(mbits) == words


def test_a_large_number_has_separators() -> None:
    assert number(1234567) == "1,234,567"
