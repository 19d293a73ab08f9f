"""What the event loop has to log is written by a thread: a log that no one reads keeps its writer waiting, which mustn't be the loop."""

import logging
from asyncio import AbstractEventLoop
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from threading import Thread
from time import perf_counter
from typing import Any

from portal.http.client_address import client_address
from portal.logs.request_id import set_request_id
from portal.logs.request_log import LOGGER, log_request
from portal.server.request import Peers, Request, unescaped

MAX_PATH_BYTES = 2_000  # that wait to be written; fewer are
STOP_SECONDS = 1  # that lines which wait may take at the end
LEFT_OUT = "%d lines were left out here, because the log wasn't read fast enough"
log = logging.getLogger(__name__)
requests = logging.getLogger(LOGGER)


class LoopLog:
    """`max_lines` wait at most, and what comes beyond them is counted. `hops`: proxies of ours, which know the clients' addresses."""

    def __init__(self, max_lines: int, hops: int = 0) -> None:
        self.max_lines, self.hops = max_lines, hops
        self.left_out = 0
        self.queue: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self.thread = Thread(target=self.run, name="loop log", daemon=True)

    def refused(self, number: str, request: Request, peers: Peers, status: int, size: int, *, whole_head: bool) -> None:
        """Logs a request that the application hasn't seen, where requests are logged. Only a whole head tells the proxies' word."""
        if not requests.isEnabledFor(logging.INFO):
            return
        forwarded = request.joined(b"x-forwarded-for") if whole_head else None
        path = request.target[:MAX_PATH_BYTES].partition(b"?")[0]
        caller = {"key": None, "address": client_address(peers.client, forwarded, self.hops)}
        self.put(partial(write, number, request.method, path, status, size, perf_counter() - request.began, caller))

    def failed(self, loop: AbstractEventLoop, context: dict[str, Any]) -> None:
        """Logs an error that no one foresaw: the loop's exception handler."""
        self.put(partial(loop.default_exception_handler, context))

    def put(self, line: Callable[[], object]) -> None:
        if self.queue.qsize() >= self.max_lines:
            self.left_out += 1
            return
        self.tell_left_out()
        self.queue.put(line)

    def tell_left_out(self) -> None:
        if self.left_out:
            self.queue.put(partial(log.warning, LEFT_OUT, self.left_out))
            self.left_out = 0

    def run(self) -> None:
        while (line := self.queue.get()) is not None:
            try:
                line()
            except Exception:
                log.exception("a line couldn't be written")
            set_request_id("")

    def stop(self) -> None:
        self.tell_left_out()
        self.queue.put(None)
        self.thread.join(STOP_SECONDS)


def write(number: str, method: str, path: bytes, status: int, size: int, seconds: float, caller: dict[str, str | None]) -> None:
    set_request_id(number)
    log_request(method, unescaped(path), status, size, seconds, caller)
