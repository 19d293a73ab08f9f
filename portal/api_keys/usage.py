"""The account of use: counted in memory, written every few seconds, so that no request pays for it and a crash loses one flush at most."""

import logging
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from multiprocessing.util import Finalize

from sqlalchemy import Engine, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from portal.access import Kind, Principal
from portal.database import begin_writing, now
from portal.models import ApiKey, ApiKeyDay, ApiKeyToken

FLUSH_SECONDS = 5
OUTCOMES = ("ok", "denied", "limited", "errors")
log = logging.getLogger(__name__)


@dataclass
class LastUse:
    """When and from where a key was last used."""

    at: datetime
    address: str
    user_agent: str


@dataclass
class Account:
    """What was counted since the last flush, shared by the threads of one process."""

    engine: Engine
    days: dict[tuple[str, date], dict[str, int]] = field(default_factory=dict)
    last: dict[str, LastUse] = field(default_factory=dict)
    guard: threading.Lock = field(default_factory=threading.Lock)
    thread: threading.Thread | None = None
    closed: threading.Event = field(default_factory=threading.Event)

    def note(self, principal: Principal, outcome: str, points: int = 1) -> None:
        """Counts one request of a key by its outcome (one of OUTCOMES) and points; other principals aren't counted here."""
        if principal.kind is not Kind.KEY:
            return
        at = now()
        with self.guard:
            day = self.days.setdefault((principal.id, at.date()), defaultdict(int))
            day[outcome] += 1
            day["points"] += points
            self.last[principal.id] = LastUse(at, principal.address, principal.user_agent[:200])
            if self.thread is None:
                self.start()

    def start(self) -> None:
        """At the first request, not at import: granian forks its workers before they serve, and its workers never run atexit."""
        self.thread = threading.Thread(target=self.run, name="usage", daemon=True)
        self.thread.start()
        Finalize(None, self.close, exitpriority=10)

    def run(self) -> None:
        while not self.closed.wait(FLUSH_SECONDS):
            self.flush()

    def close(self) -> None:
        """The last flush; afterwards the database may go."""
        self.closed.set()
        if self.thread is not None:
            self.thread.join()
        self.flush()

    def flush(self) -> None:
        """Writes what was counted in one short transaction; what can't be written now is kept for the next time."""
        with self.guard:
            days, last = self.days, self.last
            self.days, self.last = {}, {}
        if not last:
            return
        try:
            with Session(self.engine) as session:
                write(session, days, last)
        except SQLAlchemyError:
            log.exception("the account of use could not be written; it is kept")
            self.keep(days, last)

    def keep(self, days: dict[tuple[str, date], dict[str, int]], last: dict[str, LastUse]) -> None:
        with self.guard:
            for key, counts in days.items():
                day = self.days.setdefault(key, defaultdict(int))
                for name, count in counts.items():
                    day[name] += count
            self.last = last | self.last


def write(session: Session, days: dict[tuple[str, date], dict[str, int]], last: dict[str, LastUse]) -> None:
    begin_writing(session)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    for (key_id, day), counts in sorted(days.items()):
        values = {name: counts.get(name, 0) for name in (*OUTCOMES, "points")}
        statement = insert(ApiKeyDay).values(api_key_id=key_id, day=day, **values)
        added = {name: getattr(ApiKeyDay, name) + statement.excluded[name] for name in values}
        session.execute(statement.on_conflict_do_update(index_elements=["api_key_id", "day"], set_=added))
    for key_id, use in sorted(last.items()):
        values_of_use = {"last_used_at": use.at, "last_used_address": use.address, "last_used_agent": use.user_agent}
        session.execute(update(ApiKey).where(ApiKey.id == key_id).values(**values_of_use).execution_options(synchronize_session=False))
    session.commit()


def note_first_use(session: Session, token_id: str) -> None:
    """The moment a new token is first used, by one conditional statement in its own request, which doesn't wait for other writes."""
    begin_writing(session, hasty=True)
    unused = (ApiKeyToken.token_id == token_id, ApiKeyToken.first_used_at.is_(None))
    session.execute(update(ApiKeyToken).where(*unused).values(first_used_at=now()))
    session.commit()
