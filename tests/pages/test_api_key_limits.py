"""What a key spent against what it has a minute: told on its page and on the organization's, to who may know its use."""

from collections.abc import Callable

import pytest
from flask import Flask

from portal.db.session import now
from tests.browser import Browser, text
from tests.keys.policies import change_ceilings
from tests.keys.uses import count_uses
from tests.pages.api_keys import key_page
from tests.people import People, Robot
from tests.rows import change_key

Visit = Callable[[str], Browser]


@pytest.mark.parametrize("name", ["alice", "erin"])
def test_a_keys_page_holds_what_it_spent_against_its_limit(
    app: Flask, people: People, visit: Visit, robot: Callable[..., Robot], name: str
) -> None:
    key = robot("networks:read")
    change_key(app, key, points=40, addresses=["192.0.2.0/24"])
    count_uses(app, (key, now(), 30))
    count_uses(app, (key, now(), 0), outcome="limited")
    page = visit(name).get(key_page(key))
    for words in (
        "Works from 192.0.2.0/24",
        "Rate limit 40 points a minute",
        "This key has 40 points a minute; all keys of Example Org together have 5,000.",
        "The last hour, minute by minute: at most 30 of 40 points",
        "The busiest minute of each day, the last 30 days: at most 30 of 40 points",
        "1 request was rate-limited in the last 30 days: all points were used up",
    ):
        assert words in text(page)
    assert 'aria-label="The last hour, minute by minute: at most 30 of 40 points"' in page.get_data(as_text=True)


def test_the_operators_ceiling_is_the_limit_of_a_key_that_has_more(
    app: Flask, people: People, visit: Visit, robot: Callable[..., Robot]
) -> None:
    key = robot("networks:read")
    change_key(app, key, points=40)
    change_ceilings(app, people, 20, 100)
    said = text(visit("alice").get(key_page(key)))
    assert "Rate limit 20 points a minute" in said
    assert "No requests were rate-limited in the last 30 days." in said


def test_a_viewer_is_told_neither_limit_nor_use(app: Flask, people: People, visit: Visit, robot: Callable[..., Robot]) -> None:
    key = robot("networks:read")
    change_key(app, key, points=40, addresses=["192.0.2.0/24"])
    count_uses(app, (key, now(), 30))
    said = text(visit("bob").get(key_page(key)))
    assert "points" not in said
    assert "192.0.2.0" not in said


def test_the_usage_page_holds_all_keys_against_the_organizations_limit(
    app: Flask, people: People, visit: Visit, robot: Callable[..., Robot]
) -> None:
    first, second = robot("networks:read", name="first"), robot("networks:read", name="second")
    usage = f"/organizations/{people.ours}/usage"
    assert "They used no points in the last hour." in text(visit("alice").get(usage))
    at = now()
    count_uses(app, (first, at, 30), (second, at, 12))
    change_ceilings(app, people, 50, 60)
    said = text(visit("alice").get(usage))
    assert "All keys together have 60 points a minute, each at most 50." in said
    assert "The last hour, minute by minute: at most 42 of 60 points" in said
