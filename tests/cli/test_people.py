"""`portal create-admin` and `portal reset-password`."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from portal.access.principal import Principal
from portal.accounts import sign_in
from portal.accounts.sign_in import Welcome
from portal.extensions import db
from portal.models import AuditRow, Membership, Person, PersonSession
from portal.settings import read
from tests.apps import opened
from tests.commands import CommandLine
from tests.demo import NORTHLIGHT

CHOSEN = "correct horse battery staple"
NEW = ("create-admin", "--email", "Ada@Example.net", "--organization", NORTHLIGHT)
RESET = ("reset-password", "--email", "admin@example.net")


@pytest.fixture
def registry(demo: CommandLine) -> Iterator[Flask]:
    """What the commands did, seen from another process."""
    with opened(read(demo.environ)) as app, app.app_context():
        yield app
        db.session.remove()


def enter(email: str, password: str) -> Welcome:
    welcome = sign_in(db.session(), Principal(address="192.0.2.1"), email, password)
    db.session.commit()
    return welcome


def test_a_new_admin_gets_a_random_password_to_be_changed(demo: CommandLine, registry: Flask) -> None:
    said = demo.ok(*NEW, "--name", "Ada Lovelace")
    assert enter("ada@example.net", said.out.strip()).must_change_password
    person = db.session.scalars(select(Person).where(Person.email == "ada@example.net")).one()
    member = db.session.get_one(Membership, (int(NORTHLIGHT), person.id))
    assert (person.name, member.role) == ("Ada Lovelace", "admin")
    assert said.out.strip() not in said.err


def test_a_password_on_standard_input_is_kept_and_never_shown(demo: CommandLine, registry: Flask) -> None:
    said = demo.ok(*NEW, "--password-stdin", stdin=f"{CHOSEN}\n")
    assert CHOSEN not in said.out + said.err
    assert not enter("ada@example.net", CHOSEN).must_change_password


def test_what_the_command_line_did_stands_in_the_audit(demo: CommandLine, registry: Flask) -> None:
    demo.ok(*NEW)
    newest = db.session.scalars(select(AuditRow).order_by(AuditRow.number.desc()).limit(2)).all()
    assert [(row.event, row.actor_kind) for row in newest] == [("member.added", "command line"), ("person.created", "command line")]


@pytest.mark.parametrize(
    ("arguments", "stdin", "words"),
    [
        (("--email", "ada@example.net", "--organization", "5"), CHOSEN, "no such organization"),
        (("--email", "admin@example.net", "--organization", NORTHLIGHT), CHOSEN, "has an account already"),
        (("--email", "ada at example", "--organization", NORTHLIGHT), CHOSEN, "isn't an e-mail address"),
        (("--email", "ada@example.net", "--organization", NORTHLIGHT), "short", "at least 12 characters"),
        (("--email", "ada@example.net", "--organization", NORTHLIGHT), "Password1234", "common passwords"),
        (("--email", "ada@example.net", "--organization", NORTHLIGHT), "", "no password on standard input"),
    ],
)
def test_a_refused_admin_leaves_nothing(demo: CommandLine, registry: Flask, arguments: tuple[str, ...], stdin: str, words: str) -> None:
    said = demo("create-admin", *arguments, "--password-stdin", stdin=stdin)
    assert said.code == 1
    assert words in said.line
    assert db.session.scalar(select(Person.id).where(Person.email == "ada@example.net")) is None


def test_a_reset_password_ends_the_sessions_and_the_old_password(demo: CommandLine, registry: Flask) -> None:
    before = demo.ok(*RESET).out.strip()
    enter("admin@example.net", before)
    after = demo.ok(*RESET).out.strip()
    assert db.session.scalars(select(PersonSession)).all() == []
    assert enter("admin@example.net", after).must_change_password
    assert before != after


def test_a_reset_password_can_be_given_on_standard_input(demo: CommandLine, registry: Flask) -> None:
    said = demo.ok(*RESET, "--password-stdin", stdin=f"{CHOSEN}\n")
    assert CHOSEN not in said.out + said.err
    assert not enter("admin@example.net", CHOSEN).must_change_password


@pytest.mark.parametrize(("given", "words"), [(CHOSEN, "has now"), ("Password1234", "common passwords")])
def test_a_reset_password_is_neither_the_one_before_nor_a_common_one(demo: CommandLine, registry: Flask, given: str, words: str) -> None:
    demo.ok(*RESET, "--password-stdin", stdin=f"{CHOSEN}\n")
    said = demo(*RESET, "--password-stdin", stdin=f"{given}\n")
    assert said.code == 1
    assert words in said.line
    enter("admin@example.net", CHOSEN)


def test_an_unknown_persons_password_cant_be_reset(demo: CommandLine) -> None:
    said = demo("reset-password", "--email", "nobody@example.net")
    assert said.code == 1
    assert "No account has this e-mail address" in said.line
