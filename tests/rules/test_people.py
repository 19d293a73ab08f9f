"""Accounts and members: who may make, change and end them, and what stays when somebody goes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.access.permissions import Role
from portal.access.principal import ANONYMOUS, COMMAND_LINE, Principal
from portal.access.require import ConfirmationNeeded
from portal.accounts import add_member, create_person, delete_person, remove_member, reset_password, sign_in
from portal.accounts.attempts import MAX_FAILURES_BY_EMAIL
from portal.api_keys.authenticate.authenticate import Origin, admit, credential
from portal.db.reader import Snapshot
from portal.errors import Conflict, Forbidden, Invalid, NotFound, PortalError
from portal.extensions import db
from portal.models import ApiKey, AuditRow, Membership, Person, PersonSession
from tests.people import PASSWORD, People, Robot

MakeRobot = Callable[..., Robot]


def enter(email: str, password: str = PASSWORD) -> None:
    sign_in(db.session(), replace(ANONYMOUS, address="192.0.2.1"), email, password)
    db.session.commit()


def events() -> list[tuple[str, int | None, str]]:
    return [(row.event, row.organization_id, row.subject_name) for row in db.session.scalars(select(AuditRow).order_by(AuditRow.number))]


def make(principal: Principal, email: str = "Frank@Example.NET", **changes: Any) -> Person:
    values: dict[str, Any] = {"name": "Frank", "password": "a good long password"} | changes
    return create_person(db.session(), principal, email=email, **values)


def test_an_operator_makes_an_account_that_must_change_its_password(app: Flask, people: People) -> None:
    with app.app_context():
        frank = make(people.principal("olga"))
        db.session.commit()
        assert (frank.email, frank.must_change_password, frank.operator) == ("frank@example.net", True, False)
        assert "a good long password" not in frank.password_digest
        assert events() == [("person.created", None, "Frank")]
        enter("frank@example.net", "a good long password")


@pytest.mark.parametrize("name", ["alice", "bob", "dave"])
def test_nobody_else_makes_accounts_or_sets_passwords(app: Flask, people: People, name: str) -> None:
    with app.app_context():
        with pytest.raises(Forbidden):
            make(people.principal(name))
        with pytest.raises(Forbidden):
            reset_password(db.session(), people.principal(name), "bob@example.net")
        with pytest.raises(Forbidden):
            delete_person(db.session(), people.principal(name), people.ids["erin"])


@pytest.mark.parametrize(
    ("changes", "refusal", "field"),
    [
        ({"email": "nobody"}, Invalid, "email"),
        ({"email": "Alice@example.net"}, Conflict, "email"),
        ({"name": " "}, Invalid, "name"),
        ({"password": "short"}, Invalid, "password"),
    ],
)
def test_a_wrong_account_is_refused_on_its_field(
    app: Flask, people: People, changes: dict[str, str], refusal: type[PortalError], field: str
) -> None:
    with app.app_context(), pytest.raises(refusal) as refused:
        make(COMMAND_LINE, **changes)
    assert refused.value.field == field


def test_a_new_password_ends_the_old_one_its_sessions_and_strangers_tries(app: Flask, people: People) -> None:
    with app.app_context():
        enter("alice@example.net")
        for _ in range(MAX_FAILURES_BY_EMAIL):
            with pytest.raises(Invalid):
                enter("alice@example.net", "wrong password")
        password = reset_password(db.session(), people.principal("olga"), " Alice@example.net")
        db.session.commit()
        assert db.session.scalars(select(PersonSession)).all() == []
        with pytest.raises(Invalid):
            enter("alice@example.net")
        enter("alice@example.net", password)
        assert db.session.get_one(Person, people.ids["alice"]).must_change_password
        assert events() == [("person.password_reset", None, "Alice")]
        with pytest.raises(NotFound):
            reset_password(db.session(), COMMAND_LINE, "nobody@example.net")


def test_an_admin_adds_and_removes_members(app: Flask, people: People) -> None:
    with app.app_context():
        session, alice = db.session(), people.principal("alice")
        add_member(session, alice, people.ours, people.ids["dave"], Role.VIEWER)
        session.commit()
        with pytest.raises(Conflict, match="already"):
            add_member(session, alice, people.ours, people.ids["dave"], Role.ADMIN)
        enter("dave@example.net")
        remove_member(session, alice, people.ours, people.ids["dave"])
        session.commit()
        assert session.get(Membership, (people.ours, people.ids["dave"])) is None
        assert session.scalars(select(PersonSession)).all() == []
        assert events() == [("member.added", people.ours, "Dave"), ("member.removed", people.ours, "Dave")]
        with pytest.raises(NotFound):
            remove_member(session, alice, people.ours, people.ids["dave"])


@pytest.mark.parametrize(
    ("name", "refusal"), [("erin", Forbidden), ("bob", Forbidden), ("charlie", NotFound), ("dave", NotFound), ("olga", NotFound)]
)
def test_nobody_else_touches_members(app: Flask, people: People, name: str, refusal: type[PortalError]) -> None:
    with app.app_context():
        with pytest.raises(refusal):
            add_member(db.session(), people.principal(name), people.ours, people.ids["dave"], Role.ADMIN)
        with pytest.raises(refusal):
            remove_member(db.session(), people.principal(name), people.ours, people.ids["alice"])


def test_only_who_exists_becomes_a_member_and_only_of_what_exists(app: Flask, people: People) -> None:
    with app.app_context():
        for organization, person in ((people.ours, 987654321), (987654321, people.ids["dave"])):
            with pytest.raises(NotFound):
                add_member(db.session(), COMMAND_LINE, organization, person, Role.VIEWER)


def test_members_are_touched_only_by_who_confirmed_who_they_are(app: Flask, people: People) -> None:
    with app.app_context():
        unsure = people.principal("alice", confirmed=False)
        with pytest.raises(ConfirmationNeeded):
            add_member(db.session(), unsure, people.ours, people.ids["dave"], Role.VIEWER)
        with pytest.raises(ConfirmationNeeded):
            delete_person(db.session(), unsure, people.ids["alice"])


def test_the_last_admin_stays_unless_the_command_line_says_so(app: Flask, people: People) -> None:
    with app.app_context():
        session, alice = db.session(), people.principal("alice")
        with pytest.raises(Conflict, match="last admin"):
            remove_member(session, alice, people.ours, people.ids["alice"])
        with pytest.raises(Conflict, match="last admin"):
            delete_person(session, alice, people.ids["alice"])
        add_member(session, alice, people.ours, people.ids["dave"], Role.ADMIN)
        session.commit()
        remove_member(session, alice, people.ours, people.ids["alice"])
        session.commit()
        remove_member(session, COMMAND_LINE, people.ours, people.ids["dave"])
        session.commit()


def test_a_key_and_its_story_outlive_who_issued_it(app: Flask, people: People, robot: MakeRobot) -> None:
    """Trap 8: audit rows that vanish with the user."""
    key = robot("networks:read")
    with app.app_context():
        session = db.session()
        add_member(session, COMMAND_LINE, people.ours, people.ids["dave"], Role.ADMIN)
        session.commit()
        enter("alice@example.net")
        delete_person(session, people.principal("alice"), people.ids["alice"])
        session.commit()
        assert session.get(Person, people.ids["alice"]) is None
        assert session.scalars(select(PersonSession)).all() == []
        assert session.get_one(ApiKey, key.key_id).issued_by == "Alice"
        with Snapshot(db.engine) as opened:
            admitted = admit(credential([f"Bearer {key.token}"]), Origin("192.0.2.1"), opened)
        assert admitted.principal.id == key.key_id
        assert ("api_key.issued", people.ours, "robot") in events()
        assert events()[-2:] == [("member.removed", people.ours, "Alice"), ("person.deleted", None, "Alice")]
        with pytest.raises(NotFound):
            delete_person(session, COMMAND_LINE, people.ids["alice"])
