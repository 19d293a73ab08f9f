"""A portal that is served behind a proxy, asked over a socket: what the server makes of headers that come twice, or not at all."""

import json
import signal
import socket
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.commands import local
from tests.demo import Demo
from tests.server import Server, served

QUERY = json.dumps({"query": "{ viewer { address } }"})


@pytest.fixture(scope="module")
def server(built_demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    portal = local(tmp_path_factory.mktemp("portal"))
    built_demo.copy(portal.data)
    with served(portal, PORTAL_PROXY_HOPS="1") as running:
        yield running


def ask(server: Server, path: str, *headers: str, version: str = "1.1") -> tuple[int, str]:
    """The answer's status and its body."""
    with socket.create_connection((urlsplit(server.url).hostname or "", urlsplit(server.url).port or 0), timeout=30) as connection:
        return ask_on(connection, path, *headers, version=version)


def ask_on(connection: socket.socket, path: str, *headers: str, version: str = "1.1") -> tuple[int, str]:
    method, body = ("POST", QUERY) if path == "/graphql" else ("GET", "")
    head = [f"{method} {path} HTTP/{version}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
    connection.sendall(("\r\n".join(head) + f"\r\n\r\n{body}").encode())
    answer = HTTPResponse(connection)
    answer.begin()
    return answer.status, answer.read().decode()


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        (["203.0.113.5:51234"], "203.0.113.5"),
        (["192.0.2.1", "[2001:db8::1]:443"], "2001:db8::1"),
        (['"192.0.2.1', "203.0.113.5"], "203.0.113.5"),
        (["203.0.113.5", "junk"], "unknown"),
        ([""], "unknown"),
        ([], "127.0.0.1"),
    ],
)
def test_the_last_line_of_the_header_counts(server: Server, forwarded: list[str], address: str) -> None:
    status, body = ask(server, "/graphql", "Host: localhost", *(f"X-Forwarded-For: {value}" for value in forwarded))
    assert (status, json.loads(body)["data"]["viewer"]["address"]) == (200, address)


@pytest.mark.parametrize("path", ["/graphql", "/login"])
@pytest.mark.parametrize("host", [["evil.example"], ["localhost", "evil.example"], []])
def test_who_names_another_host_or_none_is_refused(server: Server, path: str, host: list[str]) -> None:
    status, body = ask(server, path, *(f"Host: {name}" for name in host), version="1.1" if host else "1.0")
    assert status == 400
    assert "PORTAL_TRUSTED_HOSTS" in body or len(host) == 2


def test_health_is_told_to_any_name(server: Server) -> None:
    assert ask(server, "/healthz", "Host: 10.0.0.1")[0] == 200
    assert ask(server, "/readyz", "Host: 10.0.0.1")[0] == 200


def test_on_a_unix_socket_only_the_proxy_knows_the_address(built_demo: Demo, tmp_path: Path) -> None:
    portal, path = local(tmp_path), tmp_path / "portal.socket"
    built_demo.copy(portal.data)
    with served(portal, "--socket", str(path), PORTAL_PROXY_HOPS="1") as server, socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        sent = [["X-Forwarded-For: 203.0.113.5:1"], [], ["X-Forwarded-For: junk"]]
        answers = [ask_on(connection, "/graphql", "Host: localhost", *headers)[1] for headers in sent]
        code, said = server.end(signal.SIGTERM)
    assert [json.loads(answer)["data"]["viewer"]["address"] for answer in answers] == ["203.0.113.5", "unknown", "unknown"]
    assert code == 0
    assert said.count("\n") == 1, "it is told once"
    assert "No client's address can be read" in said
