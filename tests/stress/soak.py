"""`python -m tests.stress.soak --dump FILE`: an hour of everything at once on a registry of full size, and what the server holds meanwhile.

Each line is a minute: memory, descriptors and threads of all its processes, and how clients were answered. The last line compares the
last ten minutes with the second ten. Nothing leaves this machine.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from threading import Event

from tests.needs import postgresql_programs
from tests.postgresql import PostgresqlServer
from tests.stress.footprint import Footprint
from tests.stress.habits import LIST, PEERS, RECORD, Client, Habit
from tests.stress.member import Member
from tests.stress.portals import Portal, admin_of, import_dump, on_postgresql, on_sqlite
from tests.stress.troubles import hold
from tests.threads import in_background

HERE = Path(__file__).parents[2]
HELD = 100, 50, 50  # idle, half-sent and slowly read connections, made anew each minute
MINUTES_OF_A_PHASE = 10


def main() -> None:
    options = parse()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="soak")))
        portal = prepare(options.engine, folder, stack)
        import_dump(portal, options.dump)
        stack.enter_context(portal.served(options.workers))
        member = admin_of(portal)
        answers, seen = Counter[str](), []
        stack.enter_context(clients(portal, member, options.dump, folder, answers))
        for minute in range(options.minutes + 1):
            seen.append(footprint(portal))
            say(f"{minute:3} min  {described(seen[-1])}  {', '.join(f'{number} × {name}' for name, number in sorted(answers.items()))}")
            if minute < options.minutes:
                with hold(portal, HELD):
                    time.sleep(60)
        say(compared(seen))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.stress.soak", description=__doc__)
    parser.add_argument("--dump", type=Path, required=True, help="a dump of full size, as benchmarks/generate.py makes it")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args()


def prepare(engine: str, folder: Path, stack: ExitStack) -> Portal:
    proxied = {"PORTAL_PUBLIC_URL": "http://localhost:8000", "PORTAL_PROXY_HOPS": "1"}  # cookies without TLS, many addresses
    sqlite = on_sqlite(HERE, folder / "sqlite", PORTAL_PROXY_HOPS="1")
    programs = postgresql_programs()
    if engine == "sqlite" or not programs:
        return sqlite
    sqlite.run("export", str(folder / "demo.json"))
    server = PostgresqlServer(programs)
    stack.enter_context(server.running())
    server.create("soak", "template0")
    return on_postgresql(HERE, folder / "postgresql", server.url("soak"), folder / "demo.json", **proxied)


@contextmanager
def clients(portal: Portal, member: Member, dump: Path, folder: Path, answers: Counter[str]) -> Iterator[None]:
    """All habits, each in a thread of its own, until the end of the block."""
    client = Client(portal)
    client.answers = answers

    def commands() -> None:
        """What an operator's timers do."""
        import_dump(portal, dump)
        portal.run("backup", str(folder / f"{time.time()}.backup"))
        portal.run("audit", "verify")

    habits: dict[Habit, float] = {
        client.asking(RECORD): 0.05,
        client.asking(RECORD, anonymous=True): 5,
        client.asking(PEERS): 0.3,
        client.asking(LIST): 1,
        client.new_text: 0.1,
        client.broken: 0.5,
        client.gone: 0.5,
        client.reading_pages(member): 0.3,
        client.working_with_keys(member): 5,
        client.signing_in: 3,
        commands: 600,
    }
    with in_background(*(partial(again, habit, pause, answers) for habit, pause in habits.items())):
        yield


def again(act: Habit, pause: float, answers: Counter[str], over: Event) -> None:
    """What goes wrong is counted by its kind, and goes on."""
    while not over.wait(pause):
        try:
            act()
        except Exception as error:  # whatever it is, it is told
            answers[f"{type(error).__name__}: {str(error)[:200]}"] += 1


def footprint(portal: Portal) -> Footprint:
    assert portal.process
    return Footprint.of(portal.process.pid)


def described(holds: Footprint) -> str:
    return f"{holds.memory / 2**20:6.0f} MiB  {holds.descriptors:5} descriptors  {holds.threads:3} threads"


def compared(seen: list[Footprint]) -> str:
    """The middle of the second phase beside the middle of the last one."""
    early, late = seen[MINUTES_OF_A_PHASE : 2 * MINUTES_OF_A_PHASE] or seen, seen[-MINUTES_OF_A_PHASE:]
    parts = []
    for name in ("memory", "descriptors", "threads"):
        before, after = (median(getattr(minute, name) for minute in part) for part in (early, late))
        parts.append(f"{name} × {after / before:.3f}")
    return f"the last {len(late)} minutes beside {len(early)} early ones: {', '.join(parts)}"


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
