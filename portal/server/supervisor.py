"""The parent of the workers: starts them, replaces one that dies, and ends with them."""

import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD}
SECONDS_TO_STOP = 15  # then a worker is killed
MAX_DEATHS, DEATHS_SECONDS = 5, 60
log = logging.getLogger(__name__)


@dataclass
class Supervisor:
    """`work(parent, ready)` is a worker's life: it returns when the pipe `parent` ends, and calls `ready` once it answers.

    The first worker's `ready` is `announce`. `tell` is called with what the operator should know.
    """

    work: Callable[[int, Callable[[], None]], None]
    workers: int
    announce: Callable[[], None]
    tell: Callable[[str], None]
    pids: set[int] = field(default_factory=set)
    deaths: list[float] = field(default_factory=list)

    def run(self) -> int:
        """Returns an exit code: 0 after a stop that was asked for, 1 when workers die again and again. In a worker it never returns."""
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        gc.collect()
        gc.freeze()  # what is there for good needn't be looked through again, nor copied into each worker for it
        self.alive, self.parent = os.pipe()  # which the kernel closes when this process is gone, however it ended
        for number in range(self.workers):
            self.start(nothing if number else self.announce)
        while True:
            number = signal.sigwait(SIGNALS)
            if number != signal.SIGCHLD:
                self.stop()
                return 0
            self.replace_dead()
            if len(self.deaths) >= MAX_DEATHS:
                self.tell(f"{MAX_DEATHS} workers died within {DEATHS_SECONDS} s, so the portal ends. Its log says why they died.")
                self.stop()
                return 1

    def start(self, ready: Callable[[], None]) -> None:
        pid = os.fork()
        if pid:
            self.pids.add(pid)
            return
        os.close(self.parent)
        try:
            self.work(self.alive, ready)
        except Exception:
            log.exception("a worker failed")
            sys.exit(1)
        sys.exit(0)

    def replace_dead(self) -> None:
        """Several may have died at one signal."""
        while self.pids:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            self.pids.discard(pid)
            now = time.monotonic()
            self.deaths = [*(death for death in self.deaths if now - death < DEATHS_SECONDS), now]
            if len(self.deaths) < MAX_DEATHS:
                self.tell(f"Worker {pid} ended ({ending(status)}). Another one takes its place.")
                self.start(nothing)

    def stop(self) -> None:
        """Lets the workers answer what they have taken."""
        for pid in self.pids:
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + SECONDS_TO_STOP
        while self.pids and time.monotonic() < deadline:
            pid, _ = os.waitpid(-1, os.WNOHANG)
            self.pids.discard(pid)
            if not pid:
                signal.sigtimedwait(SIGNALS, 0.1)
        for pid in self.pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def nothing() -> None:
    """A worker that takes another's place announces nothing."""


def ending(status: int) -> str:
    if os.WIFSIGNALED(status):
        return signal.Signals(os.WTERMSIG(status)).name
    return f"exit code {os.waitstatus_to_exitcode(status)}"
