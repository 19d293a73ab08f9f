"""The real commands, each as a process of its own, on a real database."""

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.engines import Engine

HOUSE = Path(__file__).parents[2]
NORTHLIGHT = "1000000000"  # the demo admin's organization
PORTAL = (sys.executable, "-m", "portal.cli")


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def line(self) -> str:
        """The one line of trouble."""
        assert self.err.startswith("Error: "), self
        assert self.err.count("\n") == 1, self
        return self.err.strip()


@dataclass(frozen=True)
class CommandLine:
    """Calls `portal` in a folder of no meaning; `environ` is all that it is told of a portal."""

    folder: Path
    environ: dict[str, str]

    @property
    def data(self) -> Path:
        return Path(self.environ["PORTAL_DATA"])

    def environment(self, **more: str) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(HOUSE), **self.environ, **more}

    def __call__(self, *arguments: str, stdin: str = "", **more: str) -> Said:
        environment = self.environment(**more)
        ended = subprocess.run(
            [*PORTAL, *arguments], cwd=self.folder, env=environment, input=stdin, capture_output=True, text=True, timeout=120, check=False
        )
        return Said(ended.returncode, ended.stdout, ended.stderr)

    def ok(self, *arguments: str, stdin: str = "", **more: str) -> Said:
        said = self(*arguments, stdin=stdin, **more)
        assert said.code == 0, said
        return said


def local(folder: Path) -> CommandLine:
    return CommandLine(folder, {"PORTAL_DATA": str(folder / "data"), "PORTAL_ALLOW_DOCUMENTATION": "1"})


@pytest.fixture
def empty(tmp_path: Path) -> CommandLine:
    """In local mode, before anything was done."""
    return local(tmp_path)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The data folder of a demo, which nobody changes, and the admin's password."""
    portal = local(tmp_path_factory.mktemp("demo"))
    portal.ok("migrate")
    said = portal.ok("demo").out
    found = re.search(r"as admin@example\.net with (\S+);", said)
    assert found, said
    return portal.data, found[1]


@pytest.fixture
def demo(built: tuple[Path, str], tmp_path: Path) -> CommandLine:
    """In local mode, on the test's own copy of the demo."""
    portal = local(tmp_path)
    shutil.copytree(built[0], portal.data)
    return portal


@pytest.fixture
def production(engine: Engine, tmp_path: Path) -> Iterator[CommandLine]:
    """With production settings, on a database without tables, on both engines."""
    secret = secrets.token_urlsafe(48)
    with engine.empty() as url:
        yield CommandLine(
            tmp_path,
            {
                "PORTAL_DATA": str(tmp_path / "data"),
                "PORTAL_DATABASE_URL": url,
                "PORTAL_SECRET_KEY": secret,
                "PORTAL_AUDIT_KEY": secret,
                "PORTAL_PEPPERS": f"1:{secret}",
                "PORTAL_PUBLIC_URL": "https://portal.example.net",
                "PORTAL_PROXY_HOPS": "1",
                "PORTAL_ALLOW_DOCUMENTATION": "1",
            },
        )


@pytest.fixture
def issued(demo: CommandLine) -> Callable[..., dict[str, Any]]:
    """`issued("--grant", "networks:read")`: what `portal keys issue --json` says of a new key of the demo admin's organization."""

    def issue(*arguments: str, name: str = "robot") -> dict[str, Any]:
        told = ("--organization", NORTHLIGHT, "--name", name, "--notify", "noc@example.net", "--json")
        said: dict[str, Any] = demo.ok("keys", "issue", *told, *arguments).json
        return said

    return issue
