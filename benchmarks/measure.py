"""Measures candidates by turns: a round asks each of them each workload, in an order that changes with the round."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from time import perf_counter, process_time

from benchmarks import load
from benchmarks.candidates import Candidate
from benchmarks.load import Job, Outcome
from benchmarks.processes import busy, used
from benchmarks.workloads import Workload

FEWEST, MOST = 2, 2_000  # requests a round


@dataclass
class Cell:
    """A candidate's samples of a workload: CPU seconds a request, and requests a second."""

    count: int
    size: float  # bytes of an answer's body
    costs: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)

    @property
    def cost(self) -> float:
        return median(self.costs)

    @property
    def rate(self) -> float:
        return median(self.rates)


Cells = dict[tuple[Candidate, Workload], Cell]


def ask(job: Job) -> Outcome:
    """Lets a process of its own ask. Raises RuntimeError when an answer wasn't 200."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(job, file)
        file.flush()
        said = subprocess.run([sys.executable, "-S", Path(load.__file__), file.name], check=True, stdout=subprocess.PIPE).stdout
    outcome: Outcome = json.loads(said)
    if outcome["refused"]:
        raise RuntimeError(outcome["refused"])
    return outcome


def warm(candidate: Candidate, workload: Workload, seconds: float) -> Cell:
    """Asks until compilers and caches have settled, and says how many requests a round of so many seconds has."""
    count, began = FEWEST, perf_counter()
    while True:
        outcome = ask(candidate.job(workload, count))
        rate = count / outcome["seconds"]
        if perf_counter() - began > 2 * seconds:
            return Cell(min(max(round(rate * seconds), FEWEST), MOST), outcome["bytes"])
        count = min(max(round(rate * seconds), FEWEST), MOST)


def measure(cells: Cells, roots: Mapping[Candidate, Sequence[int]], rounds: int) -> float:
    """Fills the cells. Returns how many processors anybody else kept busy meanwhile: 0 is quiet."""
    began, others = perf_counter(), strangers(roots)
    for number in range(rounds):
        for candidate, workload in turned(list(cells), number):
            cell = cells[candidate, workload]
            before = used(roots[candidate])
            outcome = ask(candidate.job(workload, cell.count))
            cell.costs.append((used(roots[candidate]) - before) / cell.count)
            cell.rates.append(cell.count / outcome["seconds"])
    return max(0.0, (strangers(roots) - others) / (perf_counter() - began))


def strangers(roots: Mapping[Candidate, Sequence[int]]) -> float:
    """Seconds of work so far that are neither the candidates' nor ours."""
    asking = getrusage(RUSAGE_CHILDREN)
    return busy() - used({pid for pids in roots.values() for pid in pids}) - asking.ru_utime - asking.ru_stime - process_time()


def turned(turns: list[tuple[Candidate, Workload]], number: int) -> Iterator[tuple[Candidate, Workload]]:
    """The turns from another place on in each round, backwards in every second."""
    place = number * 7 % len(turns)
    order = turns[place:] + turns[:place]
    yield from reversed(order) if number % 2 else order
