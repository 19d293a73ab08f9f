"""A restored registry is brought to this release and looked through before anyone depends on it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import click
from sqlalchemy import func, select, text

from portal.api_keys.authenticate.peppers import check_peppers
from portal.audit.verify import Verdict, verify
from portal.cli.backup.rights import Rights, describe_changes, read_rights
from portal.cli.context import open_database, stored_migration
from portal.cli.output import timestamp
from portal.cli.upgrade import StepFailed, pending_after, run_steps
from portal.db.base import Registry
from portal.db.migration import migration_transaction
from portal.db.session import snapshot
from portal.errors import ConfigurationError
from portal.extensions import db
from portal.mails.backlog import read_backlog
from portal.models import AuditRow, Person
from portal.registry.types import TYPES
from portal.settings import Settings


@dataclass(frozen=True)
class Rehearsal:
    """What a restored registry holds, and what is wrong with it. `rows`: of each type; `waiting`: mails that will be sent."""

    version: int
    rows: dict[str, int]
    people: int
    rights: Rights
    audit: Verdict
    last_act: datetime | None
    waiting: int
    problems: list[str]


def rehearse(settings: Settings, url: str, so_far: str) -> Rehearsal:
    """Migrates the restored database to this release, and looks through all of it.

    Raises ConfigurationError for a migration that fails, which says what was changed `so_far`.
    """
    with open_database(replace(settings, database_url=url)):
        migrate(so_far)
        problems = list(damage_found()) + list(problems_with_peppers(settings))
        with snapshot(db.engine) as connection:
            verdict = verify(connection, settings.audit_key)
            return Rehearsal(
                version=connection.scalar(select(Registry.version)) or 0,
                rows={tag: connection.scalar(select(func.count()).select_from(kind.table)) or 0 for tag, kind in TYPES.items()},
                people=connection.scalar(select(func.count()).select_from(Person)) or 0,
                rights=read_rights(connection),
                audit=verdict,
                last_act=connection.scalar(select(AuditRow.at).order_by(AuditRow.number.desc()).limit(1)),
                waiting=read_backlog(db.session()).waiting,
                problems=[*problems, *(finding.words for finding in verdict.findings)],
            )


def migrate(so_far: str) -> None:
    stored = stored_migration()
    try:
        with migration_transaction(db.engine) as connection:
            run_steps(connection, stored, pending_after(stored))
    except StepFailed as error:
        raise ConfigurationError(
            f"{error} {so_far} The backup is still at migration {error.stored}: restore it with the release that it was made with, "
            "mend there what the error says and make another backup, or report this line."
        ) from error


def damage_found() -> Iterator[str]:
    """SQLite keeps no sums of its pages, so all of them are read; what PostgreSQL loads it has checked."""
    if db.engine.dialect.name == "sqlite":
        with snapshot(db.engine) as connection:
            yield from (line for line in connection.scalars(text("PRAGMA integrity_check")) if line != "ok")


def problems_with_peppers(settings: Settings) -> Iterator[str]:
    try:
        check_peppers(db.session(), settings.peppers)
    except ConfigurationError as error:
        yield f"{error} Give the settings that the backup was made with."


def print_rehearsal(rehearsal: Rehearsal, present: Rights | None) -> None:
    """Prints what is in the backup, what it revives, and what is wrong with it."""
    counts = ", ".join(f"{count} {tag}" for tag, count in rehearsal.rows.items() if count) or "none"
    click.echo(f"Records: {counts}; the registry's version is {rehearsal.version}")
    click.echo(f"People: {rehearsal.people}; API keys that work: {len(rehearsal.rights.keys)}; e-mails that wait: {rehearsal.waiting}")
    click.echo(f"Audit: {rehearsal.audit.rows} rows, the last of {timestamp(rehearsal.last_act) or 'never'}")
    for line in what_it_revives(rehearsal, present):
        click.echo(f"Revived: {line}")
    for problem in rehearsal.problems:
        click.echo(f"Problem: {problem}")


def what_it_revives(rehearsal: Rehearsal, present: Rights | None) -> Iterator[str]:
    """Yields lines by comparing with the present registry; without one, what to look for."""
    if present is not None:
        yield from describe_changes(present, rehearsal.rights)
    else:
        yield (
            f"Whatever was done after {timestamp(rehearsal.last_act) or 'the backup'} is undone. API keys revoked, tokens reported as "
            "leaked, people and roles removed and passwords changed since are as they were: do these acts again."
        )
    if rehearsal.rights.sessions:
        yield f"Signed-in browsers: {rehearsal.rights.sessions}; the restore signs all of them out."
    if rehearsal.waiting:
        yield f"E-mails that waited: {rehearsal.waiting}; they are sent after the restore, perhaps for the second time."
