"""The account of use: counted in memory, written every few seconds, so that no request pays for it and a crash loses one flush at most."""

import logging
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from multiprocessing.util import Finalize
from typing import cast

from sqlalchemy import Engine, Table, bindparam, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from portal.access import Kind, Principal
from portal.database import begin_writing, now
from portal.models import ApiKey, ApiKeyDay, ApiKeyToken

FLUSH_SECONDS = 5
OUTCOMES = ("ok", "denied", "limited", "errors")
DAY, KEY = cast(Table, ApiKeyDay.__table__), cast(Table, ApiKey.__table__)
LAST_USE = (
    update(KEY)
    .where(KEY.c.id == bindparam("key"))
    .values(last_used_at=bindparam("at"), last_used_address=bindparam("address"), last_used_agent=bindparam("agent"))
)
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
    """Two statements, each sent once with all its values: thousands of keys may have been used since the last time."""
    begin_writing(session)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    columns = (*OUTCOMES, "points")
    statement = insert(DAY)
    statement = statement.on_conflict_do_update(
        index_elements=["api_key_id", "day"], set_={name: DAY.c[name] + statement.excluded[name] for name in columns}
    )
    counted = [
        {"api_key_id": key, "day": day, **{name: counts.get(name, 0) for name in columns}} for (key, day), counts in sorted(days.items())
    ]
    used = [{"key": key, "at": use.at, "address": use.address, "agent": use.user_agent} for key, use in sorted(last.items())]
    connection = session.connection()
    connection.execute(statement, counted)
    connection.execute(LAST_USE, used)
    session.commit()


def note_first_use(session: Session, token_id: str) -> None:
    """The moment a new token is first used, by one conditional statement in its own request, which doesn't wait for other writes."""
    begin_writing(session, hasty=True)
    unused = (ApiKeyToken.token_id == token_id, ApiKeyToken.first_used_at.is_(None))
    session.execute(update(ApiKeyToken).where(*unused).values(first_used_at=now()))
    session.commit()
