"""Several keys stopped with one act: all of them or none, each with its row in the audit."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.access.permissions import GRANTABLE, Permission
from portal.access.principal import COMMAND_LINE, Kind, Principal
from portal.access.require import ConfirmationNeeded
from portal.api_keys.lifecycle.bulk import MAX_KEYS_AT_ONCE, Act, Done, read_several, stop_several
from portal.api_keys.lifecycle.create import issue
from portal.api_keys.lifecycle.draft import Draft
from portal.api_keys.lifecycle.stop import disable, revoke
from portal.db.session import now, snapshot
from portal.errors import Forbidden, Invalid, NotFound, PortalError
from portal.extensions import db
from portal.models import ApiKey, AuditRow
from tests.keys.tokens import answer_to
from tests.people import People, Robot
from tests.threads import at_once

MakeRobot = Callable[..., Robot]


@pytest.fixture
def three(robot: MakeRobot) -> list[Robot]:
    return [robot("networks:read", name=name) for name in ("alpha", "bravo", "charlie")]


def ids(keys: list[Robot]) -> list[str]:
    return [key.key_id for key in keys]


def stop(people: People, keys: list[Robot], act: Act, name: str = "alice", reason: str = "") -> Done:
    done = stop_several(db.session(), people.principal(name), people.ours, ids(keys), act, reason=reason)
    db.session.commit()
    return done


def events() -> list[tuple[str, str]]:
    """Since the keys were issued: what happened to which key."""
    db.session.rollback()
    rows = db.session.scalars(select(AuditRow).order_by(AuditRow.number))
    return [(row.event, row.subject_name) for row in rows if row.event != "api_key.issued"]


def working(keys: list[Robot]) -> list[bool]:
    return [answer_to(key.token) == Kind.KEY for key in keys]


def test_all_are_revoked_with_a_row_and_the_reason_for_each(app: Flask, people: People, three: list[Robot]) -> None:
    with app.app_context():
        assert stop(people, three, Act.REVOKE, reason=" the laptop is lost ") == Done(["alpha", "bravo", "charlie"], [])
        assert working(three) == [False] * 3
        assert events() == [("api_key.revoked", name) for name in ("alpha", "bravo", "charlie")]
        for key in db.session.scalars(select(ApiKey)):
            assert (key.revoked_by, key.revoked_reason) == ("Alice", "the laptop is lost")


def test_keys_are_disabled_and_enabled_and_the_others_untouched(app: Flask, people: People, three: list[Robot]) -> None:
    with app.app_context():
        assert stop(people, three[:2], Act.DISABLE).changed == ["alpha", "bravo"]
        assert working(three) == [False, False, True]
        assert stop(people, three[1:], Act.ENABLE) == Done(["bravo"], ["charlie"])
        assert working(three) == [False, True, True]
        assert events() == [("api_key.disabled", "alpha"), ("api_key.disabled", "bravo"), ("api_key.enabled", "bravo")]


@pytest.mark.parametrize("act", Act)
def test_a_key_that_somebody_revoked_meanwhile_is_named_and_left(app: Flask, people: People, three: list[Robot], act: Act) -> None:
    with app.app_context():
        disable(db.session(), people.principal("alice"), people.ours, three[0].key_id)
        db.session.commit()
        revoke(db.session(), people.principal("alice"), people.ours, three[1].key_id, reason="first")
        db.session.commit()
        left = {Act.REVOKE: ["bravo"], Act.DISABLE: ["alpha", "bravo"], Act.ENABLE: ["bravo", "charlie"]}[act]
        with snapshot(db.engine) as connection:
            seen = read_several(connection, people.principal("alice"), people.ours, ids(three), act)
        assert [key.name for key in seen.left] == left
        done = stop(people, three, act)
        assert (sorted([*done.changed, *done.left]), done.left) == (["alpha", "bravo", "charlie"], left)
        assert db.session.get_one(ApiKey, three[1].key_id).revoked_reason == "first"


@pytest.mark.parametrize("stranger", ["theirs", "nobody's"])
def test_one_key_that_is_not_ours_leaves_all_as_they_are(
    app: Flask, people: People, three: list[Robot], robot: MakeRobot, stranger: str
) -> None:
    """Trap 1: a key looked up by its public id without the organization."""
    theirs = robot("networks:read", name="theirs", charlie=True)
    other = theirs if stranger == "theirs" else Robot("key_000000000000", "", people.ours)
    with app.app_context():
        for act in Act:
            with pytest.raises(NotFound, match="There is no such API key"):
                stop(people, [*three, other], act)
            with snapshot(db.engine) as connection, pytest.raises(NotFound, match="There is no such API key"):
                read_several(connection, people.principal("alice"), people.ours, [*ids(three), other.key_id], act)
        assert working([*three, theirs]) == [True] * 4
        assert events() == []


def test_none_and_too_many_are_refused(app: Flask, people: People, three: list[Robot]) -> None:
    with app.app_context():
        for number, words in ((0, "Tick at least one"), (MAX_KEYS_AT_ONCE + 1, "At most 500")):
            with pytest.raises(Invalid, match=words):
                stop(people, [Robot(f"key_{index:012}", "", people.ours) for index in range(number)], Act.REVOKE)
        assert stop(people, [three[0]] * 600, Act.REVOKE).changed == ["alpha"]


@pytest.mark.parametrize(
    ("name", "refusal"), [("erin", Forbidden), ("bob", Forbidden), ("charlie", NotFound), ("dave", NotFound), ("olga", NotFound)]
)
def test_only_an_admin_of_the_organization_stops_keys(
    app: Flask, people: People, three: list[Robot], name: str, refusal: type[PortalError]
) -> None:
    with app.app_context():
        for act in Act:
            with pytest.raises(refusal):
                stop(people, three, act, name)
        assert working(three) == [True] * 3


def test_a_key_stops_none_and_an_admin_confirms_first(app: Flask, people: People, three: list[Robot]) -> None:
    caller = Principal(Kind.KEY, three[0].key_id, "robot", grants=dict.fromkeys(GRANTABLE), organization_id=people.ours, confirmed_at=now())
    with app.app_context():
        with pytest.raises(Forbidden):
            stop_several(db.session(), caller, people.ours, ids(three), Act.REVOKE)
        with pytest.raises(ConfirmationNeeded):
            stop_several(db.session(), people.principal("alice", confirmed=False), people.ours, ids(three), Act.REVOKE)
        assert working(three) == [True] * 3


def test_of_six_acts_at_once_each_key_is_stopped_by_one(app: Flask, people: People, three: list[Robot]) -> None:
    outcomes: list[Done] = []

    def stopped() -> None:
        outcomes.append(stop_several(db.session(), people.principal("alice"), people.ours, ids(three), Act.REVOKE))

    assert at_once(app, *[stopped] * 6) == ["stopped"] * 6
    assert sorted(len(done.changed) for done in outcomes) == [0] * 5 + [3]
    with app.app_context():
        assert len(events()) == 3


def test_revoking_against_disabling_leaves_revoked_keys(app: Flask, people: People, three: list[Robot]) -> None:
    def revoked() -> None:
        stop_several(db.session(), people.principal("alice"), people.ours, ids(three), Act.REVOKE)

    def disabled() -> None:
        stop_several(db.session(), people.principal("alice"), people.ours, ids(three), Act.DISABLE)

    assert at_once(app, revoked, disabled, revoked, disabled) == ["disabled", "disabled", "revoked", "revoked"]
    with app.app_context():
        assert all(db.session.scalars(select(ApiKey.revoked_at)))
        assert [event for event, _ in events()].count("api_key.revoked") == 3


@pytest.mark.one_engine
def test_five_hundred_are_stopped_at_once(app: Flask, people: People) -> None:
    day = now().date() + timedelta(days=90)
    with app.app_context():
        session = db.session()
        for number in range(MAX_KEYS_AT_ONCE):
            draft = Draft(f"robot {number:03}", "noc@example.net", day, grants={Permission.NETWORKS_READ: None})
            issue(session, COMMAND_LINE, people.ours, draft)
        session.commit()
        every = list(session.scalars(select(ApiKey.id)))
        with snapshot(db.engine) as connection:
            assert len(read_several(connection, people.principal("alice"), people.ours, every, Act.DISABLE).keys) == MAX_KEYS_AT_ONCE
        done = stop_several(session, people.principal("alice"), people.ours, every, Act.DISABLE)
        session.commit()
        assert len(done.changed) == len(events()) == MAX_KEYS_AT_ONCE
