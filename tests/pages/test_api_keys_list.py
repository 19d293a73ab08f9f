"""The list of keys sorted, and as a file."""

import csv
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from flask import Flask

from portal.database import now
from tests.browser import Browser
from tests.pages.test_api_keys import change, keys_of, use
from tests.people import People, Robot

Visit = Callable[[str], Browser]


@pytest.fixture
def three(app: Flask, robot: Callable[..., Robot]) -> None:
    for name, days, used in (("alpha", 60, 9), ("bravo", 20, 2), ("=charlie()", 40, None)):
        key = robot("networks:read", name=name)
        change(app, key, expires_at=now() + timedelta(days=days))
        if used is not None:
            use(app, key, now() - timedelta(days=used))


def rows(browser: Browser, people: People, query: str = "") -> list[dict[str, str]]:
    answer = browser.get(f"{keys_of(people)}/list.csv{query}")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Cache-Control"] == "no-store"
    return list(csv.DictReader(StringIO(answer.get_data(as_text=True))))


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("name", ["'=charlie()", "alpha", "bravo"]),
        ("expires", ["bravo", "'=charlie()", "alpha"]),
        ("used", ["bravo", "alpha", "'=charlie()"]),
        ("nonsense", ["'=charlie()", "alpha", "bravo"]),
    ],
)
def test_keys_are_sorted_alike_on_the_page_and_in_the_file(visit: Visit, people: People, sort: str, names: list[str]) -> None:
    browser = visit("alice")
    assert [row["name"] for row in rows(browser, people, f"?sort={sort}")] == names
    page = browser.get(f"{keys_of(people)}?sort={sort}").get_data(as_text=True)
    places = [page.index(f">{name.lstrip(chr(39))}</a>") for name in names]
    assert places == sorted(places)


@pytest.mark.usefixtures("three")
def test_the_file_tells_a_member_no_more_than_the_page(visit: Visit, people: People) -> None:
    assert rows(visit("alice"), people)[1]["address"] == "192.0.2.77"
    seen = rows(visit("bob"), people, "?sort=used")
    assert [row["name"] for row in seen] == ["'=charlie()", "alpha", "bravo"]
    assert not {"last used", "address", "requests in 30 days"} & set(seen[0])


@pytest.mark.usefixtures("three")
def test_the_file_holds_what_the_filter_shows(visit: Visit, people: People) -> None:
    assert [row["name"] for row in rows(visit("alice"), people, "?show=expiring")] == ["bravo"]
