"""What a served portal's processes hold: memory, open files and threads, from /proc."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import family


@dataclass(frozen=True)
class Footprint:
    """Of all processes together. `memory`: bytes, each shared page counted once."""

    memory: int = 0
    descriptors: int = 0
    threads: int = 0

    def __add__(self, other: "Footprint") -> "Footprint":
        return Footprint(self.memory + other.memory, self.descriptors + other.descriptors, self.threads + other.threads)

    @classmethod
    def of(cls, root: int) -> "Footprint":
        """Of the process and its descendants; one that has just ended holds nothing."""
        total = cls()
        for pid in family([root]):
            with suppress(OSError):
                total += cls.of_process(Path("/proc") / str(pid))
        return total

    @classmethod
    def of_process(cls, proc: Path) -> "Footprint":
        values = dict(line.split(":", 1) for line in (proc / "smaps_rollup").read_text().splitlines()[1:])
        return cls(int(values["Pss"].split()[0]) * 1024, len(list((proc / "fd").iterdir())), len(list((proc / "task").iterdir())))
