"""A served demo, with the limits of the portal or with short ones."""

from collections.abc import Iterator

import pytest

from tests.commands import local
from tests.demo import Demo
from tests.server import Server, served

SHORT = {"head_seconds": 1, "body_seconds": 1, "stalled_seconds": 1, "idle_seconds": 4, "linger_seconds": 1, "sweep_seconds": 0.1}


@pytest.fixture(scope="module")
def server(built_demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """As an operator starts it."""
    portal = local(tmp_path_factory.mktemp("portal"))
    built_demo.copy(portal.data)
    with served(portal) as running:
        yield running


@pytest.fixture(scope="module")
def impatient(built_demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Its clocks are a second, where the portal's are ten and more."""
    portal = local(tmp_path_factory.mktemp("impatient"))
    built_demo.copy(portal.data)
    with served(portal, limits=SHORT) as running:
        yield running
