"""`portal restore`: puts a backup in the place of the registry, or only rehearses it."""

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import click
from sqlalchemy import inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, InterfaceError

from portal.access.principal import COMMAND_LINE
from portal.cli.backup import postgresql_dump, sqlite_file
from portal.cli.backup.rehearsal import Rehearsal, print_rehearsal, rehearse
from portal.cli.backup.rights import Rights, read_rights
from portal.cli.backup.write import write_backup
from portal.cli.context import open_database, stored_migration
from portal.db.base import Registry
from portal.db.private_file import OWNER_ONLY
from portal.db.release import migrations
from portal.db.session import now
from portal.errors import ConfigurationError, Conflict
from portal.extensions import db
from portal.registry.write.epoch import begin_epoch
from portal.settings import Settings, read

UNCHANGED = "Nothing was changed."
RESTORING = "restoring-"  # how folders begin in which a database is made ready


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--rehearse", "only_rehearse", is_flag=True, help="Restore into a throw-away place, and leave the registry as it is.")
@click.option("--replace", "may_replace", is_flag=True, help="Replace a registry that isn't empty. It is kept beside the new one.")
@click.option("--despite-problems", is_flag=True, help="Restore also what the rehearsal finds problems in.")
def restore(file: Path, only_rehearse: bool, may_replace: bool, despite_problems: bool) -> None:
    """Restore the registry from a backup.

    Stop the portal first. Says what is in the backup, and what it revives: keys revoked since, people removed since. Signs everyone out,
    and gives the registry a new epoch, so that no mirror or cache takes a version that came twice for the same.
    """
    settings = read()
    url = make_url(settings.database_url)
    check_file(file, url.get_backend_name())
    empty = is_empty(settings)
    if not (empty or only_rehearse or may_replace):
        raise Conflict("The registry isn't empty. Rehearse first with --rehearse, and restore with --replace.")
    plan = Plan(settings, file, None if empty else read_present(settings), empty, only_rehearse, despite_problems)
    try:
        if url.get_backend_name() == "sqlite":
            restore_sqlite(plan)
        else:
            restore_postgresql(plan)
    except OSError as error:
        raise ConfigurationError(f"The backup can't be restored: {error}") from error


@dataclass(frozen=True)
class Plan:
    """What is to be done. `present`: what lets anyone into the registry that is there, None where that can't be read."""

    settings: Settings
    file: Path
    present: Rights | None
    empty: bool
    only_rehearse: bool
    despite_problems: bool

    @property
    def database_url(self) -> str:
        return self.settings.database_url


def restore_sqlite(plan: Plan) -> None:
    """What is rehearsed is a copy beside the database, which then takes its place."""
    database = Path(make_url(plan.database_url).database or "")
    with folder_beside(database) as folder:
        draft, kept = folder / database.name, database.with_name(f"{database.name}.before-{stamp()}")
        shutil.copyfile(plan.file, draft)
        draft.chmod(OWNER_ONLY)
        judge(plan, rehearse(plan.settings, f"sqlite:///{draft}", UNCHANGED), UNCHANGED)
        if plan.only_rehearse:
            return
        begin_epoch_of(plan, f"sqlite:///{draft}")
        shutil.chown(draft, database.parent.stat().st_uid, database.parent.stat().st_gid)  # root restores for another user
        sqlite_file.replace_database(database, draft, kept)
    say_restored(kept if kept.exists() else None)


def restore_postgresql(plan: Plan) -> None:
    """Rehearses in a database of its own. The registry is then replaced in one transaction, and can't be served until all is done."""
    if not plan.only_rehearse:
        postgresql_dump.refuse_shared(plan.database_url)
    rehearsed = rehearse_postgresql(plan)
    if plan.only_rehearse:
        return
    kept = None if plan.empty else plan.settings.data / f"before-{stamp()}.backup"
    if kept is not None:
        plan.settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_backup(plan.settings, kept)
    postgresql_dump.refuse_shared(plan.database_url)  # a rehearsal takes its time
    postgresql_dump.load(plan.file, plan.database_url, tables_of(plan.settings))
    so_far = f"The portal can't serve it so. To go back: portal restore {kept} --replace" if kept else "The portal can't serve it so."
    restored = rehearse(plan.settings, plan.database_url, so_far)
    if not rehearsed:
        judge(plan, restored, so_far)
    begin_epoch_of(plan, plan.database_url)
    say_restored(kept)


def rehearse_postgresql(plan: Plan) -> bool:
    """Returns whether the role could create a database for it; a restore does without."""
    try:
        with postgresql_dump.scratch_database(plan.database_url) as url:
            postgresql_dump.load(plan.file, url)
            judge(plan, rehearse(plan.settings, url, UNCHANGED), UNCHANGED)
    except postgresql_dump.MayNotCreate as error:
        if plan.only_rehearse:
            raise
        click.echo(f"Nothing is rehearsed first. {error}", err=True)
        return False
    return True


def check_file(file: Path, backend: str) -> None:
    """Raises ConfigurationError for what is no backup of a registry on this engine that this release can read."""
    with file.open("rb") as content:
        begins = content.read(max(len(sqlite_file.MAGIC), len(postgresql_dump.MAGIC)))
    readers = {"sqlite": sqlite_file, "postgresql": postgresql_dump}
    engine = next((name for name, reader in readers.items() if begins.startswith(reader.MAGIC)), None)
    if engine is None:
        raise ConfigurationError(f"{file} is no backup: portal backup writes one.")
    if engine != backend:
        raise ConfigurationError(f"{file} is a backup of {engine}, and PORTAL_DATABASE_URL names {backend}. Restore it on the same engine.")
    migration = readers[engine].read_migration(file)
    if migration is None:
        raise ConfigurationError(f"{file} holds no registry: portal backup writes one.")
    if migration not in migrations():
        raise ConfigurationError(f"{file} has migration {migration}, which this release doesn't know. Restore it with the newer release.")


def is_empty(settings: Settings) -> bool:
    """Whether nothing was ever written to the registry; a damaged file isn't taken for empty. Raises InterfaceError or OperationalError
    where a server can't be reached."""
    url = make_url(settings.database_url)
    is_file = url.get_backend_name() == "sqlite"
    if is_file and not Path(url.database or "").exists():
        return True
    try:
        with open_database(settings):
            if stored_migration() is None:
                return not inspect(db.engine).get_table_names()
            return not db.session.scalar(select(Registry.version))
    except (DatabaseError, InterfaceError):
        if is_file:
            return False
        raise


def read_present(settings: Settings) -> Rights | None:
    """Returns what lets anyone in now; None where the database can't be read, or is of another release."""
    try:
        with open_database(settings), db.engine.connect() as connection:
            return read_rights(connection) if stored_migration() == max(migrations()) else None
    except (DatabaseError, InterfaceError):
        return None


def judge(plan: Plan, rehearsal: Rehearsal, so_far: str) -> None:
    """Prints what the rehearsal found. Raises ClickException for problems, unless the restore goes on despite them."""
    print_rehearsal(rehearsal, plan.present)
    if rehearsal.problems and (plan.only_rehearse or not plan.despite_problems):
        count = len(rehearsal.problems)
        raise click.ClickException(f"{count} problem{'s' if count > 1 else ''} found. {so_far}")
    if plan.only_rehearse:
        click.echo("The backup can be restored; nothing was changed.")


def begin_epoch_of(plan: Plan, url: str) -> None:
    with open_database(replace(plan.settings, database_url=url)):
        session = db.session()
        begin_epoch(session, COMMAND_LINE, plan.file.name)
        session.commit()


def tables_of(settings: Settings) -> list[str]:
    with open_database(settings):
        return inspect(db.engine).get_table_names()


@contextmanager
def folder_beside(database: Path) -> Iterator[Path]:
    """Gives a folder for its owner alone on the database's own disk, and removes what killed restores have left there."""
    for left in database.parent.glob(f"{RESTORING}*"):
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=RESTORING, dir=database.parent) as folder:
        yield Path(folder)


def stamp() -> str:
    """The time and a little chance, because two restores may follow each other within a second."""
    return f"{now().strftime('%Y%m%dT%H%M%SZ')}-{secrets.token_hex(2)}"


def say_restored(kept: Path | None) -> None:
    click.echo("Restored. Everyone is signed out, and mirrors will be told to read everything again.")
    if kept:
        click.echo(f"The registry that was there before is in {kept}. Delete it once you don't need it any more.")
