"""A throw-away PostgreSQL server: no TCP, a socket in a temporary folder, run by an unprivileged user as it refuses root."""

import os
import pwd
import shutil
import signal
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
MAX_CONNECTIONS = 50
# Nothing has to outlive the run; a zone unlike UTC shows where one was forgotten.
SERVER = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "listen_addresses=",
    f"max_connections={MAX_CONNECTIONS}",
    "timezone=Asia/Kathmandu",
)


def unprivileged() -> dict[str, Any]:
    """For subprocess: root becomes somebody who may run PostgreSQL."""
    if os.geteuid():
        return {}
    return {"user": UNPRIVILEGED, "group": pwd.getpwnam(UNPRIVILEGED).pw_gid, "extra_groups": []}


class PostgresqlServer:
    """One cluster in a folder that goes away with it; `copy_of()` makes databases in it."""

    def __init__(self, programs: Path, *settings: str) -> None:
        self.programs, self.settings = programs, (*SERVER, *settings)
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
            self.start()
            yield

    def start(self) -> None:
        """Returns when it answers."""
        options = " ".join(f"-c {setting}" for setting in (*self.settings, f"unix_socket_directories={self.folder}"))
        self.run("pg_ctl", "start", "-w", "-D", str(self.cluster), "-o", options, "-l", str(self.folder / "log"))

    def stop(self, mode: str) -> None:
        """Ends it: "fast" tells its clients, "immediate" (SIGQUIT) doesn't wait for anything."""
        self.run("pg_ctl", "stop", "-m", mode, "-D", str(self.cluster))

    def restart_as_standby(self) -> None:
        """Until it is promoted it can only be read."""
        self.stop("fast")
        signal_file = self.cluster / "standby.signal"
        signal_file.touch()
        if os.geteuid() == 0:
            shutil.chown(signal_file, UNPRIVILEGED)
        self.start()

    @contextmanager
    def hung(self) -> Iterator[None]:
        """For the block none of its processes runs, while the kernel still takes connections and what is sent over them."""
        server = (self.cluster / "postmaster.pid").read_text().split("\n")[0]
        children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
        processes = [int(server), *map(int, children)]
        try:
            for process in processes:
                os.kill(process, signal.SIGSTOP)
            yield
        finally:
            for process in processes:
                os.kill(process, signal.SIGCONT)

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

    def connection(self) -> psycopg.Connection[tuple[Any, ...]]:
        """In no transaction, to the database postgres."""
        return psycopg.connect(host=str(self.folder), user="portal", dbname="postgres", autocommit=True)

    def execute(self, statement: str) -> None:
        with self.connection() as connection:
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
