"""A key's state and what else is true of it: one order, the same for lists, the usage page and SQL; and tokens that leaked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.access.key_state import State, key_works
from portal.api_keys.authenticate.impersonate import impersonate
from portal.api_keys.key import Key
from portal.api_keys.lifecycle.rotate import rotate
from portal.api_keys.queries.attention import frozen_organizations, keys_needing_attention
from portal.api_keys.queries.detail import read_key
from portal.api_keys.usage.organization_usage import read_organization_use
from portal.api_keys.usage.periods import Period
from portal.db.session import now, snapshot
from portal.errors import Conflict
from portal.extensions import db
from portal.models import ApiKey, ApiKeyToken
from portal.registry.organizations import Organization
from tests.people import People, Robot
from tests.rows import change_all, change_rows

MakeRobot = Callable[..., Robot]
PAST = timedelta(days=-1)
CHANGES: dict[State, tuple[Any, dict[str, Any]]] = {
    State.REVOKED: (ApiKey, {"revoked_at": PAST, "revoked_by": "Alice"}),
    State.EXPIRED: (ApiKey, {"expires_at": PAST}),
    State.LEAKED: (ApiKeyToken, {"leaked_at": PAST}),
    State.FROZEN: (Organization, {"keys_frozen": True}),
    State.DISABLED: (ApiKey, {"disabled_at": PAST}),
}


def read(app: Flask, people: People, key: Robot) -> Key:
    with app.app_context(), snapshot(db.engine) as connection:
        return read_key(connection, people.principal("alice"), people.ours, key.key_id).key


def test_a_keys_states_are_told_in_one_order_everywhere(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    states: tuple[State, ...] = (State.ACTIVE,)
    assert read(app, people, key).states == states
    for state in reversed(CHANGES):  # each comes before those that were true already
        model, values = CHANGES[state]
        change_all(app, model, **{name: now() + value if isinstance(value, timedelta) else value for name, value in values.items()})
        states = (state,) if state is State.REVOKED else (state, *(other for other in states if other is not State.ACTIVE))
        found = read(app, people, key)
        assert (found.state, found.states) == (state, states)
        with app.app_context(), snapshot(db.engine) as connection:
            used = read_organization_use(connection, people.principal("alice"), people.ours, Period.MONTH).keys
            assert [one.states for one in used] == [states]


@pytest.mark.parametrize("state", CHANGES)
def test_a_key_works_in_no_state_but_active(app: Flask, people: People, robot: MakeRobot, state: State) -> None:
    robot("networks:read")
    statement = select(ApiKey.id).join(Organization, Organization.id == ApiKey.organization_id).where(key_works(now()))
    with app.app_context():
        assert len(db.session.scalars(statement).all()) == 1
        model, values = CHANGES[state]
        change_rows(model, **{name: now() + value if isinstance(value, timedelta) else value for name, value in values.items()})
        assert db.session.scalars(statement).all() == []


@pytest.fixture
def rotating(app: Flask, people: People, robot: MakeRobot) -> Callable[..., Robot]:
    """A key with two tokens, of which the `old` or the `new` one was reported some days ago."""

    def make(leaked: str, days: int) -> Robot:
        key = robot("networks:read")
        with app.app_context():
            old = key.token[6:18]
            rotate(db.session(), people.principal("alice"), people.ours, key.key_id, seen=old)
            db.session.commit()
            change_rows(ApiKeyToken, created=now() - timedelta(days=21))
            which = ApiKeyToken.retires_at.is_not(None) if leaked == "old" else ApiKeyToken.retires_at.is_(None)
            change_rows(ApiKeyToken, which, leaked_at=now() - timedelta(days=days), last_used_at=now() - timedelta(days=days))
        return key

    return make


@pytest.mark.parametrize(("days", "shown"), [(0, True), (13, True), (15, False)])
def test_an_old_token_that_leaked_is_seen_with_its_last_use_for_two_weeks(
    app: Flask, people: People, rotating: Callable[..., Robot], days: int, shown: bool
) -> None:
    robot = rotating("old", days)
    key = read(app, people, robot)
    assert (key.states, key.leaked, key.older) == ((State.ACTIVE,), False, [])
    assert [token.token_id for token in key.reported] == [robot.token[6:18]] * shown
    assert all(token.last_used_at for token in key.reported)
    with app.app_context(), snapshot(db.engine) as connection:
        listed = {name: keys_needing_attention(connection, people.principal(name), before=now()) for name in ("alice", "bob")}
    assert [one.words for one in listed["alice"]] == ["its old token was reported as leaked and no longer works"] * shown
    assert all(one.token_used_at == key.reported[0].last_used_at for one in listed["alice"])
    assert [(one.tells_use, one.token_used_at) for one in listed["bob"]] == [(False, None)] * shown


def test_a_key_whose_newest_token_leaked_is_leaked_though_its_old_one_still_works(
    app: Flask, people: People, rotating: Callable[..., Robot]
) -> None:
    """As long as it does, an admin can act as the key in the playground; not when something else stops it."""
    robot, alice = rotating("new", 20), people.principal("alice")
    key = read(app, people, robot)
    assert (key.states, len(key.older), len(key.reported)) == ((State.LEAKED,), 1, 1)
    with app.app_context():
        impersonate(db.session(), alice, people.ours, robot.key_id)
        db.session.commit()
        change_rows(ApiKey, disabled_at=now())
        with pytest.raises(Conflict, match="disabled"):
            impersonate(db.session(), alice, people.ours, robot.key_id)
        db.session.rollback()


def test_home_is_told_of_leaked_keys_first_and_of_frozen_organizations(app: Flask, people: People, robot: MakeRobot) -> None:
    robot("networks:read", name="first to expire")
    leaked, _ = robot("networks:read", name="leaked"), robot("networks:read", name="theirs", charlie=True)
    alice, soon = people.principal("alice"), now() + timedelta(days=100)
    with app.app_context():
        change_rows(ApiKey, ApiKey.id == leaked.key_id, expires_at=None)
        change_rows(ApiKeyToken, ApiKeyToken.api_key_id == leaked.key_id, leaked_at=now())
        change_rows(Organization, Organization.id == people.ours, keys_frozen=True)
        with snapshot(db.engine) as connection:
            listed = [(key.name, key.words.split(" on ")[0]) for key in keys_needing_attention(connection, alice, before=soon)]
            frozen = [frozen_organizations(connection, people.principal(name)) for name in ("alice", "charlie", "dave")]
    assert listed == [("leaked", "its newest token was reported as leaked and no longer works"), ("first to expire", "expires")]
    assert frozen == [{people.ours: "Example Org"}, {}, {}]
