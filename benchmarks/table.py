"""The result as tables in Markdown: ratios beside the bar of each cell, and the medians that they are made of."""

from collections.abc import Iterator, Sequence

from benchmarks.candidates import Candidate
from benchmarks.measure import Cell, Cells
from benchmarks.workloads import Workload

ABSENT = "–"
MAX_RATIO_TO_OTHER_CHECKOUT = 1.05


def tables(cells: Cells) -> str:
    workloads = list(dict.fromkeys(workload for _, workload in cells))
    candidates = list(dict.fromkeys(candidate for candidate, _ in cells))
    parts = [ratios(cells, candidates, workloads), medians(cells, candidates, workloads), rates(cells, candidates, workloads)]
    return "\n\n".join("\n".join(part) for part in parts)


def ratios(cells: Cells, candidates: Sequence[Candidate], workloads: Sequence[Workload]) -> Iterator[str]:
    """Ours by the floor, and the rivals by ours; a ratio that misses its bar is marked."""
    yield from head("CPU per request, ratio (bar)", workloads)
    for ours in (candidate for candidate in candidates if candidate.name == "ours"):
        for other in candidates:
            if other.engine == ours.engine and other is not ours:
                ours_first = other.name in {"floor", "other checkout"}
                label = f"ours ÷ {other.name}, {ours.engine}" if ours_first else f"{other.name} ÷ ours, {ours.engine}"
                yield row(label, [ratio(cells, ours, other, workload) for workload in workloads])


def ratio(cells: Cells, ours: Candidate, other: Candidate, workload: Workload) -> str:
    if (other, workload) not in cells:
        return ABSENT
    mine, theirs = cells[ours, workload].cost, cells[other, workload].cost
    if other.name == "other checkout":
        return rounded(mine / theirs, f" (≤ {MAX_RATIO_TO_OTHER_CHECKOUT})", missed=mine / theirs > MAX_RATIO_TO_OTHER_CHECKOUT)
    if other.name != "floor":
        bar = workload.least[other.name]
        return rounded(theirs / mine, f" (≥ {bar})", missed=theirs / mine < bar)
    if workload.bar is None:
        return rounded(mine / theirs, "", missed=False)
    return rounded(mine / theirs, f" (≤ {workload.bar})", missed=mine / theirs > workload.bar)


def rounded(value: float, bar: str, *, missed: bool) -> str:
    shown = f"{value:.2f}" if value < 10 else f"{value:.1f}"
    return f"**{shown}**{bar} ✗" if missed else f"{shown}{bar}"


def medians(cells: Cells, candidates: Sequence[Candidate], workloads: Sequence[Workload]) -> Iterator[str]:
    yield from head("CPU per request, median ms", workloads)
    for candidate in candidates:
        yield row(str(candidate), [f"{cell.cost * 1000:.2f}" if cell else ABSENT for cell in of(cells, candidate, workloads)])
    sizes = [max(cells[candidate, workload].size for candidate in candidates if candidate.name == "ours") for workload in workloads]
    yield row("size of the answer, kB", [f"{size / 1000:.1f}" for size in sizes])


def rates(cells: Cells, candidates: Sequence[Candidate], workloads: Sequence[Workload]) -> Iterator[str]:
    yield from head("requests per second, median", workloads)
    for candidate in candidates:
        yield row(str(candidate), [f"{cell.rate:.3g}" if cell else ABSENT for cell in of(cells, candidate, workloads)])


def of(cells: Cells, candidate: Candidate, workloads: Sequence[Workload]) -> list[Cell | None]:
    return [cells.get((candidate, workload)) for workload in workloads]


def head(title: str, workloads: Sequence[Workload]) -> Iterator[str]:
    yield row(title, [workload.name for workload in workloads])
    yield row("---", ["---:" for _ in workloads])


def row(label: str, values: Sequence[str]) -> str:
    return f"| {' | '.join([label, *values])} |"
