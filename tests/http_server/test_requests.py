"""Requests as clients send them, and as they mustn't: each is read as HTTP says, or refused with a reason."""

import json
import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPResponse

import pytest

from tests.hostile_clients import connect
from tests.server import Server

QUERY = b'{"query": "{ __typename }"}'
HEAD = b"Host: localhost\r\nContent-Type: application/json\r\n"
POST = b"POST /graphql HTTP/1.1\r\n" + HEAD
ANSWER = {"__typename": "Query"}


@pytest.fixture
def connection(server: Server) -> Iterator[socket.socket]:
    with connect(server.url) as opened:
        yield opened


def answer(connection: socket.socket, method: str = "GET") -> tuple[HTTPResponse, bytes]:
    response = HTTPResponse(connection, method=method)
    response.begin()
    return response, response.read()


def data(connection: socket.socket) -> object:
    response, body = answer(connection)
    assert response.status == 200, body
    return json.loads(body)["data"]


SENT = {
    "a length": POST + b"Content-Length: 27\r\n\r\n" + QUERY,
    "chunks": POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\n" + QUERY[:5] + b"\r\n16\r\n" + QUERY[5:] + b"\r\n0\r\n\r\n",
    "chunks with a trailer": POST + b"Transfer-Encoding: chunked\r\n\r\n1b\r\n" + QUERY + b"\r\n0\r\nX-After: 1\r\n\r\n",
    "another protocol on offer": POST
    + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nContent-Length: 27\r\n\r\n"
    + QUERY,
    "a target in absolute form": b"POST http://localhost/graphql HTTP/1.1\r\n" + HEAD + b"Content-Length: 27\r\n\r\n" + QUERY,
    "an escaped path": b"POST /graph%71l HTTP/1.1\r\n" + HEAD + b"Content-Length: 27\r\n\r\n" + QUERY,
    "HTTP/1.0": b"POST /graphql HTTP/1.0\r\n" + HEAD + b"Content-Length: 27\r\n\r\n" + QUERY,
    "a header of 8 kB": POST + b"X-Long: " + b"a" * 8192 + b"\r\nContent-Length: 27\r\n\r\n" + QUERY,
}


@pytest.mark.parametrize("what", SENT)
def test_it_is_answered(connection: socket.socket, what: str) -> None:
    connection.sendall(SENT[what])
    assert data(connection) == ANSWER


@pytest.mark.parametrize("what", SENT)
def test_it_is_answered_byte_by_byte(connection: socket.socket, what: str) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for number in range(min(len(SENT[what]), 300)):
        connection.sendall(SENT[what][number : number + 1])
    connection.sendall(SENT[what][300:])
    assert data(connection) == ANSWER


def test_requests_that_come_together_are_answered_in_their_order(connection: socket.socket) -> None:
    for name in ("a", "b", "c"):
        body = b'{"query": "{ %s: __typename }"}' % name.encode()
        connection.sendall(POST + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    received = b""
    while received.count(b'"Query"') < 3:
        received += connection.recv(65536)
    assert re.findall(rb'{"(\w)":"Query"}', received) == [b"a", b"b", b"c"]


def test_a_client_that_waits_for_a_word_gets_it(connection: socket.socket) -> None:
    connection.sendall(POST + b"Expect: 100-continue\r\nContent-Length: 27\r\n\r\n")
    assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    connection.sendall(QUERY)
    assert data(connection) == ANSWER


def test_a_client_that_announces_too_much_is_refused_before_it_sends(connection: socket.socket) -> None:
    connection.sendall(POST + b"Expect: 100-continue\r\nContent-Length: 2000000\r\n\r\n")
    response, body = answer(connection)
    assert (response.status, response.getheader("Connection")) == (413, "close")
    assert b"A request body may have" in body


def test_a_client_that_has_closed_its_side_is_answered(connection: socket.socket) -> None:
    connection.sendall(SENT["a length"])
    connection.shutdown(socket.SHUT_WR)
    assert data(connection) == ANSWER
    assert connection.recv(1) == b""


def test_a_head_without_a_body_is_the_whole_answer_to_head(connection: socket.socket) -> None:
    for _ in range(2):
        connection.sendall(b"HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        response, body = answer(connection, "HEAD")
        assert (response.status, body) == (200, b"")
        assert int(response.getheader("Content-Length") or 0) > 1000


def test_a_connection_ends_when_a_client_wants_it(connection: socket.socket) -> None:
    connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    response, _ = answer(connection)
    assert response.getheader("Connection") == "close"
    assert connection.recv(1) == b""


REFUSED = {
    "noise": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "a target that is no address": (b"GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "no Host": (b"GET /healthz HTTP/1.1\r\n\r\n", 400),
    "two Hosts": (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: other\r\n\r\n", 400),
    "two lengths": (POST + b"Content-Length: 27\r\nContent-Length: 28\r\n\r\n" + QUERY, 400),
    "a length and chunks": (POST + b"Content-Length: 27\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "a negative length": (POST + b"Content-Length: -1\r\n\r\n", 400),
    "a length with a sign": (POST + b"Content-Length: +27\r\n\r\n" + QUERY, 400),
    "another encoding": (POST + b"Transfer-Encoding: gzip\r\n\r\n", 400),
    "a space before a colon": (b"GET /healthz HTTP/1.1\r\nHost : portal\r\n\r\n", 400),
    "a folded header": (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: b\r\n c\r\n\r\n", 400),
    "a NUL in a header": (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: b\0c\r\n\r\n", 400),
    "a chunk without a size": (POST + b"Transfer-Encoding: chunked\r\n\r\nx\r\n", 400),
    "a header of 9 kB": (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: " + b"a," * 4500 + b"\r\n\r\n", 431),
    "a head of 70 kB": (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + (b"X-L: " + b"a" * 7000 + b"\r\n") * 10, 431),
    "a line of 70 kB": (b"GET /healthz?" + b"a" * 70_000, 431),
    "a name of 70 kB": (b"GET /healthz HTTP/1.1\r\n" + b"a" * 70_000, 431),
    "a body of 9 MB in chunks": (POST + b"Transfer-Encoding: chunked\r\n\r\n" + (b"ffff\r\n" + b"a" * 0xFFFF + b"\r\n") * 140, 413),
    "a body of 9 MB": (POST + b"Content-Length: 9000000\r\n\r\n" + b"a" * 9_000_000, 413),
}


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_with_a_reason_that_arrives(connection: socket.socket, what: str) -> None:
    text, status = REFUSED[what]
    connection.sendall(text)
    response, body = answer(connection)
    assert (response.status, response.getheader("Connection")) == (status, "close")
    assert re.fullmatch("[0-9a-f]{16}", response.getheader("X-Request-ID") or "")
    assert body
    assert connection.recv(1) == b""


TOO_LONG = {
    "a length": POST + b"Content-Length: 2000000\r\n\r\n" + b"a" * 2_000_000,
    "chunks": POST + b"Transfer-Encoding: chunked\r\n\r\n" + (b"ffff\r\n" + b"a" * 0xFFFF + b"\r\n") * 31 + b"0\r\n\r\n",
}


@pytest.mark.parametrize("what", TOO_LONG)
def test_a_body_of_two_megabytes_is_refused_once_it_was_sent_and_its_connection_goes_on(connection: socket.socket, what: str) -> None:
    for _ in range(2):
        connection.sendall(TOO_LONG[what])
        response, _ = answer(connection)
        assert (response.status, response.getheader("Connection")) == (413, None)


def test_a_trailer_without_an_end_is_refused(connection: socket.socket) -> None:
    with suppress(BrokenPipeError, ConnectionResetError):
        connection.sendall(POST + b"Transfer-Encoding: chunked\r\n\r\n1b\r\n" + QUERY + b"\r\n0\r\nX-After: " + b"a" * 5_000_000)
    assert answer(connection)[0].status == 431


def test_a_request_behind_a_large_one_is_answered_though_its_head_comes_in_two_parts(connection: socket.socket) -> None:
    large = b'{"query": "{ __typename }", "extensions": {"a": "%s"}}' % (b"a" * 200_000)
    connection.sendall(POST + b"Content-Length: %d\r\n\r\n" % len(large) + large + POST)
    connection.sendall(b"Content-Length: 27\r\n\r\n" + QUERY)
    received = b""
    while received.count(b'"Query"') < 2:
        received += connection.recv(65536)
    assert received.count(b"HTTP/1.1 200") == 2


def test_an_answer_on_its_way_comes_though_noise_follows_its_request(connection: socket.socket) -> None:
    connection.sendall(SENT["a length"] + b"\x00noise\r\n\r\n")
    assert data(connection) == ANSWER
    assert connection.recv(1) == b""


def test_a_header_that_would_pass_for_another_is_not_seen(connection: socket.socket) -> None:
    connection.sendall(b"GET /api/whoami HTTP/1.1\r\nHost: localhost\r\nHTTP_AUTHORIZATION: x\r\nAuthori_zation: y\r\n\r\n")
    assert answer(connection)[0].status != 401


def test_requests_beyond_those_that_may_come_together_end_the_connection(connection: socket.socket) -> None:
    connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" * 500)
    received = b""
    while more := connection.recv(65536):
        received += more
    assert received.count(b"HTTP/1.1 200") < 500


def test_a_server_outlives_clients_that_leave_in_the_middle(server: Server) -> None:
    for text in SENT.values():
        for size in range(0, len(text), 37):
            with connect(server.url) as leaving:
                leaving.sendall(text[:size])
    with connect(server.url) as connection:
        connection.sendall(SENT["a length"])
        assert data(connection) == ANSWER
