"""`python -m benchmarks`: makes the data, starts every candidate, compares their answers, measures, prints the tables."""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path

from benchmarks.candidates import POSTGRESQL, SQLITE, Candidate, from_checkout, in_python, mercurius, postgraphile_on
from benchmarks.data import on_postgresql, on_sqlite
from benchmarks.measure import Cells, measure, warm
from benchmarks.processes import largest_memory, machine
from benchmarks.rivals import installed
from benchmarks.table import tables
from benchmarks.workloads import WORKLOADS, Workload

README = Path(__file__).parent / "README.md"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "peering-portal-benchmarks"
BEGIN, END = "<!-- result -->", "<!-- end of result -->"
QUIET = 0.1  # cores that others may keep busy
COMPARED = 5  # answers of a workload


def main() -> None:
    options = parse()
    options.cache.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        roots = dict(start(options, stack))
        cells = ready(list(roots), [workload for workload in WORKLOADS if is_chosen(workload, options.workloads)], options.seconds)
        others = measure(cells, roots, options.rounds)
        result = "\n\n".join((about(options.rounds, others), tables(cells), memory(roots)))
    print(result)
    if options.keep:
        before, _, rest = README.read_text("utf-8").partition(BEGIN)
        README.write_text(f"{before}{BEGIN}\n{result}\n{END}{rest.partition(END)[2]}", "utf-8")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="3 short rounds")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.5, help="how long a candidate is asked one workload in a round")
    parser.add_argument(
        "--candidates", nargs="*", default=(), metavar="NAME", help="only ours and these: floor, ORM, mercurius, PostGraphile"
    )
    parser.add_argument("--engine", choices=(SQLITE, POSTGRESQL), help="only this one")
    parser.add_argument("--workloads", nargs="*", default=(), metavar="NAME", help="only these: W1 …")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where the data and the rivals are kept")
    parser.add_argument("--checkout", type=Path, metavar="DIR", help="also the portal of another checkout, to compare two versions")
    parser.add_argument("--keep", action="store_true", help="write the result into benchmarks/README.md")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds = 3, 0.25
    return options


def start(options: argparse.Namespace, stack: ExitStack) -> Iterator[tuple[Candidate, list[int]]]:
    """Each candidate and the processes whose work is its own: its server's and its database's."""
    for candidate, database in candidates(options, stack):
        if not options.candidates or candidate.name in {"ours", "other checkout", *options.candidates}:
            stack.callback(candidate.stop)
            yield candidate, [candidate.start(), *database]


def candidates(options: argparse.Namespace, stack: ExitStack) -> Iterator[tuple[Candidate, list[int]]]:
    """All of the wanted engines, each with its database's process."""
    folder = installed(options.cache)
    if options.engine != POSTGRESQL:
        sqlite = on_sqlite(options.cache)
        if options.checkout:
            yield from_checkout(SQLITE, sqlite, options.checkout), []
        for candidate in (*in_python(SQLITE, sqlite), *([mercurius(folder, sqlite)] if folder else [])):
            yield candidate, []
    if options.engine != SQLITE:
        postgresql = stack.enter_context(on_postgresql(options.cache))
        if postgresql is None or postgresql.server is None:
            print("PostgreSQL is left out: its server's programs aren't installed.", file=sys.stderr)
            return
        if options.checkout:
            yield from_checkout(POSTGRESQL, postgresql, options.checkout), [postgresql.server]
        for candidate in (*in_python(POSTGRESQL, postgresql), *([postgraphile_on(folder, postgresql)] if folder else [])):
            yield candidate, [postgresql.server]


def is_chosen(workload: Workload, names: Sequence[str]) -> bool:
    if names and workload.name not in names:
        return False
    if not workload.is_known:
        print(f"{workload.name} is left out: the schema doesn't know all of its fields yet.", file=sys.stderr)
    return workload.is_known


def ready(candidates: list[Candidate], workloads: list[Workload], seconds: float) -> Cells:
    """Compares each candidate's answers with ours, then warms it up. A wrong answer leaves the candidate out, however fast it is."""
    ours = {candidate.engine: candidate for candidate in candidates if candidate.name == "ours"}
    right = [
        candidate for candidate in candidates if candidate is ours[candidate.engine] or agrees(candidate, ours[candidate.engine], workloads)
    ]
    return {
        (candidate, workload): warm(candidate, workload, seconds)
        for workload in workloads
        for candidate in right
        if candidate.answers(workload)
    }


def agrees(candidate: Candidate, ours: Candidate, workloads: list[Workload]) -> bool:
    for workload in filter(candidate.answers, workloads):
        for number in range(min(COMPARED, len(workload.variables))):
            expected = candidate.restore(ours.answer(workload, number))
            try:
                wrong = "" if candidate.answer(workload, number) == expected else "differs from ours"
            except (OSError, HTTPException, RuntimeError) as error:
                wrong = f"is none: {error}"
            if wrong:
                print(f"{candidate} is left out: its answer to {workload.name} {wrong}.", file=sys.stderr)
                return False
    return True


def about(rounds: int, others: float) -> str:
    """When, where and how it was measured."""
    disturbed = "quiet" if others < QUIET else "disturbed: repeat it"
    return f"{datetime.now(UTC):%Y-%m-%d}, {machine()}, {rounds} rounds. Others kept {others:.2f} cores busy meanwhile ({disturbed})."


def memory(roots: Mapping[Candidate, Sequence[int]]) -> str:
    """Of the server's largest process, after the load."""
    sizes = (f"{candidate} {largest_memory(pids[:1]) / 2**20:.0f} MiB" for candidate, pids in roots.items())
    return f"Memory of a worker after load, without pages of files: {', '.join(sizes)}."


if __name__ == "__main__":
    main()
