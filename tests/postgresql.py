"""A throw-away PostgreSQL server: no TCP, a socket in a temporary folder, run by an unprivileged user as it refuses root."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

UNPRIVILEGED = "nobody"
# ICU sorts unlike code points, so that a text column without its collation shows.
CLUSTER = ("-U", "portal", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en")
# Nothing has to outlive the run; a zone unlike UTC shows where one was forgotten.
SERVER = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "listen_addresses=",
    "max_connections=50",
    "timezone=Asia/Kathmandu",
)


def unprivileged() -> dict[str, Any]:
    """For subprocess: root becomes somebody who may run PostgreSQL."""
    if os.geteuid():
        return {}
    return {"user": UNPRIVILEGED, "group": pwd.getpwnam(UNPRIVILEGED).pw_gid, "extra_groups": []}


class PostgresqlServer:
    """One cluster in a folder that goes away with it; `copy_of()` makes databases in it."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="pg"))
        self.cluster = self.folder / "cluster"
        self.numbers = count(1)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Runs for the block. A guard outside our session then stops it: also when we are killed, as its pipe from us closes."""
        if os.geteuid() == 0:
            shutil.chown(self.folder, UNPRIVILEGED)
        stop = f"read _; {self.programs / 'pg_ctl'} stop -m immediate -D {self.cluster}; cd /; rm -rf {self.folder}"
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
        with subprocess.Popen(["sh", "-c", stop], cwd=self.folder, stdin=subprocess.PIPE, **quiet, **unprivileged()):
            self.run("initdb", "-D", str(self.cluster), *CLUSTER)
            options = " ".join(f"-c {setting}" for setting in (*SERVER, f"unix_socket_directories={self.folder}"))
            self.run("pg_ctl", "start", "-w", "-D", str(self.cluster), "-o", options, "-l", str(self.folder / "log"))
            yield

    def run(self, program: str, *arguments: str) -> None:
        """Raises RuntimeError with what the program said, when it fails."""
        with tempfile.TemporaryFile() as said:  # not a pipe: the server that pg_ctl starts would hold it open
            command = [str(self.programs / program), *arguments]
            streams: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": said, "stderr": said}
            ended = subprocess.run(command, cwd=self.folder, check=False, **streams, **unprivileged())
            said.seek(0)
            if ended.returncode:
                raise RuntimeError(f"{program} ended with {ended.returncode}: {said.read().decode()}")

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://portal@/{database}?host={self.folder}"

    def execute(self, statement: str) -> None:
        with psycopg.connect(host=str(self.folder), user="portal", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement)

    def create(self, name: str, template: str) -> None:
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")

    @contextmanager
    def copy_of(self, template: str) -> Iterator[str]:
        """The URL of a database of its own, which ends with the block, whoever is connected to it."""
        name = f"test_{next(self.numbers)}"
        self.create(name, template)
        try:
            yield self.url(name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")
