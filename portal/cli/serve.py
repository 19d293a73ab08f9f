"""`portal serve`: the production server, started once everything that could be wrong is checked."""

import fcntl
import logging
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click

from portal import runtime
from portal.app import create_app
from portal.cli.context import open_registry
from portal.errors import ConfigurationError
from portal.http.paths import is_api_path
from portal.server.lanes import Lane
from portal.server.limits import Limits
from portal.server.service_manager import tell_ready
from portal.server.sockets import bracketed, listen, listen_on_path, raise_descriptor_limit
from portal.server.supervisor import Supervisor
from portal.server.worker_process import Worker
from portal.settings import LOOPBACK, PRODUCTION_NEEDS, Settings, read

log = logging.getLogger(__name__)
API_THREADS, PAGE_THREADS = 8, 4  # each has a connection to the database when it works
SPARE_DESCRIPTORS = 200  # for the database, Redis, mails and files


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on.")
@click.option("--socket", "path", type=click.Path(path_type=Path), help="Listen on this Unix socket instead. Needs PORTAL_PROXY_HOPS.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="How many processes answer.")
def serve(host: str, port: int, path: Path | None, workers: int) -> None:
    """Serve the portal over HTTP.

    Ctrl-C or SIGTERM stops it. Without production settings it serves this machine alone. In production several workers need
    PORTAL_REDIS_URL, where they share their limits.
    """
    settings = read()
    if not settings.production:
        settings = replace(settings, public_url=f"http://{bracketed(host)}:{port}")
    check_workers(workers, settings)
    if path:
        check_proxy(settings)
    else:
        check_host(host, settings)
    with open_registry():
        pass  # what would stop the portal is reported before a worker starts
    listening, address = (listen_on_path(path), f"on {path}") if path else (listen(host, port), f"on http://{bracketed(host)}:{port}")
    folder = lock_folder(settings.data)
    app = create_app(replace(settings, workers=workers))
    limits = limits_for(raise_descriptor_limit())
    worker = Worker(app, lanes(limits.max_waiting), lane_of, limits, multiprocess=workers > 1, hops=settings.proxy_hops)

    def work(parent: int, ready: Callable[[], None]) -> None:
        runtime.start(app)
        worker.serve(listening, parent, ready)

    code = Supervisor(work, workers, announce=lambda: announce(address), tell=log.warning).run()
    if folder is not None:
        os.close(folder)
    if path:
        path.unlink(missing_ok=True)
    raise SystemExit(code)


def announce(address: str) -> None:
    click.echo(f"Peering Portal listens {address} (Ctrl-C stops it)")
    tell_ready()


def lock_folder(folder: Path) -> int | None:
    """Returns a descriptor that holds the data folder as this server's, and says so where another server holds it already."""
    if not folder.is_dir():
        return None
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        click.echo(f"Another `portal serve` uses {folder}, too. Without PORTAL_REDIS_URL each of them counts limits by itself.", err=True)
    return descriptor


def lanes(waiting: int) -> dict[str, Lane]:
    """Pages may wait for passwords and each other; automation and load balancers never wait for them."""
    return {
        "api": Lane("api", API_THREADS, waiting, speaks_json=True),
        "pages": Lane("pages", PAGE_THREADS, waiting),
        "health": Lane("health", 1, waiting),
    }


def lane_of(path: str) -> str:
    if path == "/healthz":
        return "health"
    return "api" if is_api_path(path) or path == "/readyz" else "pages"


def limits_for(descriptors: int) -> Limits:
    return replace(Limits(), max_connections=min(Limits.max_connections, max(1, descriptors - SPARE_DESCRIPTORS)))


def check_host(host: str, settings: Settings) -> None:
    if not settings.production and host not in LOOPBACK:
        needed = ", ".join(PRODUCTION_NEEDS)
        raise ConfigurationError(f"Production settings are required to listen on {host}: {needed}. Without them only 127.0.0.1 is served.")


def check_proxy(settings: Settings) -> None:
    """On a socket all callers are one proxy, which alone knows their addresses."""
    if not settings.proxy_hops:
        raise ConfigurationError("--socket needs PORTAL_PROXY_HOPS, because only the proxy knows the callers' addresses. It is usually 1.")


def check_workers(workers: int, settings: Settings) -> None:
    if workers == 1 or settings.redis_url:
        return
    if settings.production:
        raise ConfigurationError(f"{workers} workers need PORTAL_REDIS_URL, where they share their limits. Set it, or use one worker.")
    click.echo(f"Without PORTAL_REDIS_URL each of the {workers} workers counts limits by itself.", err=True)


commands = (serve,)
