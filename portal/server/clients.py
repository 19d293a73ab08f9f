"""All connections of a worker: their clocks, and what requests that arrive and answers that nobody reads may hold together."""

from asyncio import AbstractEventLoop
from typing import Protocol

from portal.server.limits import Limits
from portal.server.refusals import OVERFULL, RequestRefused


class Client(Protocol):
    """What is known of a connection. `deadline`: when it is ended, on the loop's clock."""

    deadline: float
    answering: bool

    @property
    def idle(self) -> bool: ...

    def look(self, now: float) -> None: ...
    def unread_bytes(self) -> int: ...
    def read_rate(self, now: float) -> float: ...
    def expire(self) -> None: ...
    def cut(self) -> None: ...
    def stop(self) -> None: ...


class Clients:
    """Looks at all clocks now and then, which costs a request nothing."""

    def __init__(self, loop: AbstractEventLoop, limits: Limits) -> None:
        self.loop, self.limits = loop, limits
        self.connected: set[Client] = set()
        self.unread: set[Client] = set()  # whose answers are larger than what their sockets take
        self.body_bytes = 0
        self.stopping = False

    def add(self, client: Client) -> None:
        self.connected.add(client)
        if len(self.connected) > self.limits.max_connections:
            idle = (other for other in self.connected if other.idle and other is not client)
            min(idle, key=lambda other: other.deadline, default=client).cut()

    def discard(self, client: Client) -> None:
        self.connected.discard(client)
        self.unread.discard(client)

    def hold(self, more: int) -> None:
        """Counts bytes of bodies. Raises RequestRefused where they are too many."""
        self.body_bytes += more
        if more > 0 and self.body_bytes > self.limits.max_bodies_bytes:
            raise RequestRefused(OVERFULL)

    def sweep(self) -> None:
        now = self.loop.time()
        for client in list(self.connected):
            client.look(now)
            if client.deadline <= now:
                client.expire()
        self.bound_unread(self.connected)
        self.loop.call_later(self.limits.sweep_seconds, self.sweep)

    def bound_unread(self, clients: set[Client]) -> None:
        """Cuts the slowest readers off while unread answers hold too much."""
        sizes = {client: size for client in clients if (size := client.unread_bytes())}
        excess = sum(sizes.values()) - self.limits.max_unread_bytes
        if excess <= 0:
            return
        now = self.loop.time()
        for client in sorted(sizes, key=lambda client: client.read_rate(now)):
            excess -= sizes[client]
            client.cut()
            if excess <= 0:
                return
