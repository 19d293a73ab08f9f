"""What goes on while somebody asks: each is a context manager that makes trouble until its end."""

import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from socket import socket
from threading import Event
from urllib.parse import urlencode

from tests.hostile_clients import HALF_SENT, half_sent, held_open, idle, send_byte, slow_reader, take_byte
from tests.server import children_of
from tests.stress.portals import Portal, import_dump
from tests.threads import in_background

IDLE, HALF, READERS, SIGN_INS = 500, 200, 200, 30
TEXTS = list(HALF_SENT.values())
LARGE = "/static/vendor/graphiql.min.js"
CSRF = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')


@contextmanager
def nothing(_: Portal) -> Iterator[None]:
    yield


@contextmanager
def hold(portal: Portal, counts: Sequence[int]) -> Iterator[None]:
    """So many idle, half-sent and slowly read connections. What a server refuses to open is left out."""
    url, (idles, halves, readers) = portal.front or portal.url, counts
    opened: list[socket] = []
    with suppress(OSError, AssertionError):  # a server that is stopped by them takes no more
        for number in range(halves):
            opened.append(half_sent(url, TEXTS[number % len(TEXTS)]))
        for _ in range(readers):
            opened.append(slow_reader(url, LARGE))
        for _ in range(idles):
            opened.append(idle(url, patience=3))

    def trickle(connection: socket) -> None:
        with suppress(OSError):
            send_byte(connection)
        with suppress(OSError):
            take_byte(connection)

    if len(opened) < sum(counts):
        sys.stderr.write(f"Only {len(opened)} of {sum(counts)} connections could be opened.\n")
    with held_open(opened, trickle if halves or readers else None):
        yield


def connections(idles: int, halves: int, readers: int) -> Callable[[Portal], AbstractContextManager[None]]:
    return lambda portal: hold(portal, (idles, halves, readers))


@contextmanager
def in_threads(act: Callable[[], None], count: int = 1) -> Iterator[None]:
    """Again and again, whatever becomes of it."""

    def go_on(over: Event) -> None:
        while not over.is_set():
            with suppress(OSError, HTTPException, AttributeError, IndexError):
                act()

    with in_background(*[go_on] * count):
        yield


@contextmanager
def sign_ins(portal: Portal) -> Iterator[None]:
    def sign_in() -> None:
        connection = HTTPConnection("127.0.0.1", portal.port, timeout=20)
        connection.request("GET", "/login", headers={"Host": "localhost"})
        page = connection.getresponse()
        cookie, token = (page.getheader("Set-Cookie") or "").partition(";")[0], CSRF.search(page.read())
        form = urlencode({"csrf_token": token[1].decode() if token else "", "email": f"{time.time()}@example.net", "password": "wrong"})
        headers = {"Host": "localhost", "Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/login", form, headers)
        connection.getresponse().read()
        connection.close()

    with in_threads(sign_in, SIGN_INS):
        time.sleep(1)
        yield


@contextmanager
def workers_killed(portal: Portal) -> Iterator[None]:
    """One every five seconds, while the server lives."""

    def kill() -> None:
        assert portal.process
        os.kill(children_of(portal.process.pid)[0], signal.SIGKILL)
        time.sleep(5)

    with in_threads(kill):
        yield


@contextmanager
def imported(portal: Portal, dump: Path) -> Iterator[None]:
    with in_background(lambda _: import_dump(portal, dump)):
        yield
