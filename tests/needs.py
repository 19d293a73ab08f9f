"""What a test needs beyond Python: `@pytest.mark.needs("postgresql")`.

Where it is missing the test is deselected, and one line says so; a skip of any other kind is a failure.
"""

import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Generator
from functools import cache
from pathlib import Path
from typing import Any

import pytest


def postgresql_programs() -> Path | None:
    """The folder of the newest PostgreSQL server's programs: Debian keeps them out of PATH, one folder per major version."""
    paths = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((path.parent for path in paths), key=lambda folder: int(folder.parent.name), default=None)


def chromium() -> str | None:
    return shutil.which("chromium")


def nginx() -> str | None:
    """Debian keeps it where only root's PATH leads."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def real_rows() -> Path | None:
    """The folder that PORTAL_TEST_DATA names."""
    named = os.environ.get("PORTAL_TEST_DATA")
    return Path(named) if named and Path(named).is_dir() else None


def conformance_suites() -> bool:
    """Whether tests/conformance has its suites as the lock says: npm keeps a copy of it beside them, without the root."""
    locked, installed = CONFORMANCE / "package-lock.json", CONFORMANCE / "node_modules" / ".package-lock.json"
    if not (shutil.which("node") and installed.is_file()):
        return False
    expected = json.loads(locked.read_text("utf-8"))["packages"]
    return {**expected, "": {}} == {"": {}, **json.loads(installed.read_text("utf-8"))["packages"]}


def mounts() -> bool:
    """Whether this user may mount a file system that only a process of the test sees."""
    tried = subprocess.run([*MOUNT_NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False)
    return tried.returncode == 0


def bird() -> str | None:
    """Debian keeps it where only root's PATH leads."""
    return shutil.which("bird") or shutil.which("bird", path="/usr/sbin")


NEEDS: dict[str, tuple[Callable[[], object], str]] = {
    "postgresql": (postgresql_programs, "PostgreSQL's server programs (Debian's package postgresql)"),
    "chromium": (chromium, "chromium in PATH (Debian's package chromium)"),
    "curl": (lambda: shutil.which("curl"), "curl in PATH (Debian's package curl)"),
    "redis": (lambda: shutil.which("redis-server"), "redis-server in PATH (Debian's package redis-server)"),
    "nginx": (nginx, "nginx (Debian's package nginx)"),
    "caddy": (lambda: shutil.which("caddy"), "caddy in PATH (Debian's package caddy)"),
    "bird": (bird, "bird 2 (Debian's package bird2)"),
    "systemd": (lambda: shutil.which("systemd-analyze"), "systemd-analyze in PATH (Debian's package systemd)"),
    "data": (real_rows, "PORTAL_TEST_DATA to name the folder of real rows"),
    "mounts": (cache(mounts), "root who may mount a tmpfs in a namespace of its own"),
    "npm": (conformance_suites, "the suites of tests/conformance (npm ci in there)"),
}
INSTALLED_BY_CI = ("postgresql", "chromium", "curl", "redis", "nginx", "caddy", "systemd", "bird")
MOUNT_NAMESPACE = ("unshare", "--mount")
CONFORMANCE = Path(__file__).parent / "conformance"
DESELECTED = pytest.StashKey[Counter[str]]()


def missing(need: str) -> bool:
    return not NEEDS[need][0]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"needs(name, …): runs only where it is there: {', '.join(NEEDS)}")
    config.stash[DESELECTED] = Counter()
    absent = [NEEDS[need][1] for need in INSTALLED_BY_CI if missing(need)]
    if os.environ.get("CI") == "true" and absent:
        raise pytest.UsageError(f"CI needs {'; '.join(absent)}")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    lacking = {item: next(filter(missing, needs_of(item)), None) for item in items}
    config.stash[DESELECTED].update(need for need in lacking.values() if need)
    config.hook.pytest_deselected(items=[item for item in items if lacking[item]])
    items[:] = [item for item in items if not lacking[item]]


def needs_of(item: pytest.Item) -> list[str]:
    """Raises UsageError for a need that nobody knows, which would never be met."""
    names = [name for mark in item.iter_markers("needs") for name in mark.args]
    if unknown := set(names) - NEEDS.keys():
        raise pytest.UsageError(f"{item.nodeid} needs {', '.join(sorted(unknown))}; known are {', '.join(NEEDS)}")
    return names


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped or hasattr(report, "wasxfail"):
        report.longrepr = f"{report.nodeid} didn't run in full ({reason_of(report)}): mark what it needs, or mend it"
        report.outcome = "failed"
        report.__dict__.pop("wasxfail", None)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.skipped:
        report.longrepr = f"{report.nodeid} was skipped ({reason_of(report)}): mark what its tests need"
        report.outcome = "failed"
    return report


def reason_of(report: Any) -> str:
    """A skip's representation is (file, line, reason); an expected failure's is its traceback."""
    return str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else "its failure is expected"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of pytest-xdist tells the controller, which collects nothing itself."""
    if hasattr(session.config, "workeroutput"):
        counts = session.config.stash[DESELECTED]
        session.config.workeroutput["deselected"] = dict(counts)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    deselected: dict[str, int] = getattr(node, "workeroutput", {}).get("deselected", {})
    counts = node.config.stash[DESELECTED]
    counts |= Counter(deselected)  # each worker has collected the same tests


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for need, count in config.stash[DESELECTED].items():
        terminalreporter.write_line(f"deselected {count} {'test' if count == 1 else 'tests'}: need {NEEDS[need][1]}", yellow=True)
