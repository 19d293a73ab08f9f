"""What the server itself refuses has an id and a line in the log of requests, which may be a pipe that no one reads."""

import fcntl
import json
import signal
import socket
from contextlib import ExitStack
from http.client import HTTPResponse
from typing import Any

import pytest

from tests.commands import CommandLine, local
from tests.demo import Demo
from tests.hostile_clients import connect
from tests.server import served

HOST = b"Host: localhost\r\n"
PROXIED = HOST + b"X-Forwarded-For: 203.0.113.5\r\n"
PROXY, CLIENT = "127.0.0.1", "203.0.113.5"
REFUSED: dict[str, tuple[bytes, tuple[Any, ...]]] = {
    "noise": (b"\x16\x03\x01\r\n\r\n", (None, None, 400, PROXY)),
    "no Host": (b"GET /a%20b?token=secret HTTP/1.1\r\nX-Forwarded-For: 203.0.113.5\r\n\r\n", ("GET", "/a%20b", 400, CLIENT)),
    "a long header": (b"HEAD /b HTTP/1.1\r\n" + PROXIED + b"X-A: " + b"a" * 9000 + b"\r\nX-B: b", ("HEAD", "/b", 431, PROXY)),
    "half a head": (b"GET /c HTTP/1.1\r\n" + PROXIED, ("GET", "/c", 408, PROXY)),
    "half a body": (b"POST /d HTTP/1.1\r\n" + PROXIED + b"Content-Length: 9\r\n\r\n", ("POST", "/d", 408, CLIENT)),
    "too much at once": (b"POST /e HTTP/1.1\r\n" + PROXIED + b"Content-Length: 99\r\n\r\n" + b"a" * 90, ("POST", "/e", 503, CLIENT)),
}
IMPATIENT = {"head_seconds": 1, "body_seconds": 1, "linger_seconds": 1, "sweep_seconds": 0.1, "max_bodies_bytes": 50}
ASK, BUSY = b"GET /login HTTP/1.1\r\n" + HOST + b"\r\n", 200


@pytest.fixture
def portal(built_demo: Demo, tmp_path: Any) -> CommandLine:
    demo = local(tmp_path)
    built_demo.copy(demo.data)
    demo.environ.update(PORTAL_LOG_REQUESTS="1", PORTAL_LOG_FORMAT="json", PORTAL_PROXY_HOPS="1")
    return demo


def answer(connection: socket.socket, text: bytes) -> HTTPResponse:
    response = HTTPResponse(connection, method="HEAD" if text.startswith(b"HEAD") else "GET")
    response.begin()
    response.read()
    return response


def test_a_refused_request_has_an_id_and_a_line(portal: CommandLine) -> None:
    with served(portal, limits=IMPATIENT) as server, ExitStack() as stack:
        sent = []
        for text, facts in REFUSED.values():
            connection = stack.enter_context(connect(server.url))
            connection.sendall(text)
            sent.append((connection, text, facts))
        facts_of = {answer(connection, text).getheader("X-Request-ID"): facts for connection, text, facts in sent}
        _, said = server.end(signal.SIGTERM)
    lines = [json.loads(line) for line in said.splitlines()]
    assert facts_of == {line["request"]: (line["method"], line["path"], line["status"], line["address"]) for line in lines}
    assert len(lines) == len(REFUSED)
    assert "secret" not in said


def test_a_log_that_no_one_reads_stops_nothing_and_says_what_it_lacks(portal: CommandLine) -> None:
    with served(portal, limits={"max_waiting": 0, "max_waiting_lines": 20}) as server:
        assert server.process.stderr
        fcntl.fcntl(server.process.stderr, fcntl.F_SETPIPE_SZ, 4096)
        busy = []
        with connect(server.url) as connection:
            for _ in range(BUSY):
                connection.sendall(ASK)
                busy.append(answer(connection, ASK))
        assert {response.status for response in busy} == {503}
        _, said = server.end(signal.SIGTERM)
    lines = [json.loads(line) for line in said.splitlines()]
    written = {line["request"] for line in lines if line["logger"] == "portal.requests"}
    left_out = sum(int(line["message"].partition(" ")[0]) for line in lines if "left out" in line["message"])
    assert written < {response.getheader("X-Request-ID") for response in busy}
    assert len(written) + left_out == BUSY
