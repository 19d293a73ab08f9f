"""The `portal` commands: called in the test's own process, which takes milliseconds, or run as processes of their own."""

import gc
import json
import logging
import os
import secrets
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from portal.cli import portal
from portal.extensions import db
from tests.apps import init_with_shared_statements

HOUSE = Path(__file__).parents[1]
PORTAL = (sys.executable, "-m", "portal.cli")
STOPS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True)
class Result:
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
        """Of a process."""
        return {**os.environ, "PYTHONPATH": str(HOUSE), **self.environ, **more}

    def __call__(self, *arguments: str, stdin: str | bytes = "", **more: str) -> Result:
        """In this process. An exception that a process would end with, showing its traceback, is raised here."""
        with chdir(self.folder), unchanged(), pytest.MonkeyPatch.context() as patch:
            patch.setattr(db, "init_app", init_with_shared_statements)
            if "serve" in arguments:
                patch.setattr("portal.cli.serve.Supervisor.run", refuse_to_serve)
            environ = {**self.environ, **more}
            result = CliRunner().invoke(portal, arguments, stdin, environ, catch_exceptions=False, prog_name="portal")
        return Result(result.exit_code, result.stdout, result.stderr)

    def process(self, *arguments: str, stdin: str = "", within: Sequence[str] = (), **more: str) -> Result:
        """As the `portal` script runs it. `within`: a program that runs it, and how."""
        ended = subprocess.run(
            [*within, *PORTAL, *arguments],
            cwd=self.folder,
            env=self.environment(**more),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Result(ended.returncode, ended.stdout, ended.stderr)

    def ok(self, *arguments: str, stdin: str = "", **more: str) -> Result:
        said = self(*arguments, stdin=stdin, **more)
        assert said.code == 0, said
        return said


def local(folder: Path, data: Path | None = None) -> CommandLine:
    """In local mode; its data are in the folder, unless another place is named."""
    return CommandLine(folder, {"PORTAL_DATA": str(data or folder / "data"), "PORTAL_ALLOW_DOCUMENTATION": "1"})


def in_production(folder: Path, url: str) -> CommandLine:
    """With production settings."""
    secret = secrets.token_urlsafe(48)
    environ = {
        "PORTAL_DATA": str(folder / "data"),
        "PORTAL_DATABASE_URL": url,
        "PORTAL_SECRET_KEY": secret,
        "PORTAL_AUDIT_KEY": secret,
        "PORTAL_PEPPERS": f"1:{secret}",
        "PORTAL_PUBLIC_URL": "https://portal.example.net",
        "PORTAL_PROXY_HOPS": "1",
        "PORTAL_ALLOW_DOCUMENTATION": "1",
    }
    return CommandLine(folder, environ)


@contextmanager
def unchanged() -> Iterator[None]:
    """What ends with a process ends with the block: signal and log handlers, hooks, warnings' filters, objects frozen for good."""
    signals, handlers = {number: signal.getsignal(number) for number in STOPS}, logging.root.handlers
    hooks = sys.excepthook, threading.excepthook
    try:
        with warnings.catch_warnings():
            yield
    finally:
        logging.root.handlers = handlers
        sys.excepthook, threading.excepthook = hooks
        for number, handler in signals.items():
            if signal.getsignal(number) is not handler:
                signal.signal(number, handler)
        gc.unfreeze()


def refuse_to_serve(*_: object, **__: object) -> None:
    raise AssertionError("it would serve: a served portal is a process of its own")
