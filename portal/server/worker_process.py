"""A worker: an event loop that holds the connections, and the lanes' threads, until it is told to stop."""

import signal
import sys
from asyncio import AbstractEventLoop, Server
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from socket import AF_UNIX, socket

import uvloop

from portal.server.clients import Clients
from portal.server.connection import Connection
from portal.server.lanes import Lane
from portal.server.limits import Limits
from portal.server.loop_log import LoopLog
from portal.server.request import Peers, Request
from portal.server.response import Application, Response, respond
from portal.server.sockets import BACKLOG

SWITCH_SECONDS = 0.001  # that Python leaves a thread before another one's turn: the loop must get its own soon while pages are made
SECONDS_BETWEEN_LOOKS = 0.05  # at what is still being answered, when it stops


@dataclass
class Worker:
    """`lane_of`: the name of the lane of a path's requests. `multiprocess`: whether there are other workers. `hops`: proxies of ours."""

    application: Application
    lanes: Mapping[str, Lane]
    lane_of: Callable[[str], str]
    limits: Limits = field(default_factory=Limits)
    multiprocess: bool = False
    hops: int = 0

    def serve(self, listening: socket, parent: int, ready: Callable[[], None] = lambda: None) -> None:
        """Answers until SIGTERM or SIGINT, or until the pipe's end `parent` says that the parent is gone."""
        sys.setswitchinterval(SWITCH_SECONDS)
        loop = uvloop.new_event_loop()
        clients, log = Clients(loop, self.limits), LoopLog(self.limits.max_waiting_lines, self.hops)
        log.thread.start()
        loop.set_exception_handler(log.failed)
        for lane in self.lanes.values():
            lane.start()
        try:
            server = loop.run_until_complete(self.listen(clients, log, listening))
            stop = Stop(loop, clients, server)
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, stop.begin)
            loop.add_reader(parent, stop.begin)
            loop.call_soon(unblock_signals)  # the loop hears only those that come while it runs
            loop.call_soon(clients.sweep)
            loop.call_soon(ready)
            loop.run_forever()
        finally:
            for lane in self.lanes.values():
                lane.stop()
            log.stop()
            loop.close()

    async def listen(self, clients: Clients, log: LoopLog, listening: socket) -> Server:
        def connection() -> Connection:
            return Connection(clients, self.lane, self.respond, log)

        loop = clients.loop
        if listening.family == AF_UNIX:
            return await loop.create_unix_server(connection, sock=listening, backlog=BACKLOG)
        return await loop.create_server(connection, sock=listening, backlog=BACKLOG)

    def lane(self, request: Request) -> Lane:
        return self.lanes[self.lane_of(request.target.partition(b"?")[0].decode("latin-1"))]

    def respond(self, request: Request, peers: Peers) -> Response:
        return respond(self.application, request, peers, multiprocess=self.multiprocess)


@dataclass
class Stop:
    """The end of a worker: nothing new is taken, what was taken is answered, and then everything else is cut."""

    loop: AbstractEventLoop
    clients: Clients
    server: Server
    began: float = 0

    def begin(self) -> None:
        if self.clients.stopping:
            return
        self.clients.stopping, self.began = True, self.loop.time()
        self.server.close()
        for client in list(self.clients.connected):
            client.stop()
        self.look()

    def look(self) -> None:
        limits, seconds = self.clients.limits, self.loop.time() - self.began
        connected = self.clients.connected
        waits = any(client.answering for client in connected) if seconds > limits.linger_seconds else bool(connected)
        if waits and seconds < limits.stop_seconds:
            self.loop.call_later(SECONDS_BETWEEN_LOOKS, self.look)
            return
        for client in list(connected):
            client.cut()
        self.loop.call_soon(self.loop.stop)


def unblock_signals() -> None:
    """The parent has blocked them, and waits for them in a way of its own."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD})
