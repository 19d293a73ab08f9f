"""`portal backup`: the whole registry as one file, while the portal goes on."""

from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.engine import make_url

from portal.cli.backup import postgresql_dump
from portal.cli.context import check_not_newer, open_database, stored_migration
from portal.db.private_file import private_file
from portal.db.sqlite_copy import write_copy
from portal.errors import ConfigurationError
from portal.extensions import db
from portal.models import ApiKeyToken
from portal.settings import Settings, read

BYTES_IN_MB = 1_000_000


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write a backup of the registry to FILE, which mustn't be there yet.

    The portal goes on meanwhile, and everything that was acknowledged before the command began is in the backup. PostgreSQL's needs
    pg_dump. The secrets aren't in it: the command says which to keep.
    """
    settings = read()
    with open_database(settings):
        check_not_newer()
        if stored_migration() is None:
            raise ConfigurationError("There is no registry to back up. Run: portal migrate")
        peppers = sorted(db.session.scalars(select(ApiKeyToken.pepper).distinct()))
    write_backup(settings, file)
    click.echo(f"Wrote {file} ({file.stat().st_size / BYTES_IN_MB:.1f} MB), which only its owner can read.")
    click.echo(secrets_to_keep(settings, peppers))


def write_backup(settings: Settings, file: Path) -> None:
    """Raises Conflict for a file that is there already, ConfigurationError where it can't be written."""
    url = make_url(settings.database_url)
    try:
        with private_file(file) as draft:
            if url.get_backend_name() == "sqlite":
                write_copy(Path(url.database or ""), draft)
            else:
                postgresql_dump.write_dump(settings.database_url, draft)
    except OSError as error:
        raise ConfigurationError(f"{file} can't be written: {error.strerror}. Choose another place.") from error


def secrets_to_keep(settings: Settings, peppers: list[int]) -> str:
    """Returns what a restore needs beside the file."""
    place = "" if settings.production else f" (they are in {settings.data / 'secrets.json'})"
    numbers = ", ".join(map(str, peppers or sorted(settings.peppers)))
    return (
        f"The secrets aren't in it{place}. Keep PORTAL_PEPPERS ({numbers}) and PORTAL_AUDIT_KEY elsewhere: without the peppers none of its "
        "API keys works, and without the audit key its audit can't be verified."
    )
