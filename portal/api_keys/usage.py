"""The account of use: counted in memory, written every few seconds, so that no request pays for it and a crash loses one flush at most."""

import logging
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from multiprocessing.util import Finalize
from typing import cast

from sqlalchemy import Engine, ScalarSelect, Select, Table, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from portal.access import Kind, Principal
from portal.database import begin_writing, now
from portal.models import ApiKey, ApiKeyDay, ApiKeyToken

FLUSH_SECONDS = 5
OUTCOMES = ("ok", "denied", "limited", "errors")
DAY, KEY, TOKEN = (cast(Table, model.__table__) for model in (ApiKeyDay, ApiKey, ApiKeyToken))
LAST_USE = (
    update(KEY)
    .where(KEY.c.id == bindparam("key"))
    .values(last_used_at=bindparam("at"), last_used_address=bindparam("address"), last_used_agent=bindparam("agent"))
)
TOKEN_USE = update(TOKEN).where(TOKEN.c.token_id == bindparam("token")).values(last_used_at=bindparam("at"))
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
    tokens: dict[str, datetime] = field(default_factory=dict)
    guard: threading.Lock = field(default_factory=threading.Lock)
    thread: threading.Thread | None = None
    closed: threading.Event = field(default_factory=threading.Event)

    def note(self, principal: Principal, outcome: str, points: int = 1, token_id: str = "") -> None:
        """Counts one request of a key, with which of its tokens, by its outcome (one of OUTCOMES) and points; nobody else's."""
        if principal.kind is not Kind.KEY:
            return
        at = now()
        with self.guard:
            day = self.days.setdefault((principal.id, at.date()), defaultdict(int))
            day[outcome] += 1
            day["points"] += points
            self.last[principal.id] = LastUse(at, principal.address, principal.user_agent[:200])
            self.tokens[token_id] = at
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
            days, last, tokens = self.days, self.last, self.tokens
            self.days, self.last, self.tokens = {}, {}, {}
        if not last:
            return
        try:
            with Session(self.engine) as session:
                write(session, days, last, tokens)
        except SQLAlchemyError:
            log.exception("the account of use could not be written; it is kept")
            self.keep(days, last, tokens)

    def keep(self, days: dict[tuple[str, date], dict[str, int]], last: dict[str, LastUse], tokens: dict[str, datetime]) -> None:
        with self.guard:
            for key, counts in days.items():
                day = self.days.setdefault(key, defaultdict(int))
                for name, count in counts.items():
                    day[name] += count
            self.last = last | self.last
            self.tokens = tokens | self.tokens


def write(session: Session, days: dict[tuple[str, date], dict[str, int]], last: dict[str, LastUse], tokens: dict[str, datetime]) -> None:
    """Three statements, each sent once with all its values: thousands of keys may have been used since the last time.

    Tokens come first and in order, as whoever rotates locks them: two that wait for each other would both fail.
    """
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
    connection.execute(TOKEN_USE, [{"token": token_id, "at": at} for token_id, at in sorted(tokens.items())])
    connection.execute(statement, counted)
    connection.execute(LAST_USE, used)
    session.commit()


def note_first_use(session: Session, token_id: str) -> None:
    """The moment a new token is first used, in its own request, which doesn't wait for other writes.

    From it on the tokens that it replaces have as long as was chosen, and never longer than they had.
    """
    begin_writing(session, hasty=True)
    key_id = select(ApiKeyToken.api_key_id).where(ApiKeyToken.token_id == token_id).scalar_subquery()
    tokens = {token.token_id: token for token in session.scalars(lock_tokens(key_id))}
    used = tokens.get(token_id)
    if used is not None and used.first_used_at is None:
        used.first_used_at = at = now()
        for older in tokens.values():
            if used.retires_at is None and older.retires_at is not None and older.retires_after is not None:
                older.retires_at = min(older.retires_at, at + timedelta(seconds=older.retires_after))
    session.commit()


def lock_tokens(key_id: str | ScalarSelect[str]) -> Select[ApiKeyToken]:
    """The key's tokens, held until the commit where that is more than the transaction holds already (PostgreSQL)."""
    found = select(ApiKeyToken).where(ApiKeyToken.api_key_id == key_id).order_by(ApiKeyToken.token_id)
    return found.with_for_update().execution_options(populate_existing=True)
