"""One import: read into staging, planned without a lock, applied in one short transaction. Killed at any moment it has changed nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.orm import Session

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import require
from portal.audit import Event, Subject, record
from portal.db.base import Registry
from portal.db.session import begin_writing, lock, now
from portal.importer.apply import apply_plan
from portal.importer.dump import Dump
from portal.importer.imported_types import IMPORTED_TYPES
from portal.importer.outcome import Counts, Outcome, count_rows
from portal.importer.plan import make_plan
from portal.importer.problems import count_problems, told_problems
from portal.importer.staging import Staging
from portal.importer.stream import Source
from portal.models import ImportRun
from portal.registry.write.recount import recount, reserve_ids

MAX_PLANS_OVERTAKEN = 3  # plans that another write may overtake before one is made under the lock


@dataclass(frozen=True)
class Options:
    """`full`: imported rows that the file no longer has become deleted; `force`: however many. `overwrite_managed` leaves nobody alone."""

    full: bool = False
    force: bool = False
    overwrite_managed: bool = False


def nothing(*_: Any) -> None:
    """Watches nothing."""


def import_dump(
    engine: Engine,
    principal: Principal,
    source: Source,
    name: str,
    options: Options,
    *,
    watch: Callable[[str], None] = nothing,
    tell: Callable[[dict[str, Any]], None] = nothing,
) -> Outcome:
    """Imports a dump, commits, and says what came of it. `watch` is called with what is being done, `tell` with each problem at the end.

    Raises Refused, with nothing changed. Rules for writing don't apply to imported rows.
    """
    require(principal, Permission.REGISTRY_OPERATE)
    started = now()
    with engine.connect() as connection:
        connection.detach()  # the temporary tables end with it
        staging = Staging(connection)
        staging.fill(Dump(source), lambda: watch("Reading"))
        gather_statistics(connection)
        with Session(connection) as session:
            watch("Checking")
            version, counts = plan_and_lock(session, connection, options)
            watch("Applying")
            changed = apply_plan(connection, counts, version) + recount(connection, version) > 0
            if changed:
                reserve_ids(connection)
                details = {"digest": source.digest, "full": options.full, "counts": counts}
                record(
                    session, principal, Event.REGISTRY_IMPORTED, organization_id=None, subject=Subject.of_registry(name), details=details
                )
            else:
                version -= 1
                begin_writing(session)  # which gives the lock's version back
            session.add(ImportRun(file=name, digest=source.digest, started=started, finished=now(), version=version, counts=counts))
            session.commit()
        outcome = Outcome(version, changed, counts, count_problems(connection), staging.ignored)
        for problem in told_problems(connection):
            tell(problem)
    return outcome


def gather_statistics(connection: Connection) -> None:
    """PostgreSQL knows nothing about new temporary tables by itself, and would plan for a handful of rows."""
    if connection.dialect.name == "postgresql":
        with connection.begin():
            for kind in IMPORTED_TYPES.values():
                connection.execute(text(f"ANALYZE {kind.staged.name}"))


def plan_and_lock(session: Session, connection: Connection, options: Options) -> tuple[int, Counts]:
    """Takes the registry's lock with a plan that fits; the version and what becomes of how many rows.

    Where another write came between plan and lock, it plans again.
    """
    for _ in range(MAX_PLANS_OVERTAKEN):
        with connection.begin():
            before = connection.scalar(select(Registry.version)) or 0
            counts = plan(connection, options)
        version = lock(session)
        if version == before + 1:
            return version, counts
        session.rollback()
        connection.execution_options(writes=False)
    return lock(session), plan(connection, options)


def plan(connection: Connection, options: Options) -> Counts:
    make_plan(connection, full=options.full, force=options.force, overwrite_managed=options.overwrite_managed)
    return count_rows(connection)
