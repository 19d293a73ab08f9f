"""Clients that are slow or silent keep nobody else waiting, and end."""

import signal
import socket
from contextlib import suppress
from http.client import HTTPResponse
from time import sleep

import pytest

from tests.commands import local
from tests.demo import Demo
from tests.hostile_clients import (
    HALF_SENT,
    WHOLE,
    half_sent,
    held_open,
    idle,
    seconds_until_ended,
    send_byte,
    slow_reader,
    take_byte,
)
from tests.http_server.statuses import statuses
from tests.server import Server, served

LARGE = "/static/vendor/graphiql.min.js"


@pytest.mark.parametrize("path", ["/healthz", "/", "/graphql/schema.graphql", "/graphql?query=%7B__typename%7D"])
def test_others_are_answered_while_clients_are_slow_in_every_way(server: Server, path: str) -> None:
    slow = [idle(server.url) for _ in range(40)] + [half_sent(server.url, text) for text in HALF_SENT.values() for _ in range(8)]
    slow += [slow_reader(server.url, LARGE) for _ in range(20)]
    with held_open(slow):
        assert statuses(server, path) == [200] * 5


def test_what_stalls_is_ended(impatient: Server) -> None:
    stalled = [half_sent(impatient.url, text) for text in HALF_SENT.values()]
    with held_open(stalled):
        for connection in stalled:
            seconds_until_ended(connection)


def test_what_comes_in_single_bytes_is_ended(impatient: Server) -> None:
    slow = [half_sent(impatient.url, text) for text in HALF_SENT.values()]
    with held_open(slow, send_byte):
        for connection in slow:
            seconds_until_ended(connection)


@pytest.mark.parametrize(("what", "code"), [("a body", b'"code": "REQUEST_TIMEOUT"'), ("a page's form", b"took too long")])
def test_a_client_whose_body_stalls_is_told_why(impatient: Server, what: str, code: bytes) -> None:
    with half_sent(impatient.url, HALF_SENT[what]) as connection:
        answer = HTTPResponse(connection)
        answer.begin()
        assert (answer.status, answer.getheader("Connection")) == (408, "close")
        assert code in answer.read()


def test_a_reader_that_takes_nothing_is_ended(impatient: Server) -> None:
    with slow_reader(impatient.url, LARGE) as connection:
        sleep(2)  # past the clock of a second
        assert not is_whole(connection)


def test_an_idle_connection_outlives_the_clock_of_a_head(impatient: Server) -> None:
    with idle(impatient.url) as connection:
        sleep(1.7)
        connection.sendall(WHOLE)
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")


def test_a_connection_that_stays_idle_is_ended_at_last(impatient: Server) -> None:
    with idle(impatient.url) as connection:
        seconds_until_ended(connection)


def test_answers_that_nobody_reads_are_bounded(built_demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> None:
    portal = local(tmp_path_factory.mktemp("bounded"))
    built_demo.copy(portal.data)
    with served(portal, limits={"max_unread_bytes": 2_000_000, "sweep_seconds": 0.1}) as server:
        readers = [slow_reader(server.url, LARGE) for _ in range(20)]
        with held_open(readers, take_byte):
            sleep(1)  # of bytes that come one by one
            assert statuses(server, "/healthz") == [200] * 5
            whole = [is_whole(reader) for reader in readers]
    assert False in whole
    assert True in whole


def is_whole(connection: socket.socket) -> bool:
    """Whether the rest of the answer comes; a reader that was cut off gets an error, or the end too early."""
    connection.settimeout(30)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1_000_000)
    last = b""
    with suppress(ConnectionResetError):
        while more := connection.recv(65536):
            last = last[-30:] + more
            if last.endswith((b"index.umd.js.map\n", b"index.umd.js.map")):
                return True
    return False


def test_a_server_stops_at_once_while_clients_are_slow(built_demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> None:
    portal = local(tmp_path_factory.mktemp("stopped"))
    built_demo.copy(portal.data)
    with served(portal) as server:
        slow = [idle(server.url) for _ in range(10)] + [half_sent(server.url, text) for text in HALF_SENT.values()]
        slow += [slow_reader(server.url, LARGE) for _ in range(10)]
        with held_open(slow, send_byte):
            assert server.end(signal.SIGTERM) == (0, "")
