"""A rule says what must be true of a record. It is asked when a field changes that it speaks of: an old value blocks no other edit."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal.registry.rules.problem import Problem


@dataclass(frozen=True)
class Rule:
    """`check(session, row)` yields the problems of a row that is flushed as it is to be, with its children and its parents.

    `fields` are the columns it speaks of; a created row has changed all of them, a deleted one its `status`.
    """

    fields: frozenset[str]
    check: Callable[[Session, Any], Iterable[Problem]]


def rule(*fields: str) -> Callable[[Callable[[Session, Any], Iterable[Problem]]], Rule]:
    """Makes a function a rule of these fields."""
    return lambda check: Rule(frozenset(fields), check)
