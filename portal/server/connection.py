"""One client's connection: requests are read whole, answered one after another, and written whole."""

from asyncio import Protocol, Transport
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from math import inf
from socket import SO_LINGER, SOL_SOCKET
from struct import pack
from typing import Any, cast

from portal.logs.request_id import new_request_id
from portal.server.clients import Clients
from portal.server.lanes import Lane
from portal.server.loop_log import LoopLog
from portal.server.refusals import BODY_TOO_SLOW, BUSY, HEAD_TOO_SLOW, PIPELINED, Refusal, RequestRefused, answer_of
from portal.server.request import Peers, Request
from portal.server.request_reader import RequestReader, Stage
from portal.server.response import Response, response

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
Respond = Callable[[Request, Peers], Response]
LaneOf = Callable[[Request], Lane]


class Connection(Protocol):
    """All of it runs in the event loop, but `run()`, which a lane's thread calls."""

    transport: Transport
    peers: Peers

    def __init__(self, clients: Clients, lane_of: LaneOf, respond: Respond, log: LoopLog) -> None:
        self.clients, self.lane_of, self.respond, self.log = clients, lane_of, respond, log
        self.loop, self.limits = clients.loop, clients.limits
        self.reader = RequestReader(self.limits, self.take, self.go_on)
        self.waiting: deque[Request] = deque()
        self.body_bytes = 0  # bytes of bodies that are counted
        self.answering = self.paused = self.refused = self.ending = self.at_end = self.lost = False
        self.deadline = self.began = 0.0
        self.left = self.taken = 0  # bytes of answers that its socket hasn't taken yet, and that it has
        self.writing_since = 0.0

    @property
    def idle(self) -> bool:
        return not self.answering and self.reader.stage is Stage.IDLE and not self.ending and not self.left

    # What the event loop calls.

    def connection_made(self, transport: Any) -> None:
        self.transport = cast(Transport, transport)
        self.peers = peers_of(self.transport)
        self.deadline = self.loop.time() + self.limits.idle_seconds
        self.clients.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True
        self.clients.discard(self)
        self.clients.hold(-self.body_bytes)
        self.body_bytes = 0
        self.waiting.clear()

    def data_received(self, data: bytes) -> None:
        if self.refused or self.ending:
            return  # what a refused client still sends
        was = self.reader.stage
        try:
            self.reader.feed(data)
            self.count_bodies()
        except RequestRefused as refused:
            self.refuse(refused.refusal)
            return
        if not self.answering:
            self.set_clock(was)

    def eof_received(self) -> bool:
        """A client that has sent all may still read what it gets."""
        self.at_end = True
        return self.answering or bool(self.waiting) or bool(self.left)

    def pause_writing(self) -> None:
        """More is written than the socket takes."""
        self.left = self.unread_bytes()
        self.clients.unread.add(self)
        self.clients.bound_unread(self.clients.unread)

    def resume_writing(self) -> None:
        self.clients.unread.discard(self)
        self.left = 0
        if not self.answering and not self.ending:
            self.answer_next_or_rest()

    # What the reader calls.

    def take(self, request: Request) -> None:
        if self.ending:
            return
        if len(self.waiting) >= self.limits.max_pipelined:
            self.reader.refusal = PIPELINED
            return
        self.waiting.append(request)
        if not self.answering and not self.left:
            self.answer_next()
        elif not self.paused:
            self.paused = True
            self.transport.pause_reading()

    def go_on(self) -> None:
        if not self.answering:
            self.transport.write(CONTINUE)

    # Answering.

    def answer_next(self) -> None:
        request = self.waiting.popleft()
        self.answering, self.deadline = True, inf
        lane = self.lane_of(request)
        if not lane.put(lambda: self.run(request)):
            self.answered(request, self.refusal(request, BUSY, in_json=lane.speaks_json))

    def run(self, request: Request) -> None:
        """In a lane's thread."""
        if self.lost:
            return
        answer = self.respond(request, self.peers)
        with suppress(RuntimeError):  # the loop has ended: the server stops
            self.loop.call_soon_threadsafe(self.answered, request, answer)

    def answered(self, request: Request, answer: Response) -> None:
        self.answering = False
        self.release(request)
        if self.lost:
            return
        is_last = self.refused or self.clients.stopping or (self.at_end and not self.waiting)
        self.writing_since, self.taken = self.loop.time(), 0
        self.transport.writelines([answer.head, answer.body] if answer.body else [answer.head])
        if is_last or not answer.keeps_alive:
            self.end(lingers=request.cut or self.refused)
        elif self.left:
            self.deadline = self.writing_since + self.limits.stalled_seconds
        else:
            self.answer_next_or_rest()

    def answer_next_or_rest(self) -> None:
        if self.waiting:
            self.answer_next()
            return
        if self.paused:
            self.paused = False
            self.transport.resume_reading()
        self.deadline = self.loop.time() + self.limits.idle_seconds
        self.set_clock(Stage.IDLE)

    def refuse(self, refusal: Refusal) -> None:
        """Answers what is wrong and ends the connection; while an earlier request is answered, that answer is the last."""
        self.refused = True
        self.waiting.clear()
        if self.answering:
            return
        request = self.reader.request
        request.keeps_alive = False
        answer = self.refusal(request, refusal, in_json=bool(request.target) and self.lane_of(request).speaks_json)
        self.transport.writelines([part for part in (answer.head, answer.body) if part])
        self.end(lingers=True)

    def refusal(self, request: Request, refusal: Refusal, *, in_json: bool) -> Response:
        """Returns the answer, and logs it."""
        number = new_request_id()
        answer = response(request, *answer_of(refusal, number, in_json=in_json))
        whole_head = self.reader.request is not request or self.reader.stage is not Stage.HEAD
        self.log.refused(number, request, self.peers, refusal.status.value, len(answer.body), whole_head=whole_head)
        return answer

    # Ending, by the clock or before it.

    def set_clock(self, was: Stage) -> None:
        """A head has some seconds from its first byte, a body from the end of its head and more for being long."""
        stage, now = self.reader.stage, self.loop.time()
        if stage is Stage.HEAD and was is not Stage.HEAD:
            self.deadline = now + self.limits.head_seconds
        elif stage is Stage.BODY:
            if was is not Stage.BODY:
                self.began = now
            self.deadline = self.began + self.limits.body_seconds + self.reader.body_bytes / self.limits.min_body_rate

    def look(self, now: float) -> None:
        """Moves the clock of a client that goes on to read."""
        if self.left:
            left = self.unread_bytes()
            if left < self.left:
                self.taken += self.left - left
                self.left, self.deadline = left, now + self.limits.stalled_seconds

    def expire(self) -> None:
        if self.ending or self.left:
            self.cut()
        elif self.reader.stage is Stage.IDLE:
            self.end()
        else:
            self.refuse(HEAD_TOO_SLOW if self.reader.stage is Stage.HEAD else BODY_TOO_SLOW)

    def end(self, *, lingers: bool = False) -> None:
        """Closes it once all is written. `lingers`: a client that still sends would else be cut off before it has read why."""
        self.ending = True
        if lingers and not self.at_end:
            self.deadline = self.loop.time() + self.limits.linger_seconds
            if self.transport.can_write_eof():
                self.transport.write_eof()
            if self.paused:
                self.transport.resume_reading()
        else:
            self.deadline = self.loop.time() + self.limits.stalled_seconds
            self.transport.close()

    def cut(self) -> None:
        """Ends it at once, with what the system still holds of its answer."""
        self.transport.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, pack("ii", 1, 0))
        self.transport.abort()

    def stop(self) -> None:
        """The server stops: what was taken is answered, nothing else."""
        if self.idle:
            self.end()

    # What it holds.

    def count_bodies(self) -> None:
        """Raises RequestRefused where all bodies together are too many."""
        size = sum(len(request.body) for request in self.waiting) + len(self.reader.request.body)
        if size != self.body_bytes:
            more, self.body_bytes = size - self.body_bytes, size
            self.clients.hold(more)

    def release(self, request: Request) -> None:
        if request.body:
            request.body = bytearray()
            self.count_bodies()

    def unread_bytes(self) -> int:
        return 0 if self.lost else self.transport.get_write_buffer_size()

    def read_rate(self, now: float) -> float:
        """Bytes a second that the client has taken of its answer."""
        return self.taken / max(0.1, now - self.writing_since)


def peers_of(transport: Transport) -> Peers:
    """Of a Unix socket there is nothing to tell but that it is this machine."""
    client, server = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
    if not isinstance(client, tuple) or not isinstance(server, tuple):
        return Peers("", "", "localhost", "80")
    return Peers(str(client[0]), str(client[1]), str(server[0]), str(server[1]))
