"""Foreseeable errors become one line on standard error and exit code 1; anything else is a bug and keeps its traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import DatabaseError, IntegrityError, InterfaceError, OperationalError, ProgrammingError

from portal.errors import ConfigurationError, PortalError

BUGS = (IntegrityError, ProgrammingError)
DATABASE_BUSY = "The database is busy: another process has been writing to it. Try again in a moment."


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Raises ClickException, which click shows as `Error: …`, instead of the errors of rules, settings and an unusable database."""
    try:
        yield
    except (PortalError, ConfigurationError) as error:
        raise click.ClickException(str(error)) from error
    except (DatabaseError, InterfaceError) as error:
        if isinstance(error, BUGS):
            raise
        raise click.ClickException(database_error_line(error)) from error


def database_error_line(error: DatabaseError | InterfaceError) -> str:
    """Returns the driver's first line, which never holds the password of a database's address."""
    reason = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
    if isinstance(error, OperationalError) and "database is locked" in reason:
        return DATABASE_BUSY
    return f"The database can't be used: {reason}. Check PORTAL_DATABASE_URL or PORTAL_DATA, and that the server is up."
