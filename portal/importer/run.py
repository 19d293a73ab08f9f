"""One import: read into staging, planned without a lock, applied in slices that let others write between them.

Killed at any moment it leaves a consistent registry and an unfinished import, which the next one completes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.orm import Session

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import require
from portal.db.base import Registry
from portal.db.session import now
from portal.errors import Conflict
from portal.importer.apply.row_steps import rows_in, steps_of
from portal.importer.apply.run_record import RunRecord, file_of_unfinished
from portal.importer.apply.slices import PlanOvertaken, Slices
from portal.importer.differences.store_differences import count_differences, store_differences
from portal.importer.dump import Dump
from portal.importer.imported_types import IMPORTED_TYPES
from portal.importer.outcome import Outcome, count_rows, with_tally
from portal.importer.plan import make_plan
from portal.importer.problems import count_problems, told_problems
from portal.importer.staging import Staging
from portal.importer.stream import Source

MAX_PLANS = 10  # before it is given up to bring in what others change all the time
MAX_PASSES = 3


class ImportOvertaken(Conflict):
    """Some of the rows couldn't be written."""

    def __init__(self) -> None:
        super().__init__("Others changed the same records again and again. Part of the file is imported; import it again to complete it.")


@dataclass(frozen=True)
class Options:
    """`full`: rows that follow the import and that the file no longer has become deleted; `force`: however many."""

    full: bool = False
    force: bool = False


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

    Raises Refused, with nothing changed, and ImportOvertaken. Rules for writing don't apply to imported rows.
    """
    require(principal, Permission.REGISTRY_OPERATE)
    started = now()
    with engine.connect() as connection:
        connection.detach()  # the temporary tables end with it
        staging = Staging(connection)
        staging.fill(Dump(source), lambda: watch("Reading"))
        gather_statistics(connection)
        with Session(connection) as session:
            run = RunRecord(principal, name, source.digest, options.full, file_of_unfinished(session), started)
            session.rollback()
            slices = Slices(session, connection, run, lambda: watch("Applying"))
            plan_and_apply(slices, options, watch)
        counts = with_tally(run.planned, slices.tally)
        outcome = Outcome(
            slices.version,
            slices.tally.total() > 0,
            counts,
            count_problems(connection),
            staging.ignored,
            *staging.fields.facts(),
            count_differences(connection),
        )
        for problem in told_problems(connection):
            tell(problem)
    return outcome


def gather_statistics(connection: Connection) -> None:
    """PostgreSQL knows nothing about new temporary tables by itself, and would plan for a handful of rows."""
    if connection.dialect.name == "postgresql":
        with connection.begin():
            for kind in IMPORTED_TYPES.values():
                connection.execute(text(f"ANALYZE {kind.staged.name}"))


def plan_and_apply(slices: Slices, options: Options, watch: Callable[[str], None]) -> None:
    """Plans again where others wrote something that the plan couldn't know. Raises ImportOvertaken."""
    for _ in range(MAX_PLANS):
        watch("Checking")
        plan(slices, options)
        store_differences(slices.connection, slices.transaction, full=options.full)
        try:
            apply_plan(slices)
        except PlanOvertaken:
            continue
        return
    raise ImportOvertaken


def plan(slices: Slices, options: Options) -> None:
    """A file that deletes much is refused before anything is written, not after."""
    force = options.force or slices.run.id is not None
    with slices.connection.begin():
        slices.version = slices.connection.scalar(select(Registry.version)) or 0
        make_plan(slices.connection, full=options.full, force=force)
        slices.run.planned = count_rows(slices.connection)


def apply_plan(slices: Slices) -> None:
    """Pass after pass, as long as each writes something; what is left then are rows that wait for each other. Raises PlanOvertaken."""
    with slices.connection.begin():
        steps = steps_of(slices.connection)
    if not steps:
        slices.finish_unchanged()
        return
    for _ in range(MAX_PASSES):
        before = rows_in(steps)
        steps = slices.write(steps)
        if rows_in(steps) == before:
            break
    if steps:
        slices.write_knot(steps)
