"""Plants faults in a copy of the repository, one at a time, and says whether the suite catches them: `python -m tests.faults [NAME …]`.

`faults.toml` lists them. `--clean` runs the same tests without any fault: what fails there is no test of a fault.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
HOUSE = HERE.parents[1]
MISLEADING = {"PYTHONPATH", "PYTHONSAFEPATH"}  # with them another copy's code could be imported
MISPLANTED = ("NameError", "ImportError", "ModuleNotFoundError", "SyntaxError", "IndentationError")


@dataclass(frozen=True)
class Fault:
    """`old`, which stands once in `file`, becomes `new`. `tests` are node ids for pytest, `select` an expression for its -k."""

    name: str
    file: str
    old: str
    new: str
    tests: Sequence[str]
    select: str = ""

    def planted(self, text: str) -> str:
        """The file's text with the fault. Ends the run where the list is out of date."""
        times = text.count(self.old)
        if times != 1:
            sys.exit(f'"{self.name}": {self.file} holds this {times} times instead of once: {self.old}')
        return text.replace(self.old, self.new)


def main() -> int:
    """The exit code: 0 when every fault is caught or, with --clean, when every selection passes."""
    options = parse()
    faults = chosen(options.names)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder).resolve() / "copy"
        copy_house(copy)
        check_imports(copy, faults)
        planted = [(fault, fault.planted((copy / fault.file).read_text("utf-8"))) for fault in faults]  # none is out of date
        good = [check_fault(fault, copy, None if options.clean else text) for fault, text in planted]
    say(f"{sum(good)} of {len(good)} {'pass' if options.clean else 'caught'}")
    return 0 if all(good) else 1


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.faults", description="Plant faults and see whether the tests catch them.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only the faults whose names hold one of these")
    parser.add_argument("--clean", action="store_true", help="run their tests without any fault")
    return parser.parse_args()


def chosen(names: Sequence[str]) -> Sequence[Fault]:
    """Ends the run for a name that no fault has."""
    faults = [Fault(**fields) for fields in tomllib.loads((HERE / "faults.toml").read_text("utf-8"))["fault"]]
    for name in names:
        if not any(name in fault.name for fault in faults):
            sys.exit(f'No fault is called "{name}".')
    return [fault for fault in faults if not names or any(name in fault.name for name in names)]


def copy_house(copy: Path) -> None:
    """What git tracks or would track, as it is now."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (HOUSE / name).is_file():  # not one that was deleted or moved, and is not committed yet
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(HOUSE / name, copy / name)


def check_imports(copy: Path, faults: Sequence[Fault]) -> None:
    """Ends the run if the tests would see the code of an installed portal instead of the copy's."""
    for name in sorted({Path(fault.file).parts[0] for fault in faults}):
        command = [sys.executable, "-c", f"import {name}; print({name}.__file__)"]
        path = subprocess.run(command, cwd=copy, env=environment(), capture_output=True, text=True, check=True).stdout.strip()
        if not Path(path).resolve().is_relative_to(copy):
            sys.exit(f"{name} is imported from {path}, not from the copy in {copy}.")


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in MISLEADING} | {"COLUMNS": "200"}  # for whole lines


def check_fault(fault: Fault, copy: Path, text: str | None) -> bool:
    """Whether the tests fail with `text` in the fault's file, or pass with what it holds (None). Prints a line, of trouble all."""
    began = time.monotonic()
    with written(copy / fault.file, text):
        ended = run_tests(fault, copy)
    failure = next((line for line in ended.stdout.splitlines() if line.startswith("FAILED ")), "")
    word = ("FAILS" if ended.returncode else "passes") if text is None else verdict(ended.returncode, failure)
    say(f"{word:<10}  {time.monotonic() - began:4.1f} s  {fault.name}{failure and f': {failure[7:]}'}")
    if word in {"FAILS", "broken"}:
        say(ended.stdout + ended.stderr)
    return word in {"passes", "caught"}


def verdict(code: int, failure: str) -> str:
    """A program that only crashes, as for a name that is no longer there, says nothing about the tests."""
    if code == 1 and failure and not any(error in failure for error in MISPLANTED):
        return "caught"
    return "broken" if code else "NOT CAUGHT"


@contextmanager
def written(path: Path, text: str | None) -> Iterator[None]:
    """The file holds the text until the block ends."""
    before = path.read_text("utf-8")
    path.write_text(before if text is None else text, "utf-8")
    try:
        yield
    finally:
        path.write_text(before, "utf-8")


def run_tests(fault: Fault, copy: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *(["-k", fault.select] if fault.select else [])]
    return subprocess.run([*command, *fault.tests], cwd=copy, env=environment(), capture_output=True, text=True, check=False)


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
