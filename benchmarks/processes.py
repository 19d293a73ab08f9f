"""What processes have used of the processors, from /proc: nanoseconds where the clock ticks of `stat` are too coarse."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

PROC = Path("/proc")


def family(roots: Iterable[int]) -> list[int]:
    """The processes and all their descendants."""
    children: dict[int, list[int]] = {}
    for pid, parent in parents():
        children.setdefault(parent, []).append(pid)
    pids = list(roots)
    for pid in pids:  # grows as it goes
        pids += children.get(pid, ())
    return pids


def parents() -> Iterator[tuple[int, int]]:
    for entry in PROC.iterdir():
        if entry.name.isdecimal():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue  # it has just ended
            yield int(entry.name), int(stat.rpartition(")")[2].split()[1])


def used(roots: Iterable[int]) -> float:
    """Seconds, user and system, that the processes' living threads and descendants have run."""
    return sum(thread_time(path) for pid in family(roots) for path in PROC.glob(f"{pid}/task/*/schedstat")) / 1e9


def thread_time(path: Path) -> int:
    try:
        return int(path.read_text().split()[0])
    except OSError:
        return 0  # it has just ended


def busy() -> float:
    """Seconds that all processors together have worked, whoever for."""
    user, nice, system, _, _, interrupt, soft, *_ = map(int, (PROC / "stat").read_text().split("\n")[0].split()[1:])
    return (user + nice + system + interrupt + soft) / os.sysconf("SC_CLK_TCK")


def machine() -> str:
    """What it has."""
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {gigabytes:.0f} GiB"


def largest_memory(roots: Iterable[int]) -> int:
    """Resident bytes of the largest of the processes, without pages of files: those are the system's cache, shared by all workers."""
    sizes = []
    for pid in family(roots):
        try:
            _, resident, shared, *_ = map(int, (PROC / str(pid) / "statm").read_text().split())
            sizes.append((resident - shared) * os.sysconf("SC_PAGE_SIZE"))
        except OSError:
            continue
    return max(sizes, default=0)
