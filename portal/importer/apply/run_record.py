"""The record of an import: stored as unfinished with the first slice, finished with the last, so that one that was stopped is known."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.access.principal import Principal
from portal.audit import Event, Subject, record
from portal.db.session import now
from portal.importer.apply.write_steps import Tally
from portal.importer.outcome import Counts, with_tally
from portal.models import ImportRun
from portal.registry.read.status import unfinished_import


@dataclass
class RunRecord:
    """`unfinished`: the file of the import before this one, where that was stopped; this one completes it. `planned`: the plan's counts.

    `id`: the row's, once that is committed.
    """

    principal: Principal
    file: str
    digest: str
    full: bool
    unfinished: str | None
    started: datetime
    planned: Counts = field(default_factory=dict)
    id: int | None = None

    @property
    def is_known(self) -> bool:
        """Whether something was written that the audit doesn't tell yet."""
        return self.id is not None or self.unfinished is not None

    def store(self, session: Session, version: int) -> ImportRun:
        """The row, with the version of the slice that begins; a new one is unfinished."""
        if self.id is not None:
            run = session.get_one(ImportRun, self.id)
            run.version = version
            return run
        run = ImportRun(file=self.file, digest=self.digest, started=self.started, finished=None, version=version, counts=self.planned)
        session.add(run)
        session.flush()
        return run

    def finish(self, session: Session, run: ImportRun, tally: Tally) -> None:
        """With an audit row, unless neither this import nor the one that was stopped wrote anything."""
        run.finished, run.counts = now(), with_tally(self.planned, tally)
        if self.unfinished or tally.total():
            details: dict[str, Any] = {"digest": self.digest, "full": self.full, "counts": run.counts}
            details |= {"completes": self.unfinished} if self.unfinished else {}
            subject = Subject.of_registry(self.file)
            record(session, self.principal, Event.REGISTRY_IMPORTED, organization_id=None, subject=subject, details=details)
        session.flush()


def file_of_unfinished(session: Session) -> str | None:
    """The file of the newest import, where that was stopped or still goes on."""
    run = unfinished_import(session)
    return run.file if run else None
