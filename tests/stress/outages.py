"""Databases and a Redis that go away or hang for a while, and come back."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from tests.postgresql import PostgresqlServer
from tests.redis import RedisServer

PART_BEFORE = 1.0  # seconds until it happens


@contextmanager
def later(act: object, undo: object, seconds: float) -> Iterator[None]:
    """Does it while somebody asks, and undoes it after some seconds."""

    def run() -> None:
        time.sleep(PART_BEFORE)
        act()  # type: ignore[operator]
        time.sleep(seconds)
        undo()  # type: ignore[operator]

    thread = Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def postgresql_stopped(server: PostgresqlServer, seconds: float) -> object:
    def stop() -> None:
        server.run("pg_ctl", "stop", "-m", "immediate", "-D", str(server.cluster))

    def start() -> None:
        options = f"-c listen_addresses= -c unix_socket_directories={server.folder}"
        server.run("pg_ctl", "start", "-w", "-D", str(server.cluster), "-o", options, "-l", str(server.folder / "log"))

    return later(stop, start, seconds)


def postgresql_hung(server: PostgresqlServer, seconds: float) -> object:
    """All of its processes: what they have been asked, they keep to themselves."""

    def send(number: signal.Signals) -> None:
        postmaster = int((server.cluster / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        for pid in (postmaster, *map(int, children)):
            os.kill(pid, number)

    return later(lambda: send(signal.SIGSTOP), lambda: send(signal.SIGCONT), seconds)


def redis_hung(server: RedisServer, seconds: float) -> object:
    return later(lambda: server.send(signal.SIGSTOP), lambda: server.send(signal.SIGCONT), seconds)
