"""What the pages say of keys that leaked, are frozen or disabled, or are at their limit: in the list, on a key's page, at home."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal.db.session import begin_writing, now
from portal.extensions import db
from portal.models import ApiKeyDay, ApiKeyToken
from portal.registry.organizations import Organization
from tests.browser import Browser, text
from tests.pages.api_keys import key_page, keys_of, rotate
from tests.people import People, Robot
from tests.rows import change_all, change_key

Visit = Callable[[str], Browser]
MakeRobot = Callable[..., Robot]


def test_a_leaked_key_is_told_everywhere(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read", name="nightly build"), visit("alice")
    change_all(app, ApiKeyToken, leaked_at=now() - timedelta(hours=2), last_used_at=now() - timedelta(hours=3))
    assert "nightly build : its newest token was reported as leaked and no longer works, last used 3 hours ago" in text(alice.get("/"))
    listed = text(alice.get(keys_of(people)))
    assert "nightly build Created by Alice Leaked 2 hours ago pport_" in listed
    assert "1 key has leaked" in listed
    assert "Live (1) Active (0) Stopped (1)" in listed
    page = text(alice.get(key_page(key)))
    for words in ("The newest token of this key was reported as leaked", "Reported 2 hours ago , last used 3 hours ago .", "State Leaked"):
        assert words in page
    assert "last used 3 hours ago" not in text(visit("bob").get(key_page(key)))
    assert "nightly build Leaked" in text(alice.get(f"{keys_of(people)}/report"))


def test_an_old_token_that_leaks_while_the_key_rotates_stays_in_sight(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read"), visit("alice")
    rotate(alice, key)
    change_all(app, ApiKeyToken, created=now() - timedelta(days=5))
    with app.app_context():
        begin_writing(db.session())
        token = db.session.get_one(ApiKeyToken, key.token[6:18])
        token.leaked_at, token.last_used_at = now() - timedelta(days=2), now() - timedelta(days=3)
        db.session.commit()
    assert f"pport_{key.token[6:10]}…{key.token[-4:]} leaked 2 days ago , last used 3 days ago" in text(alice.get(keys_of(people)))
    assert "robot : its old token was reported as leaked and no longer works, last used 3 days ago" in text(alice.get("/"))
    page = text(alice.get(key_page(key)))
    assert "An old token of this key was reported as leaked and is revoked" in page
    assert "Reported 2 days ago , last used 3 days ago" in page
    assert "State Active" in page


def test_a_disabled_key_that_is_frozen_too_says_both(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    key, alice = robot("networks:read", name="nightly build"), visit("alice")
    change_key(app, key, disabled_at=now())
    assert "nightly build Created by Alice Disabled just now pport_" in text(alice.get(keys_of(people)))
    assert "frozen" not in text(alice.get("/"))
    change_all(app, Organization, keys_frozen=True)
    assert "nightly build Created by Alice Frozen Disabled" in text(alice.get(keys_of(people)))
    page = text(alice.get(key_page(key)))
    for words in ("State Frozen Disabled", "All API keys of Example Org are frozen.", "This key is disabled."):
        assert words in page
    assert "All API keys of Example Org are frozen. Every request with them is refused." in text(visit("bob").get("/"))


@pytest.mark.sql
@pytest.mark.parametrize(
    ("used", "limited", "words"), [(10, 6, "on 6 of the last 10 days"), (10, 5, ""), (2, 2, ""), (3, 3, "on 3 of the last 3")]
)
def test_a_key_at_its_limit_on_most_days_needs_attention(
    app: Flask, visit: Visit, people: People, robot: MakeRobot, used: int, limited: int, words: str
) -> None:
    key, alice = robot("networks:read", name="busy"), visit("alice")
    numbers: dict[str, Any] = {"api_key_id": key.key_id, "ok": 9, "denied": 0, "errors": 0, "points": 9}
    with app.app_context():
        begin_writing(db.session())
        for back in range(30):
            refused = int(back < limited or back >= 14)  # what is longer ago doesn't count
            if back < used or back >= 14:
                db.session.add(ApiKeyDay(**numbers, day=now().date() - timedelta(days=back), limited=refused))
        db.session.commit()
    report, home = (text(alice.get(place)) for place in (f"{keys_of(people)}/report", "/"))
    assert (f"It reached its rate limit {words}" in report) is bool(words)
    assert ("busy : reaches its rate limit on most days" in home) is bool(words)
    for place in (f"{keys_of(people)}/report", "/"):
        assert "busy" not in text(visit("bob").get(place))  # who doesn't see how keys are used
