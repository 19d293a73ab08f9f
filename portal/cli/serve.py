"""`portal serve`: the production WSGI server, started once everything that could be wrong is checked."""

import gc
import signal
import socket
from dataclasses import replace
from functools import partial
from typing import Any

import click
from flask import Flask
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from portal import runtime
from portal.app import create_app
from portal.cli.context import open_registry
from portal.errors import ConfigurationError
from portal.settings import LOOPBACK, PRODUCTION_NEEDS, Settings, read

BLOCKING_THREADS, BACKPRESSURE = 8, 32
SECONDS_TO_STOP = 10


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="How many processes answer.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the portal over HTTP.

    Ctrl-C or SIGTERM stops it. Without production settings it serves this machine alone. In production several workers need
    PORTAL_REDIS_URL, where they share their limits.
    """
    settings = read()
    if not settings.production:
        settings = replace(settings, public_url=f"http://{bracketed(host)}:{port}")
    check_host(host, settings)
    check_workers(workers, settings)
    with open_registry():
        pass  # what would stop the portal is reported before a worker starts
    server = Server(
        "wsgi:app",
        address=free_address(host, port),
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=BLOCKING_THREADS,
        backpressure=BACKPRESSURE,
        workers_kill_timeout=SECONDS_TO_STOP,
        log_level=LogLevels.error,
        log_access=False,
    )
    server.serve(target_loader=partial(load, replace(settings, workers=workers)), wrap_loader=False)


class Server(MPServer):
    """Says its address once it answers there."""

    def startup(self, spawn_target: Any, target_loader: Any) -> None:
        super().startup(spawn_target, target_loader)  # type: ignore[no-untyped-call]  # granian's own has no types
        while not self.main_loop_interrupt.wait(0.01):
            if answers(self.bind_addr, self.bind_port):
                click.echo(f"Peering Portal listens on http://{bracketed(self.bind_addr)}:{self.bind_port} (Ctrl-C stops it)")
                return


def load(settings: Settings) -> Flask:
    """Returns a worker's app. Until it serves, the parent's handlers that the fork inherited would ignore signals, so they are reset."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    app = create_app(settings)
    runtime.start(app)
    gc.freeze()  # what is there for good needn't be looked through again each time an answer has made many objects
    return app


def answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def check_host(host: str, settings: Settings) -> None:
    if not settings.production and host not in LOOPBACK:
        needed = ", ".join(PRODUCTION_NEEDS)
        raise ConfigurationError(f"Production settings are required to listen on {host}: {needed}. Without them only 127.0.0.1 is served.")


def check_workers(workers: int, settings: Settings) -> None:
    if workers == 1 or settings.redis_url:
        return
    if settings.production:
        raise ConfigurationError(f"{workers} workers need PORTAL_REDIS_URL, where they share their limits. Set it, or use one worker.")
    click.echo(f"Without PORTAL_REDIS_URL each of the {workers} workers counts limits by itself.", err=True)


def free_address(host: str, port: int) -> str:
    """Returns the numeric address of the host. Raises ConfigurationError where nothing can listen, or something already does.

    The server itself would share the port with another one of the same user, so this asks without sharing.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise ConfigurationError(f"Can't listen on {bracketed(host)}:{port}: {error.strerror}. Choose another --port or --host.") from error
    return str(address[0])


def bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


commands = (serve,)
