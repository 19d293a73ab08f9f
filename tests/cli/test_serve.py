"""`portal serve`: a real server, which a key is used against, and what it refuses to do."""

import json
import signal
import socket
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from portal.extensions import db
from portal.models import ApiKey, ApiKeyDay
from portal.settings import read
from tests.apps import opened
from tests.commands import CommandLine
from tests.server import free_port, served


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


def test_a_served_portal_logs_its_requests_on_demand(demo: CommandLine, issued: Callable[..., dict[str, Any]]) -> None:
    key = issued("--grant", "networks:read")
    with served(demo, PORTAL_LOG_REQUESTS="1", PORTAL_LOG_FORMAT="json") as server:
        server.ask(key["token"])
        request = urllib.request.Request(f"{server.url}/healthz?{key['token']}", headers={"User-Agent": key["token"]})
        urllib.request.urlopen(request, timeout=30).close()
        _, said = server.end(signal.SIGTERM)
    entries = [json.loads(line) for line in said.splitlines()]
    words = [(entry["method"], entry["path"], entry["status"], entry["key"]) for entry in entries]
    assert words == [("POST", "/graphql", 200, key["keyId"]), ("GET", "/healthz", 200, None)]
    assert {"time", "level", "process", "request"} <= entries[0].keys()
    assert "pport_" not in said


@pytest.mark.parametrize("name", ["PORTAL_LOG_FORMAT", "PORTAL_LOG_REQUESTS"])
def test_a_wrong_setting_of_the_log_is_one_line(demo: CommandLine, name: str) -> None:
    said = demo("approve", **{name: "loud"})
    assert said.code == 1
    assert f"{name} must be " in said.line


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
