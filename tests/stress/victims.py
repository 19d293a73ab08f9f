"""What is killed: processes of a served portal, or of the PostgreSQL server that it is on."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any

import psycopg

from tests.postgresql import PostgresqlServer
from tests.server import children_of
from tests.stress.portals import Portal
from tests.waits import until

Kill = Callable[[Portal, Random], None]


def everything(portal: Portal, _: Random) -> None:
    """As a power cut does it to processes."""
    assert portal.process
    os.killpg(portal.process.pid, signal.SIGKILL)


def supervisor(portal: Portal, _: Random) -> None:
    assert portal.process
    portal.process.kill()


def one_worker(portal: Portal, random: Random) -> None:
    assert portal.process
    os.kill(random.choice(children_of(portal.process.pid)), signal.SIGKILL)


def all_workers(portal: Portal, _: Random) -> None:
    assert portal.process
    for pid in children_of(portal.process.pid):
        os.kill(pid, signal.SIGKILL)


KILLS: dict[str, Kill] = {"everything": everything, "supervisor": supervisor, "a worker": one_worker, "all workers": all_workers}


def kills_of(server: PostgresqlServer) -> dict[str, Kill]:
    """Of the database server: stopped at once and started again, or a process of it killed, after which it starts itself again."""

    def restart(_: Portal, __: Random) -> None:
        server.stop("immediate")
        server.start()

    def one_backend(_: Portal, random: Random) -> None:
        with suppress(psycopg.OperationalError), server.connection() as connection:
            pids = connection.execute("SELECT pid FROM pg_stat_activity WHERE datname = 'stress'").fetchall()
            if pids:
                os.kill(random.choice(pids)[0], signal.SIGKILL)
                until(lambda: is_lost(connection))  # with all others, as soon as the server notices
        until(lambda: answers(server))

    return {"PostgreSQL": restart, "a process of PostgreSQL": one_backend}


def is_lost(connection: psycopg.Connection[Any]) -> bool:
    try:
        connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return True
    return False


def answers(server: PostgresqlServer) -> bool:
    with suppress(psycopg.OperationalError), server.connection():
        return True
    return False
