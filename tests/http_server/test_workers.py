"""Workers that die are replaced, and none outlives the server."""

import os
import signal
import socket
import stat
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from time import sleep

import pytest

from tests.commands import CommandLine, local
from tests.demo import Demo
from tests.server import Server, children_of, is_running, served
from tests.waits import until


@pytest.fixture
def portal(built_demo: Demo, tmp_path: Path) -> CommandLine:
    portal = local(tmp_path)
    built_demo.copy(portal.data)
    return portal


@pytest.fixture(params=[1, 2])
def server(portal: CommandLine, request: pytest.FixtureRequest) -> Iterator[Server]:
    with served(portal, "--workers", str(request.param), PORTAL_REDIS_URL="") as running:
        yield running


def workers(server: Server) -> set[int]:
    """The process ids of the workers."""
    return {pid for pid in children_of(server.process.pid) if is_running(pid)}


def is_answered(server: Server) -> bool:
    try:
        connection = HTTPConnection(server.url.removeprefix("http://"), timeout=10)
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        response.read()
        return response.status == 200
    except OSError:
        return False
    finally:
        connection.close()


def test_a_killed_worker_is_replaced(server: Server) -> None:
    before = workers(server)
    killed = min(before)
    os.kill(killed, signal.SIGKILL)
    until(lambda: len(workers(server) - {killed}) == len(before))
    assert is_answered(server)
    code, said = server.end(signal.SIGTERM)
    assert code == 0
    assert f"Worker {killed} ended (SIGKILL). Another one takes its place." in said


def test_with_two_workers_no_request_fails_while_one_dies(portal: CommandLine) -> None:
    with served(portal, "--workers", "2", PORTAL_REDIS_URL="") as server:
        for killed in workers(server):
            os.kill(killed, signal.SIGKILL)
            assert [is_answered(server) for _ in range(20)] == [True] * 20


def test_workers_end_with_a_killed_parent(server: Server) -> None:
    orphans = workers(server)
    server.process.kill()
    server.process.wait()
    until(lambda: not any(is_running(pid) for pid in orphans))
    assert not is_answered(server)


def test_a_server_whose_workers_die_again_and_again_ends_and_says_so(portal: CommandLine) -> None:
    with served(portal) as server:
        for _ in range(5):
            until(lambda: len(workers(server)) == 1 or server.process.poll() is not None)
            for pid in workers(server):
                os.kill(pid, signal.SIGKILL)
                until(lambda pid=pid: not is_running(pid))  # type: ignore[misc]
        _, said = server.process.communicate(timeout=60)
    assert server.process.returncode == 1
    assert said.splitlines()[-1].endswith(": 5 workers died within 60 s, so the portal ends. Its log says why they died.")


def test_it_listens_on_a_unix_socket_behind_a_proxy(portal: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "portal.socket"
    with served(portal, "--socket", str(path), PORTAL_PROXY_HOPS="1") as server:
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n")
            assert connection.recv(4096).startswith(b"HTTP/1.1 200")
        assert server.end(signal.SIGTERM) == (0, "")
    assert not path.exists()


def test_a_unix_socket_that_a_killed_server_left_is_replaced_and_one_in_use_is_not(portal: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "portal.socket"
    with served(portal, "--socket", str(path), PORTAL_PROXY_HOPS="1") as server:
        server.process.kill()
        server.process.wait()
        sleep(0.5)
        with served(portal, "--socket", str(path), PORTAL_PROXY_HOPS="1"):
            said = portal("serve", "--socket", str(path), PORTAL_PROXY_HOPS="1")
            assert said.code == 1
            assert f"Can't listen on {path}: Address already in use" in said.err


def test_a_unix_socket_needs_a_proxy(portal: CommandLine, tmp_path: Path) -> None:
    said = portal("serve", "--socket", str(tmp_path / "portal.socket"))
    assert said.code == 1
    assert "PORTAL_PROXY_HOPS" in said.line


def test_a_second_server_on_the_same_folder_says_so(portal: CommandLine) -> None:
    with served(portal) as first, served(portal) as second:
        assert first.end(signal.SIGTERM) == (0, "")
        code, said = second.end(signal.SIGTERM)
    assert code == 0
    assert said.startswith(f"Another `portal serve` uses {portal.data}, too.")
