"""Clients that take what a server has and give nothing back: they hold connections open, send half of something, or don't read."""

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from urllib.parse import urlsplit

HEAD = "Host: localhost\r\nContent-Type: application/json\r\n"
SMALL_BUFFER = 4096  # bytes that a client's socket takes without being read
HALF_SENT = {
    "a head": "POST /graphql HTTP/1.1\r\nHost: por",
    "a line of a head": "GE",
    "a body": f"POST /graphql HTTP/1.1\r\n{HEAD}Content-Length: 1000\r\n\r\n{{",
    "a body that nobody asks for": f"POST /healthz HTTP/1.1\r\n{HEAD}Content-Length: 1000\r\n\r\n{{",
    "a page's form": f"POST /sign-in HTTP/1.1\r\n{HEAD}Content-Length: 1000\r\n\r\na",
    "a chunk": f"POST /graphql HTTP/1.1\r\n{HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\n{{",
    "chunks without an end": f"POST /graphql HTTP/1.1\r\n{HEAD}Transfer-Encoding: chunked\r\n\r\n1\r\n{{\r\n",
}
WHOLE = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
TRUSTING = ssl.create_default_context()
TRUSTING.check_hostname, TRUSTING.verify_mode = False, ssl.CERT_NONE


def connect(url: str, receive_buffer: int = 0) -> socket.socket:
    """Also over TLS, whoever's the certificate is: to 127.0.0.1, by the name in the URL."""
    parts = urlsplit(url)
    connection = socket.socket()
    if receive_buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    connection.settimeout(30)
    connection.connect(("127.0.0.1", parts.port))
    return TRUSTING.wrap_socket(connection, server_hostname=parts.hostname) if parts.scheme == "https" else connection


def named(text: str, url: str) -> bytes:
    """A request's beginning, for the host of that URL."""
    return text.replace("localhost", urlsplit(url).hostname or "").encode()


def idle(url: str, patience: float = 30) -> socket.socket:
    """Has asked once, and keeps the connection. Raises TimeoutError where it isn't answered in so many seconds."""
    connection = connect(url)
    connection.settimeout(patience)
    connection.sendall(named(WHOLE.decode(), url))
    assert connection.recv(4096).startswith(b"HTTP/1.1 200")
    return connection


def half_sent(url: str, text: str) -> socket.socket:
    connection = connect(url)
    connection.sendall(named(text, url))
    return connection


def slow_reader(url: str, path: str) -> socket.socket:
    """Asks for something large and doesn't read it."""
    connection = connect(url, SMALL_BUFFER)
    connection.sendall(named(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: identity\r\n\r\n", url))
    return connection


@contextmanager
def held_open(connections: list[socket.socket], each_moment: Callable[[socket.socket], object] | None = None) -> Iterator[None]:
    """All of them until the end; `each_moment` sends or takes a byte, where the server hasn't ended the connection."""
    over = Event()
    for connection in connections if each_moment else ():
        connection.setblocking(False)

    def go_on() -> None:
        while each_moment and not over.wait(0.3):
            for connection in connections:
                with suppress(OSError):
                    each_moment(connection)

    thread = Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        for connection in connections:
            connection.close()


def send_byte(connection: socket.socket) -> None:
    connection.send(b"a")


def take_byte(connection: socket.socket) -> None:
    connection.recv(1)


def seconds_until_ended(connection: socket.socket, patience: float = 60) -> float:
    """How long the server lets it be: until it has closed its side. Raises TimeoutError."""
    connection.settimeout(patience)
    began = time.monotonic()
    with suppress(ConnectionResetError):
        while connection.recv(65536):
            pass
    return time.monotonic() - began
