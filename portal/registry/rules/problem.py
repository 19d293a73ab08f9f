"""What keeps a write from being done, or what to look at though it is done: each with the field that it speaks of."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from portal.errors import Invalid

INVALID, TAKEN, NOT_FOUND, CONFLICT, FOLLOWS_IMPORT, IN_USE = "INVALID", "TAKEN", "NOT_FOUND", "CONFLICT", "FOLLOWS_IMPORT", "IN_USE"


@dataclass(frozen=True)
class Problem:
    """`path` leads from the record to the field, by column names; it is empty where it speaks of the whole record."""

    message: str
    path: tuple[str, ...] = ()
    code: str = INVALID

    def below(self, *parts: str) -> "Problem":
        """Returns the same of a part of something larger."""
        return replace(self, path=(*parts, *self.path))


class Rejected(Invalid):
    """A write that breaks a rule, with all problems that are known. `current` is the row as it is, where someone else changed it."""

    def __init__(self, problems: Iterable[Problem], current: Any = None) -> None:
        self.problems, self.current = tuple(problems), current
        super().__init__(self.problems[0].message, ".".join(self.problems[0].path) or None)
