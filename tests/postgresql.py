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


class PostgresqlServer:
    """One cluster in a folder that goes away with it; `fresh()` copies the database `template_portal`."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="pg"))
        self.cluster = self.folder / "cluster"
        self.numbers = count(1)

    def start(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self.folder, UNPRIVILEGED)
        self.run("initdb", "-D", str(self.cluster), *CLUSTER)
        told = " ".join(f"-c {setting}" for setting in (*SERVER, f"unix_socket_directories={self.folder}"))
        self.run("pg_ctl", "start", "-w", "-D", str(self.cluster), "-o", told, "-l", str(self.folder / "log"))

    def stop(self) -> None:
        if (self.cluster / "postmaster.pid").exists():
            self.run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", str(self.cluster))
        shutil.rmtree(self.folder)

    def run(self, program: str, *arguments: str) -> None:
        """Raises RuntimeError with what the program said, when it fails."""
        who: dict[str, Any] = {}
        if os.geteuid() == 0:
            who = {"user": UNPRIVILEGED, "group": pwd.getpwnam(UNPRIVILEGED).pw_gid, "extra_groups": []}
        with tempfile.TemporaryFile() as said:  # not a pipe: the server that pg_ctl starts would hold it open
            command = [str(self.programs / program), *arguments]
            ended = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd=self.folder, check=False, **who)
            said.seek(0)
            if ended.returncode:
                raise RuntimeError(f"{program} ended with {ended.returncode}: {said.read().decode()}")

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://portal@/{database}?host={self.folder}"

    def execute(self, statement: str) -> None:
        with psycopg.connect(host=str(self.folder), user="portal", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement)

    @contextmanager
    def copy_of(self, template: str) -> Iterator[str]:
        """The URL of a database of its own, which ends with the block, whoever is connected to it."""
        name = f"test_{next(self.numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        try:
            yield self.url(name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")
