"""`portal serve`: a real server, which a key is used against, and what it refuses to do."""

import json
import os
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from portal.extensions import db
from portal.models import ApiKey, ApiKeyDay
from portal.settings import read
from tests.apps import opened
from tests.cli.conftest import PORTAL, CommandLine

QUERY = json.dumps({"query": "{ network(asn: 64500) { name } }"}).encode()


@dataclass
class Server:
    """A served portal, in a process group of its own, as a terminal makes one."""

    url: str
    process: subprocess.Popen[str]

    def ask(self, token: str) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        try:
            with urllib.request.urlopen(urllib.request.Request(f"{self.url}/graphql", QUERY, headers), timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def end(self, number: signal.Signals, *, everybody: bool = False) -> tuple[int, str]:
        """The exit code and what it said on standard error; `everybody`: to the whole group, as Ctrl-C does."""
        (os.killpg if everybody else os.kill)(self.process.pid, number)
        _, said = self.process.communicate(timeout=60)
        return self.process.returncode, said


@contextmanager
def served(portal: CommandLine, *arguments: str, **environ: str) -> Iterator[Server]:
    """Answering: it says its address only then."""
    port = free_port()
    command = [*PORTAL, "serve", "--port", str(port), *arguments]
    environment = portal.environment(**environ)
    with subprocess.Popen(
        command, cwd=portal.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == f"Peering Portal listens on http://127.0.0.1:{port} (Ctrl-C stops it)\n"
            yield Server(f"http://127.0.0.1:{port}", process)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(60)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def test_an_issued_token_works_until_its_key_is_revoked(demo: CommandLine, issued: Callable[..., dict[str, Any]]) -> None:
    key = issued("--grant", "networks:read")
    with served(demo) as server:
        status, body = server.ask(key["token"])
        assert (status, body["data"]) == (200, {"network": {"name": "Northlight"}})
        demo.ok("keys", "revoke", key["keyId"])
        status, body = server.ask(key["token"])
        assert (status, body["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize(("number", "everybody"), [(signal.SIGTERM, False), (signal.SIGINT, True)], ids=["SIGTERM", "Ctrl-C"])
def test_a_stopped_server_ends_quietly_and_loses_no_use(
    demo: CommandLine, issued: Callable[..., dict[str, Any]], number: signal.Signals, everybody: bool
) -> None:
    key = issued("--grant", "networks:read")
    with served(demo, "--workers", "2", PORTAL_REDIS_URL="") as server:
        for _ in range(5):
            assert server.ask(key["token"])[0] == 200
        code, said = server.end(number, everybody=everybody)
    assert code in {0, 128 + signal.SIGINT}
    assert said == "Without PORTAL_REDIS_URL each of the 2 workers counts limits by itself.\n"
    with opened(read(demo.environ)) as app, app.app_context():
        assert db.session.scalars(select(ApiKeyDay.ok).where(ApiKeyDay.api_key_id == key["keyId"])).all() == [5]
        assert db.session.get_one(ApiKey, key["keyId"]).last_used_address == "127.0.0.1"
        db.session.remove()


def test_no_token_stands_in_the_servers_output(demo: CommandLine, issued: Callable[..., dict[str, Any]]) -> None:
    token = issued("--grant", "networks:read")["token"]
    with served(demo) as server:
        server.ask(token)
        urllib.request.urlopen(f"{server.url}/healthz?token={token}", timeout=30).close()
        server.process.terminate()
        out, err = server.process.communicate(timeout=60)
    assert token not in out + err


def test_local_mode_serves_this_machine_alone(demo: CommandLine) -> None:
    said = demo("serve", "--host", "0.0.0.0", "--port", str(free_port()))
    assert said.code == 1
    assert "Production settings are required to listen on 0.0.0.0: PORTAL_DATABASE_URL, PORTAL_SECRET_KEY" in said.line


def test_several_workers_in_production_need_redis(migrated: CommandLine) -> None:
    said = migrated("serve", "--workers", "2")
    assert said.code == 1
    assert "PORTAL_REDIS_URL" in said.line


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_taken_port_is_one_line(demo: CommandLine, host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = demo("serve", "--host", host, "--port", str(port))
    assert said.code == 1
    assert f"Can't listen on {host}:{port}" in said.line


def test_a_second_server_on_the_same_port_is_refused(demo: CommandLine) -> None:
    with served(demo) as server:
        said = demo("serve", "--port", server.url.rpartition(":")[2])
        assert said.code == 1
        assert "Address already in use" in said.line


@pytest.mark.sql
def test_production_serves_on_both_engines(migrated: CommandLine) -> None:
    with served(migrated) as server:
        assert json.load(urllib.request.urlopen(f"{server.url}/readyz", timeout=30))["status"] == "ok"
        assert server.end(signal.SIGTERM) == (0, "")
