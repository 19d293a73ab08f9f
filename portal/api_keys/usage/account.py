"""The one account of a process: requests add to it, a thread of its own writes it down."""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from multiprocessing.util import Finalize

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from portal.access.principal import Kind, Principal
from portal.access.token_refusals import Reason, TokenRefused
from portal.api_keys.usage.counts import MAX_ADDRESS_CHARACTERS, MAX_AGENT_CHARACTERS, Counts, Use, plain
from portal.api_keys.usage.prune import prune
from portal.api_keys.usage.retired_tokens import came_back
from portal.api_keys.usage.store import write
from portal.db.session import now
from portal.errors import Unavailable

FLUSH_SECONDS = 5
LATE_AFTER = timedelta(minutes=2)
log = logging.getLogger(__name__)


@dataclass
class Account:
    """What was counted since the last flush, shared by the threads of one process. `failing_since`: no flush has worked since then."""

    engine: Engine
    counts: Counts = field(default_factory=Counts)
    guard: threading.Lock = field(default_factory=threading.Lock)
    thread: threading.Thread | None = None
    closed: threading.Event = field(default_factory=threading.Event)
    failing_since: datetime | None = None
    pruned: date | None = None

    @property
    def late(self) -> bool:
        """Whether what is stored can't be believed: nothing could be written for minutes."""
        return self.failing_since is not None and now() - self.failing_since > LATE_AFTER

    def note(
        self,
        principal: Principal,
        outcome: str,
        points: int = 1,
        token_id: str = "",
        operation: str | None = None,
        scopes: Sequence[str] = (),
    ) -> None:
        """Counts a key's request, with which of its tokens, by its outcome (one of OUTCOMES) and points. No other caller is counted."""
        if principal.kind is not Kind.KEY:
            return
        source = plain(principal.address, MAX_ADDRESS_CHARACTERS), plain(principal.user_agent, MAX_AGENT_CHARACTERS)
        use = Use(outcome, points, token_id, operation, scopes)
        with self.guard:
            self.counts.use(principal.id, source, use, now())
            self.start()

    def refuse(self, refused: TokenRefused, address: str) -> None:
        """Counts a token that was refused, of a known key or of none."""
        hour, address = now().replace(minute=0, second=0), plain(address, MAX_ADDRESS_CHARACTERS)
        with self.guard:
            self.counts.refuse((hour, refused.reason.value, address, refused.key_id))
            if refused.reason is Reason.RETIRED:
                self.counts.returned[refused.key_id, refused.token_id] = address
            self.start()

    def start(self) -> None:
        """At the first request, not at import, because workers are forked before they serve."""
        if self.thread is None:
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
            counts, self.counts = self.counts, Counts()
        if counts.empty:
            return
        try:
            with Session(self.engine) as session:
                write(session, counts)
        except Exception as error:  # whatever it is, the thread lives on, because no one would see that it ended
            if not isinstance(error, Unavailable):  # which the log says once
                log.exception("the account of use could not be written; it is kept")
            self.failing_since = self.failing_since or now()
            with self.guard:
                counts.add(self.counts)
                self.counts = counts
            return
        self.failing_since = None
        self.look_after(counts)

    def look_after(self, counts: Counts) -> None:
        """What follows from what was written. What fails is tried again with the next flush."""
        try:
            with Session(self.engine) as session:
                if counts.returned:
                    came_back(session, counts.returned)
                    counts.returned = {}
                if self.pruned != now().date():
                    prune(session, now())
                    self.pruned = now().date()
        except Exception as error:
            if not isinstance(error, Unavailable):
                log.exception("the account of use is written, but it could not be looked after")
            with self.guard:
                self.counts.returned = counts.returned | self.counts.returned
