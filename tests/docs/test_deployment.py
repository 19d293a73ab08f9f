"""What docs/deploy.md ships is started for real: the unit's command as another user, with its environment alone; nginx and Caddy."""

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from portal.app import create_app
from portal.cli.serve import API_THREADS, PAGE_THREADS
from portal.extensions import db
from tests.apps import settings_for
from tests.commands import CommandLine, in_production
from tests.docs.deployed import DEPLOY, ENVIRONMENT_FILE, PROGRAMS, STATE, UNIT, unit
from tests.docs.proxies import Proxy, caddy, nginx
from tests.server import Server, free_port, served

MOST_EXPOSURE = "20"  # of 100, as systemd-analyze counts
SOMEBODY = 64_999  # a user of no name
AS_SOMEBODY = (
    *("setpriv", f"--reuid={SOMEBODY}", f"--regid={SOMEBODY}", "--clear-groups", "--no-new-privs"),
    *("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"),  # the tests' Python may be where only root looks
)
PROXIES = [
    pytest.param(nginx, marks=pytest.mark.needs("nginx", "curl"), id="nginx"),
    pytest.param(caddy, marks=pytest.mark.needs("caddy", "curl"), id="caddy"),
]


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """An empty registry with production settings, on SQLite."""
    folder = tmp_path_factory.mktemp("deployed")
    portal = in_production(folder, f"sqlite:///{folder / 'portal.sqlite3'}")
    portal.ok("migrate")
    return portal


@pytest.fixture(scope="module")
def server(portal: CommandLine) -> Iterator[Server]:
    with served(portal) as running:
        yield running


@pytest.fixture(scope="module", params=PROXIES)
def proxy(request: pytest.FixtureRequest, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with request.param(server.url, tmp_path_factory.mktemp("proxy")) as started:
        yield started


@pytest.mark.needs("systemd")
def test_systemd_takes_the_unit_and_finds_it_well_confined(tmp_path: Path) -> None:
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text("utf-8").replace(PROGRAMS, str(Path(sys.executable).parent)))
    verified = subprocess.run(["systemd-analyze", "verify", "--man=no", str(copy)], capture_output=True, text=True, check=False)
    assert (verified.returncode, UNIT.name in verified.stderr) == (0, False), verified.stderr
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSURE}", "--no-pager", str(copy)]
    judged = subprocess.run(command, capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stdout + judged.stderr


def test_the_units_command_serves_as_its_user_with_its_environment_alone() -> None:
    """In a folder that is all it may write to; root alone can become someone else."""
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        state = Path(name)
        production = in_production(state, f"sqlite:///{state / 'portal.sqlite3'}").environ
        path, *arguments = shlex.split(unit()["ExecStart"])
        assert path == f"{PROGRAMS}/portal"
        assert unit()["Environment"] == f"PORTAL_DATA={STATE}"
        assert unit()["EnvironmentFile"] == ENVIRONMENT_FILE
        portal = str(Path(sys.executable).parent / "portal")
        environment = {**production, "PORTAL_DATA": name, "PATH": os.environ["PATH"]}
        environment["NOTIFY_SOCKET"] = f"{name}/notify"
        subprocess.run([portal, "migrate"], env=environment, cwd="/", check=True)
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        manager.settimeout(60)
        manager.bind(environment["NOTIFY_SOCKET"])
        if os.geteuid() == 0:
            for path_of_state in (state, *state.iterdir()):
                shutil.chown(path_of_state, SOMEBODY, SOMEBODY)
        serving = [*(AS_SOMEBODY if os.geteuid() == 0 else ()), portal, *arguments, "--port", str(port)]
        with subprocess.Popen(serving, env=environment, cwd="/", stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            assert process.stdout.readline() == f"Peering Portal listens on http://127.0.0.1:{port} (Ctrl-C stops it)\n"
            assert (unit()["Type"], unit()["NotifyAccess"]) == ("notify", "all")
            with manager:
                assert manager.recv(100) == b"READY=1"
            process.terminate()  # KillMode=mixed: SIGTERM to the main process alone
            assert process.wait(int(unit()["TimeoutStopSec"])) == 0


def test_the_portal_is_reached_with_its_headers(proxy: Proxy) -> None:
    answer = proxy.curl("/login", "--include")
    assert re.match(r"HTTP/[12][.1]* 200", answer)
    assert "__Host-portal=" in answer
    assert re.search(r"(?i)^strict-transport-security: max-age=31536000", answer, flags=re.M)


def test_the_callers_address_is_the_one_that_the_proxy_sees(proxy: Proxy) -> None:
    query = json.dumps({"query": "{ viewer { address } }"})
    options = ("-H", "Content-Type: application/json", "-H", "X-Forwarded-For: 198.51.100.7", "--data", query)
    assert json.loads(proxy.curl("/graphql", *options))["data"]["viewer"]["address"] == "127.0.0.1"


def test_a_body_that_is_too_large_ends_at_the_proxy(proxy: Proxy, tmp_path: Path) -> None:
    (tmp_path / "body").write_bytes(b"x" * 1_100_000)
    options = ("--output", os.devnull, "--write-out", "%{http_code}", "-H", "Content-Type: application/json")
    code = proxy.curl("/graphql", *options, "--data-binary", f"@{tmp_path / 'body'}")
    assert code == "413"


def test_others_are_answered_while_clients_send_nothing(proxy: Proxy) -> None:
    idle = [socket.create_connection(("127.0.0.1", proxy.port)) for _ in range(40)]
    try:
        assert json.loads(proxy.curl("/readyz"))["status"] == "ok"
    finally:
        for connection in idle:
            connection.close()


def test_docs_tell_how_many_connections_a_worker_opens(tmp_path: Path) -> None:
    settings = settings_for(f"sqlite:///{tmp_path / 'portal.sqlite3'}", tmp_path)
    with create_app(settings).app_context():
        pool: Any = db.engine.pool
        most = pool.size() + pool._max_overflow + API_THREADS + PAGE_THREADS  # noqa: SLF001 - nothing else tells it
    assert f"up to {most} connections to PostgreSQL" in DEPLOY.read_text("utf-8")
