"""Trap 5: a second look-up path with another idea of "live". Every place that says whether a key works says the same."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal.api_keys.authenticate.impersonate import impersonate, keys_to_impersonate
from portal.api_keys.queries.key_list import Show, list_keys
from portal.db.session import now, snapshot
from portal.errors import Conflict
from portal.extensions import db
from portal.models import ApiKey, ApiKeyToken
from portal.registry.organizations import Organization
from tests.api.places import PLACES
from tests.people import People, Robot
from tests.rows import change_all

MakeRobot = Callable[..., Robot]
PAST = -timedelta(seconds=1)
WAYS: dict[str, tuple[Any, dict[str, Any]] | None] = {
    "live": None,
    "expired": (ApiKey, {"expires_at": PAST}),
    "disabled": (ApiKey, {"disabled_at": PAST}),
    "revoked": (ApiKey, {"revoked_at": PAST}),
    "leaked": (ApiKeyToken, {"leaked_at": PAST}),
    "frozen": (Organization, {"keys_frozen": True}),
    "of a deleted organization": (Organization, {"status": "deleted"}),
}


def by_requests(app: Flask, robot: Robot) -> set[bool]:
    sent = {"HTTP_AUTHORIZATION": f"Bearer {robot.token}", "REMOTE_ADDR": "192.0.2.7"}
    return {send(app.test_client(), sent).status_code == 200 for send in PLACES.values()}


def by_list(people: People) -> bool:
    """By the page's words: an active state, and a token that works."""
    with snapshot(db.engine) as connection:
        shown = [list_keys(connection, people.principal("alice"), people.ours, show).keys for show in (Show.LIVE, Show.ENDED)]
    (listed,) = [*shown[0], *shown[1]]
    return listed.key.state == "active" and bool(listed.key.tokens)


def by_acting(people: People, robot: Robot) -> bool:
    try:
        impersonate(db.session(), people.principal("alice"), people.ours, robot.key_id)
    except Conflict:
        return False
    finally:
        db.session.rollback()
    return True


def by_choices(people: People) -> bool:
    with snapshot(db.engine) as connection:
        return any(choice.works for choice in keys_to_impersonate(connection, people.principal("alice")))


@pytest.mark.parametrize("way", WAYS)
def test_whether_a_key_works_is_the_same_everywhere(way: str, app: Flask, people: People, robot: MakeRobot) -> None:
    key, changed = robot("networks:read", "keys:rotate_self"), WAYS[way]
    if changed:
        model, values = changed
        change_all(app, model, **{name: now() + value if isinstance(value, timedelta) else value for name, value in values.items()})
    works = way == "live"
    assert by_requests(app, key) == {works}
    with app.app_context():
        assert (by_list(people), by_acting(people, key), by_choices(people)) == (works,) * 3
