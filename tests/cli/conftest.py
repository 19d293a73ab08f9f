"""The commands on a real database: in local mode, or with production settings. Few tests need them as processes (CommandLine.process)."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.commands import CommandLine, in_production, local
from tests.demo import NORTHLIGHT, Demo
from tests.engines import Engine


@pytest.fixture
def empty(tmp_path: Path) -> CommandLine:
    """In local mode, before anything was done."""
    return local(tmp_path)


@pytest.fixture(scope="session")
def built(built_demo: Demo) -> tuple[Path, str]:
    """The data folder of a demo, which nobody changes, and the admin's password."""
    return built_demo.data, built_demo.password


@pytest.fixture
def demo(built_demo: Demo, tmp_path: Path) -> CommandLine:
    """In local mode, on the test's own copy of the demo."""
    portal = local(tmp_path)
    built_demo.copy(portal.data)
    return portal


@pytest.fixture
def production(engine: Engine, tmp_path: Path) -> Iterator[CommandLine]:
    """With production settings, on a database without tables."""
    with engine.empty() as url:
        yield in_production(tmp_path, url)


@pytest.fixture
def migrated(engine: Engine, tmp_path: Path) -> Iterator[CommandLine]:
    """With production settings, as `portal migrate` leaves a new database."""
    with engine.fresh() as url:
        portal = in_production(tmp_path, url)
        portal.ok("migrate")  # which only checks the peppers, and notes them
        yield portal


@pytest.fixture
def issued(demo: CommandLine) -> Callable[..., dict[str, Any]]:
    """`issued("--grant", "networks:read")`: what `portal keys issue --json` says of a new key of the demo admin's organization."""

    def issue(*arguments: str, name: str = "robot") -> dict[str, Any]:
        options = ("--organization", NORTHLIGHT, "--name", name, "--notify", "noc@example.net", "--json")
        said: dict[str, Any] = demo.ok("keys", "issue", *options, *arguments).json
        return said

    return issue
