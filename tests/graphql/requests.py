"""What fixtures give to tests that send requests."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from tests.graphql.oracle import Caller
from tests.people import Robot

Ask = Callable[..., Any]
Send = Callable[..., Any]
Statements = Callable[[], AbstractContextManager[list[str]]]
Callers = list[tuple[Robot | None, Caller]]
