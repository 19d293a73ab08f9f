"""A copy of a SQLite database that others write to."""

import sqlite3
from contextlib import closing
from pathlib import Path

from portal.errors import ConfigurationError


def write_copy(database: Path, draft: Path) -> None:
    """Fills the draft with what was committed when it began, in one reading transaction: writers go on meanwhile."""
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)) as connection:
            connection.execute("VACUUM INTO ?", (str(draft),))
    except sqlite3.DatabaseError as error:
        raise ConfigurationError(f"{database} can't be copied: {error}. portal check may say more.") from error
