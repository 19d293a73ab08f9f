"""Errors of the database are logged, so they never hold a value of a row: an address of a person, a digest of a password or a token."""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from flask import Flask
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from portal.cli.context import open_database
from portal.db.reader import Snapshot
from portal.extensions import db
from portal.importer.imported_types import IMPORTED_TYPES, TEMPORARY
from portal.importer.staging import write
from portal.models import ApiKeyToken, Person, PersonSession
from portal.runtime import account
from portal.settings import Settings
from tests.browser import Browser
from tests.keys.uses import caller
from tests.people import Robot

EMAIL, DIGEST, ADDRESS = "secret.person@example.net", "5ec2e7d19e57" * 5, "198.51.100.77"
SECRETS = (EMAIL, DIGEST, ADDRESS)
PERSON = {"email": EMAIL, "name": "Alice", "password_digest": DIGEST}


def add_a_person_twice(session: Session) -> None:
    session.execute(insert(Person), [{**PERSON, "changed": 1}, {**PERSON, "changed": 2}])


def add_a_person_by_the_orm(session: Session) -> None:
    session.execute(insert(Person), {**PERSON, "changed": 1})
    session.info["version"] = 2
    session.add(Person(**PERSON))
    session.flush()


def add_a_person_without_a_name(session: Session) -> None:
    session.execute(text("INSERT INTO person (email, password_digest) VALUES (:email, :digest)"), {"email": EMAIL, "digest": DIGEST})


def add_a_session_of_no_one(session: Session) -> None:
    session.execute(insert(PersonSession), {"digest": DIGEST, "person_id": 99, "address": ADDRESS})
    session.commit()


@pytest.mark.parametrize("act", [add_a_person_twice, add_a_person_by_the_orm, add_a_person_without_a_name, add_a_session_of_no_one])
def test_an_error_names_what_is_wrong_without_the_row(app: Flask, act: Callable[[Session], None]) -> None:
    with app.app_context(), Session(db.engine) as session, pytest.raises(IntegrityError) as raised:
        act(session)
    said = "".join(traceback.format_exception(raised.value))
    assert "constraint" in said
    assert "DETAIL" not in said
    assert [secret for secret in SECRETS if secret in said] == []


def test_the_command_line_hides_parameters_too(settings: Settings) -> None:
    with open_database(settings), pytest.raises(IntegrityError) as raised:
        add_a_person_twice(db.session())
    assert EMAIL not in str(raised.value)
    assert "duplicate" in str(raised.value) or "UNIQUE" in str(raised.value)


def test_a_value_that_cannot_be_read_is_not_in_the_error(app: Flask) -> None:
    """SQLite reads any text as a number."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            return
        with Session(db.engine) as session, pytest.raises(DBAPIError) as raised:
            session.execute(text("SELECT CAST(:value AS integer)"), {"value": EMAIL})
        with Snapshot(db.engine) as snapshot, pytest.raises(psycopg.Error) as read:
            snapshot.rows("SELECT CAST(%s AS integer)", [EMAIL])
        with db.engine.connect() as connection:
            TEMPORARY.create_all(connection)
            with pytest.raises(psycopg.Error) as copied:
                write(connection, IMPORTED_TYPES["net"], [(EMAIL,)])
    for error in (raised.value, read.value, copied.value):
        said = "".join(traceback.format_exception(error))
        assert "SQLSTATE 22" in said
        assert EMAIL not in said


@contextmanager
def gone(table: str) -> Iterator[None]:
    """Where the table should be is nothing."""
    with db.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {table} RENAME TO gone"))
    yield
    with db.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE gone RENAME TO {table}"))


@pytest.mark.own_database
def test_nothing_that_is_logged_holds_a_value(
    app: Flask, visit: Callable[[str], Browser], robot: Callable[..., Robot], caplog: pytest.LogCaptureFixture
) -> None:
    """Pages, the API and the account of use, each while a table is gone."""
    key, alice, app.testing = robot("networks:read"), visit("alice"), False
    with app.app_context():
        session_digest = db.session.scalars(select(PersonSession.digest)).one()
        token = db.session.execute(select(ApiKeyToken.token_id, ApiKeyToken.digest)).one()
        db.session.rollback()
        with gone("person_session"):
            assert alice.get("/account").status_code == 500
        with gone("api_key_token"):
            assert app.test_client().post("/graphql", json={"query": "{ __typename }"}, headers=key.headers).status_code == 500
        with gone("api_key_source"):
            account().note(caller(key, ADDRESS), "ok", token_id=token.token_id)
            account().flush()
        account().flush()
    assert [record.name for record in caplog.records] == ["portal.pages.errors", "portal.api.answer", "portal.api_keys.usage.account"]
    values = [session_digest, token.token_id, token.digest.hex(), repr(token.digest), ADDRESS, "curl/8"]
    assert [value for value in values if value in caplog.text] == []
