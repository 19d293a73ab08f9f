"""Who is measured, and how each is started: one process that answers, on a port of its own."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from benchmarks import postgraphile
from benchmarks.data import RIVAL, Registry
from benchmarks.load import Job
from benchmarks.rivals import node
from benchmarks.workloads import Variables, Workload

SECONDS_TO_START = 30
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"


@dataclass(eq=False)
class Candidate:
    """`documents` by operation, where it has words of its own, into which `translate` puts variables; `restore` puts answers into ours."""

    name: str
    engine: str
    command: Callable[[int], list[str]]
    environ: Mapping[str, str]
    tokens: list[str] = field(default_factory=list)
    folder: Path | None = None
    documents: Mapping[str, str] = field(default_factory=dict)
    translate: Callable[[Variables], Variables] = dict
    restore: Callable[[Any], Any] = lambda answer: answer
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    requests: int = 0

    def start(self) -> int:
        """Returns the process's id. Raises RuntimeError when it doesn't listen in time."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = subprocess.Popen(self.command(self.port), env=dict(self.environ), cwd=self.folder, stdout=subprocess.DEVNULL)
        for _ in range(SECONDS_TO_START * 20):
            time.sleep(0.05)
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self.process.pid
        raise RuntimeError(f"{self} doesn't listen")

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(20)

    def answers(self, workload: Workload) -> bool:
        return self.name in {"ours", "floor", "other checkout", *workload.least}

    def bodies(self, workload: Workload) -> list[str]:
        document = self.documents.get(workload.operation, workload.document)
        sent = (
            {"query": document, "variables": self.translate(variables), "operationName": workload.operation}
            for variables in workload.variables
        )
        return [json.dumps(body) for body in sent]

    def job(self, workload: Workload, count: int) -> Job:
        """The next requests; the tokens go on where the last ones ended, so that no key is asked more than others."""
        self.requests += count
        return Job(port=self.port, bodies=self.bodies(workload), tokens=self.tokens, begin=self.requests - count, count=count)

    def answer(self, workload: Workload, number: int) -> Any:
        """The data for the workload's variables of this number. Raises RuntimeError for an error."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {self.tokens[0]}"} if self.tokens else {})
        connection.request("POST", "/graphql", self.bodies(workload)[number], headers)
        answer = json.loads(connection.getresponse().read())
        connection.close()
        if answer.get("errors"):
            raise RuntimeError(f"{self} answers {workload.name} by {answer['errors'][0]}")
        return self.restore(answer["data"])

    def __str__(self) -> str:
        return f"{self.name} on {self.engine}"


def in_python(engine: str, registry: Registry) -> list[Candidate]:
    """Ours, the floor and the ORM."""

    def ours(port: int) -> list[str]:
        return [sys.executable, "-m", "portal.cli", "serve", "--port", str(port)]

    def served(target: str) -> Callable[[int], list[str]]:
        """By the portal's server: the ORM and the floor get no other advantage or burden."""
        return lambda port: [sys.executable, "-m", "benchmarks.serve", target, str(port)]

    commands = {"ours": ours, "floor": served("benchmarks.floor:create_floor"), "ORM": served("benchmarks.strawberry_orm:create_orm")}
    return [Candidate(name, engine, command, registry.environ, registry.tokens) for name, command in commands.items()]


def from_checkout(engine: str, registry: Registry, checkout: Path) -> Candidate:
    """The portal of another checkout, as its own `.venv` serves it, on the same data."""
    python = checkout.absolute() / ".venv" / "bin" / "python"

    def command(port: int) -> list[str]:
        return [str(python), "-m", "portal.cli", "serve", "--port", str(port)]

    return Candidate("other checkout", engine, command, registry.environ, registry.tokens, folder=checkout)


def mercurius(folder: Path, registry: Registry) -> Candidate:
    path = registry.url.removeprefix("sqlite:///")
    return Candidate("mercurius", SQLITE, lambda port: [str(node(folder)), "mercurius.mjs", path, str(port)], for_node(), folder=folder)


def postgraphile_on(folder: Path, registry: Registry) -> Candidate:
    socket_folder = registry.url.partition("host=")[2]
    return Candidate(
        "PostGraphile",
        POSTGRESQL,
        lambda port: [str(node(folder)), "postgraphile.mjs", socket_folder, RIVAL, str(port)],
        for_node(),
        folder=folder,
        documents=postgraphile.DOCUMENTS,
        translate=postgraphile.translated,
        restore=postgraphile.in_our_words,
    )


def for_node() -> dict[str, str]:
    return {**os.environ, "NODE_ENV": "production", "GRAPHILE_ENV": "production"}
