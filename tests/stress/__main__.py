"""`python -m tests.stress`: asks a served portal while something goes wrong, at full size, and prints how it was answered.

`--checkout ../before` also asks the portal of another checkout, set up in that folder. Nothing leaves this machine.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.docs.proxies import HOST, caddy, nginx
from tests.needs import postgresql_programs
from tests.postgresql import PostgresqlServer
from tests.redis import RedisServer
from tests.stress.asker import ask_for
from tests.stress.outages import postgresql_hung, postgresql_stopped, redis_hung
from tests.stress.portals import Portal, on_postgresql, on_sqlite, settle
from tests.stress.proxied import through
from tests.stress.troubles import HALF, IDLE, READERS, SIGN_INS, connections, imported, nothing, sign_ins, workers_killed

HERE = Path(__file__).parents[2]
Trouble = Callable[[Portal], Any]


def main() -> None:
    options = parse()
    checkouts = [*([options.checkout.resolve()] if options.checkout else []), HERE]
    say(f"| trouble | {' | '.join(version(checkout) for checkout in checkouts)} |\n|{' --- |' * (len(checkouts) + 1)}")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="stress")))
        for name, workers, portals, trouble in scenarios(options, checkouts, folder, stack):
            if not options.only or any(word in name for word in options.only):
                told = " | ".join(answered(portal, workers, trouble, options.seconds) for portal in portals)
                say(f"| {name} | {told} |")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.stress", description=__doc__)
    parser.add_argument("--checkout", type=Path, metavar="DIR", help="also the portal of another checkout")
    parser.add_argument("--seconds", type=float, default=10, help="how long is asked during each trouble")
    parser.add_argument("--only", nargs="*", metavar="WORD", help="only the troubles in whose names a word is")
    parser.add_argument("--dump", type=Path, help="a dump to import meanwhile, such as the one of benchmarks/generate.py")
    return parser.parse_args()


def version(checkout: Path) -> str:
    return subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=checkout, capture_output=True, text=True, check=True).stdout.strip()


Scenario = tuple[str, int, list[Portal], Trouble]


def scenarios(options: argparse.Namespace, checkouts: list[Path], folder: Path, stack: ExitStack) -> Iterator[Scenario]:
    sqlite = [on_sqlite(checkout, folder / f"sqlite{number}") for number, checkout in enumerate(checkouts)]
    yield from with_clients(sqlite)
    yield from with_proxies(checkouts, folder)
    if options.dump:
        yield "a first import of full size, SQLite", 1, sqlite, lambda portal: imported(portal, options.dump)
    yield from with_redis(checkouts, folder, stack, options.seconds / 2)
    programs = postgresql_programs()
    if programs:
        server = PostgresqlServer(programs)
        stack.enter_context(server.running())
        sqlite[-1].run("export", str(folder / "demo.json"))
        yield from with_postgresql(server, checkouts, folder, options)


def with_clients(portals: list[Portal]) -> Iterator[Scenario]:
    yield "nothing, SQLite", 1, portals, nothing
    yield f"{IDLE} idle connections", 1, portals, connections(IDLE, 0, 0)
    yield f"{HALF} half-sent requests, byte by byte", 1, portals, connections(0, HALF, 0)
    yield f"{READERS} readers of a byte at a time", 1, portals, connections(0, 0, READERS)
    yield "all of these at once", 1, portals, connections(IDLE, HALF, READERS)
    yield f"{SIGN_INS} sign-ins at a time", 1, portals, sign_ins
    yield "a worker of two is killed every 5 s", 2, portals, workers_killed


def with_proxies(checkouts: list[Path], folder: Path) -> Iterator[Scenario]:
    behind = {"PORTAL_PROXY_HOPS": "1", "PORTAL_TRUSTED_HOSTS": HOST}
    portals = [on_sqlite(checkout, folder / f"proxied{number}", **behind) for number, checkout in enumerate(checkouts)]
    for name, proxy in (("nginx", nginx), ("Caddy", caddy)):
        yield f"nothing, through {name}", 1, portals, through(proxy, nothing)
        yield f"all of these at once, through {name}", 1, portals, through(proxy, connections(IDLE, HALF, READERS))


def with_redis(checkouts: list[Path], folder: Path, stack: ExitStack, half: float) -> Iterator[Scenario]:
    redis = RedisServer()
    stack.enter_context(redis.running())
    portals = [on_sqlite(checkout, folder / f"redis{number}", PORTAL_REDIS_URL=redis.url) for number, checkout in enumerate(checkouts)]
    yield "Redis hangs for half of the time", 1, portals, lambda _: redis_hung(redis, half)


def with_postgresql(server: PostgresqlServer, checkouts: list[Path], folder: Path, options: argparse.Namespace) -> Iterator[Scenario]:
    half, portals = options.seconds / 2, []
    for number, checkout in enumerate(checkouts):
        server.create(f"stress{number}", "template0")
        portals.append(on_postgresql(checkout, folder / f"postgresql{number}", server.url(f"stress{number}"), folder / "demo.json"))
    yield "nothing, PostgreSQL", 1, portals, nothing
    if options.dump:
        yield "a first import of full size, PostgreSQL", 1, portals, lambda portal: imported(portal, options.dump)
    yield "PostgreSQL is stopped for half of the time", 1, portals, lambda _: postgresql_stopped(server, half)
    yield "PostgreSQL hangs for half of the time", 1, portals, lambda _: postgresql_hung(server, half)


def answered(portal: Portal, workers: int, trouble: Trouble, seconds: float) -> str:
    with portal.served(workers):
        ask_for(1, portal.url, portal.token)  # until its caches are filled
        with trouble(portal):
            told = str(ask_for(seconds, portal.front or portal.url, portal.token))
    settle()
    return told


if __name__ == "__main__":
    main()
