"""The database: whether it can be reached, is whole and migrated, fits the secrets, and can be written."""

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import click
import psycopg
from sqlalchemy import delete, insert, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, InterfaceError
from sqlalchemy.orm import Session

from portal.api_keys.authenticate.peppers import check_peppers
from portal.audit.audit_key import check_audit_key
from portal.cli.check.postgresql_server import about_postgresql, about_rights, postgresql_problem
from portal.cli.check.sqlite_file import about_orphans, about_sqlite, about_sqlite_file, sqlite_problem
from portal.cli.context import check_migrated, open_database
from portal.cli.errors import DATABASE_BUSY, database_error_line
from portal.cli.output import timestamp
from portal.db.sqlite_path import sqlite_path
from portal.errors import ConfigurationError
from portal.extensions import db
from portal.models import PepperCheck
from portal.registry.read.status import unfinished_import
from portal.registry.write.recount import count_wrong
from portal.settings import Settings

NO_PEPPER = -1  # the number of a row that is written and deleted again


def about_database(settings: Settings) -> Iterator[str]:
    """In the order in which one failing makes the rest meaningless."""
    click.echo(f"Database: {make_url(settings.database_url).render_as_string(hide_password=True)}")
    path = sqlite_path(settings.database_url)
    if path is not None:
        yield from about_sqlite_file(path)
    with open_database(settings):
        try:
            yield from list(about_engine()) or problem_raised_by(check_migrated) or about_rows(settings)
        except (DatabaseError, InterfaceError) as error:
            db.session.rollback()
            if database_error_line(error) == DATABASE_BUSY or isinstance(error.orig, psycopg.errors.LockNotAvailable):
                click.echo("Note: another process is writing just now, so no write was tried.")
            else:
                yield problem_of(error)


def about_engine() -> Iterator[str]:
    """What the statements and the constraints of the portal rely on."""
    with db.engine.connect() as connection:
        yield from (about_postgresql if connection.dialect.name == "postgresql" else about_sqlite)(connection)


def about_rows(settings: Settings) -> Iterator[str]:
    """Of a database that has its tables."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            yield from about_orphans(connection)
        elif rights := list(about_rights(connection)):
            yield from rights
            return
    try_to_write()
    yield from problem_raised_by(lambda: check_peppers(db.session(), settings.peppers))
    yield from problem_raised_by(lambda: check_audit_key(db.session()))
    yield from about_unfinished_import(db.session())
    yield from about_counters(db.session())


def about_counters(session: Session) -> Iterator[str]:
    """Counters are kept by each act; one that is wrong was changed by hand."""
    wrong = count_wrong(session.connection())
    if wrong:
        yield f"{wrong} record{'s have' if wrong > 1 else ' has'} a counter that is wrong. Run: portal check --repair"


def about_unfinished_import(session: Session) -> Iterator[str]:
    run = unfinished_import(session)
    if run:
        yield (
            f"The import of {run.file} that began at {timestamp(run.started)} isn't finished. "
            "If it doesn't run any more, it was stopped: import the file, or a newer one, to complete it."
        )


def try_to_write() -> None:
    """Commits a row that is deleted again: only a commit shows that the disk takes it. Raises what the driver does."""
    with db.engine.connect().execution_options(writes=True, hasty=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL lock_timeout = '1s'"))
        connection.execute(insert(PepperCheck).values(number=NO_PEPPER, value=b""))
        connection.execute(delete(PepperCheck).where(PepperCheck.number == NO_PEPPER))


def problem_of(error: DatabaseError | InterfaceError) -> str:
    cause: Any = error.orig
    if isinstance(cause, sqlite3.Error):
        return sqlite_problem(cause) or database_error_line(error)
    return (postgresql_problem(cause) if isinstance(cause, psycopg.Error) else None) or database_error_line(error)


def problem_raised_by(check: Callable[[], None]) -> list[str]:
    """Returns the problem that the check raises, if any; its text names the cure."""
    try:
        check()
    except ConfigurationError as error:
        return [str(error)]
    return []
