"""Takes the values of rows out of the driver's errors: they are people's, or digests of tokens, and errors are logged.

SQLite names columns alone. PostgreSQL adds the row (DETAIL), the line of a COPY (CONTEXT), and the value itself where it can't be read.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

WITH_VALUES = ("22", "P0")  # classes whose first line may hold a value: data exceptions, and what a function raises


def hide_values(error: BaseException) -> str | None:
    """Changes the error's own text. Returns it, or None where the error stays as it is."""
    if not isinstance(error, psycopg.Error) or error.sqlstate is None:
        return None
    text = f"SQLSTATE {error.sqlstate}" if error.sqlstate.startswith(WITH_VALUES) else error.diag.message_primary or ""
    error.args = (text,)
    return text


@contextmanager
def hidden_values() -> Iterator[None]:
    """For what is done with the driver's own connection, past SQLAlchemy."""
    try:
        yield
    except psycopg.Error as error:
        hide_values(error)
        raise
