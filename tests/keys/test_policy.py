"""An organization's policy for its keys, and the operator's ceilings: who sets them, what they refuse, what they leave alone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from portal.access.permissions import GRANTABLE, Permission
from portal.access.principal import COMMAND_LINE
from portal.access.require import ConfirmationNeeded
from portal.api_keys.lifecycle.create import issue
from portal.api_keys.lifecycle.draft import Draft
from portal.api_keys.lifecycle.edit import edit
from portal.api_keys.operator_limits import MAX_POINTS, set_ceilings
from portal.api_keys.policy import MAX_DAYS, KeyPolicy, read_policy, set_policy
from portal.api_keys.queries.key_list import Show, list_keys
from portal.audit.sentences import say_details, sentence
from portal.db.session import begin_writing, now, snapshot
from portal.errors import Conflict, Forbidden, Invalid, NotFound, PortalError
from portal.extensions import db
from portal.models import ApiKey, AuditRow
from portal.registry.organizations import Organization
from tests.keys.policies import change_ceilings, change_policy
from tests.people import People, Robot

MakeRobot = Callable[..., Robot]
STRICT = KeyPolicy(longest_days=30, addresses_required=True, unused_days=7)
READING = {Permission.NETWORKS_READ: None}


def rows(app: Flask) -> list[AuditRow]:
    with app.app_context():
        return list(db.session.scalars(select(AuditRow).where(AuditRow.subject_type == "organization").order_by(AuditRow.number)))


def breaches_seen_by(app: Flask, people: People, name: str) -> dict[str, list[str]]:
    with app.app_context(), snapshot(db.engine) as connection:
        page = list_keys(connection, people.principal(name), people.ours, Show.BREACHING)
        return {listed.key.name: list(listed.key.breaches) for listed in page.keys}


def test_an_organization_without_a_policy_has_the_defaults(app: Flask, people: People) -> None:
    with app.app_context():
        assert read_policy(db.session(), people.ours) == KeyPolicy(366, False, False, 60, 1000, 5000, 0)


def test_a_policy_is_stored_and_told_with_its_difference(app: Flask, people: People) -> None:
    stored = change_policy(app, people, longest_days=30, never_allowed=True, unused_days=None)
    with app.app_context():
        assert read_policy(db.session(), people.ours) == stored
        assert read_policy(db.session(), people.theirs) == KeyPolicy()
    (row,) = rows(app)
    assert sentence(row) == "Alice changed the policy for API keys of Example Org"
    assert say_details(row) == {"longest days": "366 → 30", "never allowed": "no → yes", "unused days": "60 → nothing"}
    assert stored.changed > 0


def test_saving_the_same_policy_again_writes_nothing(app: Flask, people: People) -> None:
    first = change_policy(app, people, longest_days=30)
    assert change_policy(app, people) == first
    assert len(rows(app)) == 1


def test_a_policy_that_somebody_changed_meanwhile_is_a_conflict(app: Flask, people: People) -> None:
    with app.app_context():
        seen = read_policy(db.session(), people.ours)
    for _ in range(2):  # the first change of all, and a later one
        change_policy(app, people, longest_days=seen.longest_days - 1)
        with app.app_context():
            with pytest.raises(Conflict):
                set_policy(db.session(), people.principal("alice"), people.ours, STRICT, seen=seen.changed)
            db.session.rollback()
            seen = read_policy(db.session(), people.ours)
    assert seen.longest_days == 364


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"longest_days": 0}, "longest_days"),
        ({"longest_days": MAX_DAYS + 1}, "longest_days"),
        ({"unused_days": 0}, "unused_days"),
        ({"unused_days": MAX_DAYS + 1}, "unused_days"),
    ],
)
def test_days_beyond_reason_are_refused(app: Flask, people: People, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        change_policy(app, people, **changes)
    assert refused.value.field == field
    assert change_policy(app, people, longest_days=1, unused_days=MAX_DAYS).longest_days == 1


@pytest.mark.parametrize(
    ("name", "refusal"), [("erin", Forbidden), ("bob", Forbidden), ("charlie", NotFound), ("dave", NotFound), ("olga", NotFound)]
)
def test_only_an_admin_of_the_organization_sets_its_policy(app: Flask, people: People, name: str, refusal: type[PortalError]) -> None:
    with pytest.raises(refusal):
        change_policy(app, people, name, longest_days=30)
    assert rows(app) == []


def test_setting_a_policy_asks_who_one_is(app: Flask, people: People) -> None:
    with app.app_context(), pytest.raises(ConfirmationNeeded):
        set_policy(db.session(), people.principal("alice", confirmed=False), people.ours, STRICT, seen=0)


def test_neither_policy_nor_ceilings_are_a_keys_to_set() -> None:
    assert not {Permission.KEYS_MANAGE, Permission.REGISTRY_OPERATE} & set(GRANTABLE)


def test_a_deleted_organization_has_no_policy_to_set(app: Flask, people: People) -> None:
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(update(Organization).where(Organization.id == people.ours).values(status="deleted"))
        db.session.commit()
        with pytest.raises(NotFound):
            set_policy(db.session(), COMMAND_LINE, people.ours, STRICT, seen=0)
        with pytest.raises(NotFound):
            set_ceilings(db.session(), COMMAND_LINE, people.ours, 10, 10)


def test_keys_that_dont_comply_work_on_and_are_listed_with_why(app: Flask, client: FlaskClient, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read", name="old")
    assert breaches_seen_by(app, people, "alice") == {}
    change_policy(app, people, longest_days=30, addresses_required=True)
    assert breaches_seen_by(app, people, "alice") == {
        "old": ["It expires later than 30 days from today.", "It can be used from any address."]
    }
    assert client.get("/api/whoami", headers=key.headers).status_code == 200
    with app.app_context():
        session, alice = db.session(), people.principal("alice")
        draft = Draft("old", "noc@example.net", now().date() + timedelta(days=30), grants=READING, addresses=["192.0.2.0/24"])
        edit(session, alice, people.ours, key.key_id, draft, seen=session.get_one(ApiKey, key.key_id).changed)
        session.commit()
    assert breaches_seen_by(app, people, "alice") == {}


def test_who_may_not_know_a_keys_addresses_isnt_told_that_it_has_none(app: Flask, people: People, robot: MakeRobot) -> None:
    robot("networks:read", name="anywhere")
    change_policy(app, people, addresses_required=True)
    assert breaches_seen_by(app, people, "erin") == {"anywhere": ["It can be used from any address."]}
    assert breaches_seen_by(app, people, "bob") == {}


def test_ended_keys_neednt_comply(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    change_policy(app, people, longest_days=30)
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(update(ApiKey).where(ApiKey.id == key.key_id).values(revoked_at=now()))
        db.session.commit()
    assert breaches_seen_by(app, people, "alice") == {}


def test_a_key_without_an_end_complies_only_where_the_policy_allows_it(app: Flask, people: People) -> None:
    change_policy(app, people, never_allowed=True)
    with app.app_context():
        issue(db.session(), people.principal("alice"), people.ours, Draft("eternal", "noc@example.net", None, grants=READING))
        db.session.commit()
    assert breaches_seen_by(app, people, "alice") == {}
    change_policy(app, people, never_allowed=False)
    assert breaches_seen_by(app, people, "alice") == {"eternal": ["It never expires."]}
    assert breaches_seen_by(app, people, "bob") == {"eternal": ["It never expires."]}


@pytest.mark.parametrize(("unused_days", "unused"), [(60, False), (30, True), (40, False), (None, False)])
def test_a_key_is_unused_after_the_policys_days(
    app: Flask, people: People, robot: MakeRobot, unused_days: int | None, unused: bool
) -> None:
    key = robot("networks:read")
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(update(ApiKey).where(ApiKey.id == key.key_id).values(created=now() - timedelta(days=40, minutes=-1)))
        db.session.commit()
    change_policy(app, people, unused_days=unused_days)
    with app.app_context(), snapshot(db.engine) as connection:
        assert list_keys(connection, people.principal("alice"), people.ours).counts[Show.UNUSED] == unused


def test_the_operators_ceilings_bind_every_key_at_once(app: Flask, client: FlaskClient, people: People, robot: MakeRobot) -> None:
    key, theirs = robot("networks:read"), robot("networks:read", charlie=True)
    change_ceilings(app, people, 20, 70)
    answer = client.get("/api/whoami", headers=key.headers)
    assert answer.headers["RateLimit-Policy"] == '"key";q=20;w=60'
    assert (answer.json or {})["rateLimit"]["limit"] == 20
    assert client.get("/api/whoami", headers=theirs.headers).headers["RateLimit-Policy"] == '"key";q=1000;w=60'
    (row,) = rows(app)
    assert sentence(row) == "Command line changed the limits of API keys of Example Org"
    assert say_details(row) == {"key points": "1000 → 20", "organization points": "5000 → 70"}
    draft = Draft("greedy", "noc@example.net", now().date(), grants=READING, points=21)
    with app.app_context(), pytest.raises(Invalid, match="1 to 20 points"):
        issue(db.session(), people.principal("alice"), people.ours, draft)


def test_ceilings_and_policy_leave_each_other_alone(app: Flask, people: People) -> None:
    change_policy(app, people, longest_days=30, never_allowed=True)
    change_ceilings(app, people, 20, 70)
    stored = change_policy(app, people, longest_days=40, key_points=999_999)
    assert replace(stored, changed=0) == KeyPolicy(40, True, False, 60, 20, 70)


@pytest.mark.parametrize(
    ("key", "every", "field"),
    [(0, 10, "key_points"), (10, 0, "organization_points"), (10, MAX_POINTS + 1, "organization_points"), (11, 10, "key_points")],
)
def test_ceilings_beyond_reason_are_refused(app: Flask, people: People, key: int, every: int, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        change_ceilings(app, people, key, every)
    assert refused.value.field == field


@pytest.mark.parametrize(("name", "refusal"), [("alice", Forbidden), ("bob", Forbidden), ("charlie", NotFound), ("dave", NotFound)])
def test_only_an_operator_sets_ceilings(app: Flask, people: People, name: str, refusal: type[PortalError]) -> None:
    with app.app_context():
        with pytest.raises(refusal):
            set_ceilings(db.session(), people.principal(name), people.ours, 10, 10)
        db.session.rollback()
        set_ceilings(db.session(), people.principal("olga"), people.ours, 10, 10)
        db.session.commit()
    assert [row.actor_name for row in rows(app)] == ["Olga"]
