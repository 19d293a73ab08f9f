"""Makes the database where there is none."""

from pathlib import Path

import click

from portal.api_keys.authenticate.peppers import check_peppers
from portal.cli.context import open_database, stored_migration
from portal.cli.upgrade import upgrade
from portal.db.file_modes import make_private
from portal.db.sqlite_path import sqlite_path
from portal.errors import ConfigurationError
from portal.extensions import db, settings
from portal.settings import Settings, read


def make_database(chosen: Settings) -> None:
    """Makes the database, or upgrades it to this release. Raises ConfigurationError."""
    make_file_private(sqlite_path(chosen.database_url))
    with open_database(chosen):
        upgrade()
        check_peppers(db.session(), settings().peppers)


def make_local_database() -> None:
    """In local mode makes a registry in a data folder that has none, and says so; in production only `migrate` does."""
    chosen = read()
    if chosen.production:
        return
    with open_database(chosen):
        is_empty = stored_migration() is None
    if is_empty:
        make_database(chosen)
        click.echo(f"Made an empty registry in {chosen.data}.", err=True)


def make_file_private(path: Path | None) -> None:
    """Of a SQLite database; None for PostgreSQL. Raises ConfigurationError where its folder can't be made."""
    if path is None:
        return
    try:
        make_private(path)
    except OSError as error:
        raise ConfigurationError(f"The folder {path.parent} can't be made: {error.strerror}. Make it, or choose another one.") from error
