"""The list of keys sorted, and as a file."""

import csv
import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from flask import Flask
from sqlalchemy import event, insert, select

from portal.api_keys.queries.key_list import list_keys
from portal.db.session import lock, now, snapshot
from portal.extensions import db
from portal.models import ApiKey, ApiKeyDay, ApiKeyGrant, ApiKeyToken
from tests.browser import Browser, text
from tests.pages.api_keys import keys_of, use_key
from tests.pages.forms import form_of
from tests.people import People, Robot
from tests.rows import change_key, change_rows

Visit = Callable[[str], Browser]
MakeRobot = Callable[..., Robot]
MODELS = (ApiKey, ApiKeyToken, ApiKeyGrant)


@pytest.fixture
def three(app: Flask, robot: Callable[..., Robot]) -> None:
    for name, days, used in (("alpha", 60, 9), ("bravo", 20, 2), ("=charlie()", 40, None)):
        key = robot("networks:read", name=name)
        change_key(app, key, expires_at=now() + timedelta(days=days))
        if used is not None:
            use_key(app, key, now() - timedelta(days=used))


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


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("typed", "names"), [("ÁLPHA", ["alpha"]), ("alice bra", ["bravo"]), ("192.0.2", []), ("build1", ["alpha"]), ("{id}", ["alpha"])]
)
def test_keys_are_found_by_words_on_the_page_and_in_the_file(
    app: Flask, visit: Visit, people: People, typed: str, names: list[str]
) -> None:
    """By name, note, creator and ids, whatever the case and the accents; the filters count what is found."""
    with app.app_context():
        key = db.session.scalars(select(ApiKey).where(ApiKey.name == "alpha")).one()
        change_rows(ApiKey, ApiKey.id == key.id, note="Runs on build1.")
        typed = typed.format(id=key.id)
    alice = visit("alice")
    assert [row["name"] for row in rows(alice, people, f"?q={typed}")] == names
    page = text(alice.get(f"{keys_of(people)}?q={typed}"))
    assert f"Live ({len(names)}) Active ({len(names)})" in page
    assert ("No key of Example Org in this list matches" in page) is not bool(names)


def test_a_whole_token_that_is_searched_for_finds_its_key_and_is_not_repeated(visit: Visit, people: People, robot: MakeRobot) -> None:
    """The browser doesn't send one, as it would be in the address; this is what comes of it all the same."""
    key = robot("networks:read", name="alpha")
    page = visit("alice").get(f"{keys_of(people)}?q={key.token}")
    assert "alpha" in text(page)
    assert f'value="{key.token[:18]}"' in page.get_data(as_text=True)
    assert key.token[19:] not in page.get_data(as_text=True)


def test_all_keys_that_a_search_finds_are_chosen_and_no_others(visit: Visit, people: People, robot: MakeRobot) -> None:
    for name in ("alpha one", "alpha two", "bravo"):
        robot("networks:read", name=name)
    alice = visit("alice")
    form = form_of(alice.get(keys_of(people)))
    page = text(alice.client.post(f"{keys_of(people)}/several", data=form | {"act": "disable", "all": "live", "q": "alpha"}))
    assert "Disable 2 API keys" in page
    assert "bravo" not in page


def test_days_without_requests_take_their_place_in_the_small_chart(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    use_key(app, key, now())
    page = visit("alice").get(keys_of(people)).get_data(as_text=True)
    base, bars = re.findall(r' d="([^"]*)"', page.partition('class="sparkline"')[2].partition("</svg>")[0])
    assert base.count("M") == 30
    assert re.findall(r"M(\d+)", bars) == ["118"]  # of 120: today's, the last of 30 places


@pytest.fixture
def five_hundred(app: Flask, robot: Callable[..., Robot]) -> None:
    """Keys alike, each used on each of 90 days."""
    one = robot("networks:read", "contacts:read", name="robot 0")
    with app.app_context():
        session = db.session()
        version = lock(session)
        key, token, grants = ([{**row} for row in session.execute(select(model.__table__)).mappings()] for model in MODELS)
        ids = {number: f"{one.key_id[:-3]}{number:03}" for number in range(1, 500)}
        session.execute(insert(ApiKey), [key[0] | {"id": ids[n], "name": f"robot {n}", "form_id": None, "changed": version} for n in ids])
        session.execute(insert(ApiKeyToken), [token[0] | {"token_id": f"token{n:07}", "api_key_id": ids[n]} for n in ids])
        lines = [{"resource": grant["resource"], "action": grant["action"], "whole": True} for grant in grants]
        session.execute(insert(ApiKeyGrant), [line | {"api_key_id": ids[n]} for line in lines for n in ids])
        numbers = {"ok": 3, "denied": 1, "limited": 0, "errors": 0, "points": 4}
        days = [now().date() - timedelta(days=back) for back in range(90)]
        session.execute(
            insert(ApiKeyDay), [{"api_key_id": key_id, "day": day, **numbers} for key_id in (one.key_id, *ids.values()) for day in days]
        )
        session.commit()


@pytest.mark.usefixtures("five_hundred")
def test_five_hundred_keys_with_ninety_days_of_use_take_three_statements(app: Flask, people: People) -> None:
    with app.app_context(), snapshot(db.engine) as connection:
        statements: list[str] = []
        event.listen(connection, "before_cursor_execute", lambda _c, _cur, statement, *_: statements.append(statement))
        page = list_keys(connection, people.principal("alice"), people.ours)
        whole = list_keys(connection, people.principal("alice"), people.ours, size=500)
    assert len(statements) == 2 * 3
    assert (page.total, len(page.keys), len(whole.keys)) == (500, 50, 500)
    assert {tuple(listed.days or ()) for listed in whole.keys} == {(4,) * 30}
