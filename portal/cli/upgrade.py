"""Upgrades the database to this release.

Apart from the rest: loading Alembic would take a tenth of a server's start, and memory of each worker.
"""

from glob import escape
from pathlib import Path

import click
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, make_url
from sqlalchemy.exc import DatabaseError, InterfaceError

from portal.cli.context import check_not_newer, stored_migration
from portal.cli.errors import is_busy, reason_of
from portal.db.migration import migration_transaction
from portal.db.private_file import HALF, private_file
from portal.db.release import MIGRATIONS, migrations
from portal.db.session import now
from portal.db.sqlite_copy import write_copy
from portal.errors import ConfigurationError
from portal.extensions import db, settings

BYTES_IN_MB = 1_000_000


class StepFailed(Exception):
    """Says which migration failed and why; `stored` is the one that the database is still at, None for an empty one."""

    def __init__(self, number: str, reason: str, stored: str | None) -> None:
        super().__init__(f"Migration {number} failed: {reason}.")
        self.stored = stored


def configuration() -> Config:
    """For Alembic's commands, in a context that has the database."""
    config = Config(MIGRATIONS / "alembic.ini")
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def upgrade() -> None:
    """All steps or none, and a copy of a SQLite database first. Raises ConfigurationError, saying what to do, when nothing was changed."""
    check_not_newer()
    if not pending_after(stored_migration()):
        return
    copy: Path | None = None
    try:
        with migration_transaction(db.engine) as connection:
            check_not_newer()  # again, because another migration may have ended just now
            stored = stored_migration()
            pending = pending_after(stored)
            copy = copy_before(stored) if stored and pending else None
            run_steps(connection, stored, pending)
    except BaseException as error:
        if copy:
            copy.unlink(missing_ok=True)  # the database is as it was; retries shall not fill the disk
        if isinstance(error, StepFailed):
            raise ConfigurationError(f"{error} {what_to_do(error)}") from error
        raise
    if copy:
        click.echo(f"Migrated from {stored} to {pending[-1]}. The database as it was before is in {copy}.", err=True)


def pending_after(stored: str | None) -> list[str]:
    """Returns the numbers of the migrations that a database lacks, in their order."""
    return sorted(number for number in migrations() if number > (stored or ""))


def copy_before(stored: str) -> Path | None:
    """Copies the database beside itself, where one file is all of it; says what to use where it isn't."""
    if db.engine.dialect.name == "postgresql":
        click.echo(
            f"Migrating from {stored}. PostgreSQL databases aren't copied: "
            "to go back, you need a backup that `portal backup` made before this.",
            err=True,
        )
        return None
    database = Path(make_url(settings().database_url).database or "")
    copy = unused_path(database, f"{stored}-{now():%Y%m%dT%H%M%SZ}")
    try:
        for draft in database.parent.glob(f"{escape(database.stem)}-{stored}-*{HALF}"):
            draft.unlink()  # of a migration that was killed: only one at a time comes here
        with private_file(copy) as draft:
            write_copy(database, draft)
    except (OSError, ConfigurationError) as error:
        megabytes = database.stat().st_size // BYTES_IN_MB + 1
        raise ConfigurationError(
            f"Nothing was changed, because no copy could be made first: {error} "
            f"Make {megabytes:,} MB of room in {copy.parent}, or mend what the error says, and run portal migrate again."
        ) from error
    return copy


def unused_path(database: Path, words: str) -> Path:
    """Beside the database: another migration may have been killed in this same second, after its copy was made."""
    endings = ("", *(f"-{number}" for number in range(2, 100)))
    paths = [database.with_name(f"{database.stem}-{words}{ending}{database.suffix}") for ending in endings]
    return next(path for path in paths if not path.exists())


def run_steps(connection: Connection, stored: str | None, pending: list[str]) -> None:
    """Raises StepFailed, or OperationalError while another process uses the tables."""
    config, applied = configuration(), list[str]()
    config.attributes.update(connection=connection, applied=applied)
    try:
        command.upgrade(config, "head")
    except (DatabaseError, InterfaceError) as error:
        if is_busy(error):
            raise
        raise StepFailed(pending[len(applied)], reason_of(error), stored) from error


def what_to_do(error: StepFailed) -> str:
    return (
        f"Nothing was changed: the database is still {f'at migration {error.stored}' if error.stored else 'empty'}. "
        "Mend what the error says and run portal migrate again, or report this line; the release before still runs."
    )
