"""Foreseeable errors become one line on standard error and exit code 1; anything else is a bug and keeps its traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import DatabaseError, IntegrityError, InterfaceError, OperationalError, ProgrammingError

from portal.errors import ConfigurationError, PortalError

LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's code
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
    if is_busy(error):
        return DATABASE_BUSY
    return f"The database can't be used: {reason_of(error)}. Check PORTAL_DATABASE_URL or PORTAL_DATA, and that the server is up."


def is_busy(error: DatabaseError | InterfaceError) -> bool:
    """Whether a lock was waited for in vain."""
    locked = "database is locked" in reason_of(error) or getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE
    return isinstance(error, OperationalError) and locked


def reason_of(error: DatabaseError | InterfaceError) -> str:
    """Returns the driver's first line, which never holds the password of a database's address."""
    return str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
