"""Slices: as many rows at a time as are written in a quarter of a second, each slice a transaction with a version of its own.

Whoever else wants to write gets the registry's lock between two slices. On PostgreSQL whoever waits is next. On SQLite they look at most
100 ms apart whether it is free, so that a slice is followed by a pause in which each of them looks.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic, sleep

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from portal.db.session import begin_writing, lock
from portal.importer.apply.concurrency import is_overtaken, note_overtaken
from portal.importer.apply.import_history import History
from portal.importer.apply.refused_records import tell_refusals
from portal.importer.apply.row_steps import Step, chunk, rows_in
from portal.importer.apply.run_record import RunRecord
from portal.importer.apply.time_limit import TooLong, time_limit
from portal.importer.apply.write_steps import Tally, write_knot, write_steps
from portal.models import ImportRun

FIRST_ROWS = USUAL_MIN_ROWS = 500  # of a slice; fewer take hardly less time
MIN_ROWS = 25  # of one that comes after slices that were stopped; it isn't stopped, however long it takes
GOAL_SECONDS, MAX_SECONDS = 0.25, 0.5
PAUSE_SECONDS, PAUSE_SHARE = 0.12, 0.25  # on SQLite: at least, and of what the slice took
MAX_GROWTH, MAX_SHRINKAGE = 2, 4


class PlanOvertaken(Exception):
    """Others wrote what the plan couldn't know: it has to be made anew."""


@dataclass
class Slices:
    """`version`: the newest of which this import knows what was written. `rows`: of the next slice. `tally`: what became of how many.

    `watch` is called before each slice, while nothing is locked.
    """

    session: Session
    connection: Connection
    run: RunRecord
    watch: Callable[[], None]
    version: int = 0
    rows: int = field(default_factory=lambda: FIRST_ROWS)
    tally: Tally = field(default_factory=Counter)

    def write(self, steps: Sequence[Step]) -> list[Step]:
        """Writes the steps' rows, and finishes the import with the last of them. Returns what couldn't be written; then it isn't finished.

        Raises PlanOvertaken.
        """
        left: list[Step] = []
        offset, total = 0, rows_in(steps)
        while offset < total:
            part = chunk(steps, offset, self.rows)
            after = offset + rows_in(part)
            self.watch()
            began = monotonic()
            try:
                left += self.write_slice(part, last=after == total and not left)
                offset = after
            except TooLong:
                self.rows = max(MIN_ROWS, self.rows // MAX_SHRINKAGE)
            if offset < total:
                self.let_others_write(monotonic() - began)
        return left

    def write_slice(self, part: Sequence[Step], *, last: bool) -> list[Step]:
        """Returns what is left of its rows. Raises TooLong and PlanOvertaken, with nothing written."""
        rows = rows_in(part)
        with self.transaction() as run:
            began = monotonic()
            with time_limit(self.connection, MAX_SECONDS if rows > MIN_ROWS else None):
                left, tally = write_steps(self.connection, part, run.version, self.history(run))
                tell_refusals(self.session, self.connection, self.run.principal, part, run.version)
            if last and not left:
                self.run.finish(self.session, run, self.tally + tally)
        self.tally += tally
        growth = GOAL_SECONDS / max(monotonic() - began, 0.001)
        self.rows = max(USUAL_MIN_ROWS, int(rows * min(MAX_GROWTH, max(growth, 1 / MAX_SHRINKAGE))))
        return left

    def write_knot(self, steps: Sequence[Step]) -> None:
        """Writes rows that wait for each other, and finishes the import. Raises PlanOvertaken."""
        with self.transaction() as run:
            if is_overtaken(self.connection):
                raise PlanOvertaken
            tally = write_knot(self.connection, steps, run.version, self.history(run))
            tell_refusals(self.session, self.connection, self.run.principal, steps, run.version)
            self.run.finish(self.session, run, self.tally + tally)
        self.tally += tally

    def history(self, run: ImportRun) -> History:
        return History(self.connection, self.run.principal, run.id)

    def finish_unchanged(self) -> None:
        """Where there is nothing to write (any more). It takes a version only where something was written before."""
        if self.run.is_known:
            with self.transaction() as run:
                self.run.finish(self.session, run, self.tally)
        else:
            begin_writing(self.session)
            self.run.finish(self.session, self.run.store(self.session, self.version), self.tally)
            self.session.commit()

    @contextmanager
    def transaction(self) -> Iterator[ImportRun]:
        """Holds the registry's lock for the block; the import's row, with the version. What others wrote before it is noted."""
        version = lock(self.session)
        try:
            if version - self.version > 1:
                note_overtaken(self.connection, self.version, version)
            run = self.run.store(self.session, version)
            run_id = run.id
            yield run
            self.session.commit()
            self.run.id, self.version = run_id, version
        except BaseException:
            self.session.rollback()
            raise
        finally:
            self.connection.execution_options(writes=False)

    def let_others_write(self, seconds: float) -> None:
        if self.connection.dialect.name == "sqlite":
            sleep(max(PAUSE_SECONDS, PAUSE_SHARE * seconds))
