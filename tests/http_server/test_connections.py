"""Connections that are kept: a refusal leaves the client's connection usable, also where the body comes after the head."""

import socket
import time
from http.client import HTTPResponse
from urllib.parse import urlsplit

import pytest

from tests.server import QUERY, Server

HEAD = "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{more}\r\n"
UNKNOWN = "Authorization: Bearer nobody\r\n"


def ask(server: Server, times: int, path: str, more: str, length: int = len(QUERY)) -> list[tuple[int, str | None]]:
    """The answers' statuses and what they say of the connection; all on one connection, each body a moment after its head.

    A `length` that isn't the body's announces one that never comes.
    """
    body = QUERY if length == len(QUERY) else b""
    answers = []
    with socket.create_connection((urlsplit(server.url).hostname or "", urlsplit(server.url).port or 0), timeout=30) as connection:
        for _ in range(times):
            connection.sendall(HEAD.format(path=path, length=length, more=more).encode())
            time.sleep(0.02)
            connection.sendall(body)
            answer = HTTPResponse(connection)
            answer.begin()
            answer.read()
            answers.append((answer.status, answer.getheader("Connection")))
    return answers


@pytest.mark.parametrize(("path", "more", "status"), [("/graphql", UNKNOWN, 401), ("/nothing", "", 404), ("/api/whoami", UNKNOWN, 405)])
def test_a_refused_request_leaves_its_connection_usable(server: Server, path: str, more: str, status: int) -> None:
    assert ask(server, 20, path, more) == [(status, None)] * 20


def test_a_body_that_nobody_will_read_ends_the_connection_and_says_so(server: Server) -> None:
    assert ask(server, 1, "/graphql", UNKNOWN, 9_000_000) == [(401, "close")]
