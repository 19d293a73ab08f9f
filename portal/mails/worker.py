"""Sends mails from a thread of the process that serves: no request waits for an SMTP server, and none fails with it."""

import logging
import threading
from dataclasses import dataclass, field
from multiprocessing.util import Finalize

from sqlalchemy import Engine

from portal.errors import Unavailable
from portal.mails.delivery import deliver
from portal.mails.transport import Transport

INTERVAL_SECONDS = 60  # seconds after which it looks for what commands and other processes have put, and for attempts that are due
SHUTDOWN_SECONDS = 5  # seconds that a process which ends waits for a mail on its way; after them it is sent again some minutes later
log = logging.getLogger(__name__)


@dataclass
class MailWorker:
    """Woken by ring(), which never waits."""

    engine: Engine
    transport: Transport
    bell: threading.Event = field(default_factory=threading.Event)
    closed: threading.Event = field(default_factory=threading.Event)
    guard: threading.Lock = field(default_factory=threading.Lock)
    thread: threading.Thread | None = None

    def ring(self) -> None:
        """Something was put. Starts the thread with the first call, because workers are forked before they serve."""
        self.bell.set()
        with self.guard:
            if self.thread is None and not self.closed.is_set():
                self.thread = threading.Thread(target=self.run, name="mails", daemon=True)
                self.thread.start()
                Finalize(None, self.close, exitpriority=10)

    def run(self) -> None:
        while not self.closed.is_set():
            self.bell.clear()
            try:
                deliver(self.engine, self.transport, self.closed.is_set)
            except Unavailable:
                pass  # the database is away, which the log says once
            except Exception:
                log.exception("mails could not be sent; the next round will try again")
            self.bell.wait(INTERVAL_SECONDS)

    def close(self) -> None:
        """No further mail is begun."""
        self.closed.set()
        self.bell.set()
        if self.thread is not None:
            self.thread.join(SHUTDOWN_SECONDS)
