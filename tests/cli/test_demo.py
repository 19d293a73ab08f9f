"""`portal demo`: when it is refused, and whom it lets in."""

from pathlib import Path

import pytest
from sqlalchemy import select

from portal.extensions import db
from portal.models import Person
from portal.settings import read
from tests.apps import opened
from tests.browser import Browser, text
from tests.commands import CommandLine
from tests.demo import NORTHLIGHT


def test_the_demo_is_refused_unless_documentation_is_admitted(empty: CommandLine) -> None:
    empty.ok("migrate")
    said = empty("demo", PORTAL_ALLOW_DOCUMENTATION="0")
    assert said.code == 1
    assert "PORTAL_ALLOW_DOCUMENTATION=1" in said.line


def test_a_registry_with_records_is_refused(demo: CommandLine) -> None:
    said = demo("demo")
    assert said.code == 1
    assert "isn't empty" in said.line


def test_if_empty_leaves_a_registry_with_records_alone(demo: CommandLine) -> None:
    before = (demo.data / "portal.sqlite3").read_bytes()
    said = demo.ok("demo", "--if-empty")
    assert (said.out, said.err) == ("", "")
    assert (demo.data / "portal.sqlite3").read_bytes() == before


@pytest.mark.sql
def test_commands_work_on_both_engines_and_each_demo_has_a_password_of_its_own(production: CommandLine, built: tuple[Path, str]) -> None:
    production.ok("migrate")
    said = production.ok("demo", "--if-empty", "--url", "http://127.0.0.1:9000")
    assert said.out.startswith("Sign in at http://127.0.0.1:9000 as admin@example.net with ")
    assert said.out.endswith("; it is shown only now.\n")
    assert built[1] not in said.out
    assert "net:" in production.ok("approve").out
    options = ("--organization", NORTHLIGHT, "--name", "robot", "--notify", "noc@example.net", "--grant", "contacts:read", "--json")
    key_id = production.ok("keys", "issue", *options).json["keyId"]
    assert f"Revoked robot ({key_id})" in production.ok("keys", "revoke", key_id).err
    assert f"{key_id}  revoked" in production.ok("keys", "list", "--organization", NORTHLIGHT).out


def test_the_admin_signs_in_with_the_printed_password_and_must_change_it(demo: CommandLine, built: tuple[Path, str]) -> None:
    with opened(read(demo.environ)) as app:
        page = Browser(app.test_client()).sign_in("admin@example.net", built[1])
        assert page.status_code == 200
        assert page.request.path == "/account/password"
        assert "Maren Dijkstra" in text(page)
        with app.app_context():
            assert all(db.session.scalars(select(Person.must_change_password)))
            db.session.remove()


def test_the_printed_password_is_stored_nowhere(built: tuple[Path, str]) -> None:
    folder, password = built
    assert [path.name for path in folder.iterdir() if password.encode() in path.read_bytes()] == []
