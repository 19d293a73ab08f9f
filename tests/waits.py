"""Waits for what another process or thread will do."""

from collections.abc import Callable
from time import monotonic, sleep

PATIENCE_SECONDS = 60


def until(condition: Callable[[], bool]) -> None:
    """Raises AssertionError where it doesn't become true, which a test that works never waits for."""
    deadline = monotonic() + PATIENCE_SECONDS
    while not condition():
        assert monotonic() < deadline, "it didn't become true"
        sleep(0.02)
