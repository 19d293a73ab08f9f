"""A served portal, as a process of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.commands import PORTAL, CommandLine

LIMITED_PORTAL = str(Path(__file__).with_name("limited_portal.py"))
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
def served(portal: CommandLine, *arguments: str, limits: Mapping[str, float] | None = None, **environ: str) -> Iterator[Server]:
    """Answering: it says its address only then. `limits`: fields of portal.server.limits.Limits that are other than the portal's."""
    port = free_port()
    program = [sys.executable, LIMITED_PORTAL, json.dumps(limits)] if limits else PORTAL
    command = [*program, "serve", "--port", str(port), *arguments]
    environment = portal.environment(**environ)
    with subprocess.Popen(
        command, cwd=portal.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            assert process.stdout
            address = arguments[arguments.index("--socket") + 1] if "--socket" in arguments else f"http://127.0.0.1:{port}"
            assert process.stdout.readline() == f"Peering Portal listens on {address} (Ctrl-C stops it)\n"
            yield Server(f"http://127.0.0.1:{port}", process)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(60)


def children_of(pid: int) -> list[int]:
    """Processes that it has started and not waited for yet."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_running(pid: int) -> bool:
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
