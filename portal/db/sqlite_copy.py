"""A copy of a SQLite database that others may be using: whole, for its owner alone, and on the disk when it is there."""

import os
from pathlib import Path

from sqlalchemy import Engine

DRAFT = ".draft"  # what the name of half a copy ends with


def copy_sqlite(engine: Engine, target: Path) -> None:
    """Writes beside the target and renames, so that half a copy never bears its name. Raises sqlite3.Error or OSError."""
    draft = target.with_name(target.name + DRAFT)
    draft.unlink(missing_ok=True)  # of a copy that was killed
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver
            driver.execute("VACUUM INTO ?", (str(draft),))  # not by a statement of SQLAlchemy's, which would begin a transaction
        sync(draft)
        draft.rename(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync(target.parent)


def sync(path: Path) -> None:
    """Waits until a file, or the names in a folder, are on the disk: SQLite doesn't do so for a copy."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
