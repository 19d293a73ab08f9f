"""A demo, as `portal migrate` and `portal demo` make it: built once in a run, and copied by each test that changes it."""

import fcntl
import json
import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.commands import local

NORTHLIGHT = "1000000000"  # the demo admin's organization
SIGN_IN = re.compile(r"as (\S+@\S+) with (\S+);")


@dataclass(frozen=True)
class Demo:
    """A data folder in local mode, which nobody changes, and how its admin signs in."""

    data: Path
    email: str
    password: str = field(repr=False)

    def copy(self, to: Path) -> Path:
        """A data folder of one's own, which mustn't be there yet."""
        shutil.copytree(self.data, to)
        return to


def build(data: Path) -> dict[str, str]:
    """Makes the demo in that folder. Returns how its admin signs in: `email` and `password`."""
    portal = local(data.parent, data)
    portal.ok("migrate")
    printed = portal.ok("demo").out
    match = SIGN_IN.search(printed)
    assert match, printed
    return {"email": match[1], "password": match[2]}


def folder_of_the_run(factory: pytest.TempPathFactory) -> Path:
    """The folder that all of pytest-xdist's workers share, and no other run."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def built_demo(cheap_passwords: None, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The first worker that asks builds it, while the others wait."""
    folder = folder_of_the_run(tmp_path_factory) / "demo"
    folder.mkdir(exist_ok=True)
    data, admin = folder / "data", folder / "admin.json"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not admin.exists():
            shutil.rmtree(data, ignore_errors=True)  # of a worker that failed
            admin.write_text(json.dumps(build(data)))
        return Demo(data, **json.loads(admin.read_text()))
