"""A rule says what must be true of a record. It is asked when a field changes that it speaks of: an old value blocks no other edit."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from sqlalchemy.orm import Session

from portal.registry.rules.problem import Problem

T = TypeVar("T")


REMEMBERED = "what rules have read"


@contextmanager
def remembering(session: Session) -> Iterator[None]:
    """For the block, in which nothing is written, rules that ask the same of many rows read it once."""
    session.info[REMEMBERED] = {}
    try:
        yield
    finally:
        del session.info[REMEMBERED]


def read_once(session: Session, key: tuple[Any, ...], read: Callable[[], T]) -> T:
    """Returns what `read` does, inside `remembering()` once for the key."""
    remembered = session.info.get(REMEMBERED)
    if remembered is None:
        return read()
    if key not in remembered:
        remembered[key] = read()
    return cast(T, remembered[key])


Check = Callable[[Session, Any], Iterable[Problem]]


@dataclass(frozen=True)
class Rule:
    """`check(session, row)` yields the problems of a row that is flushed as it is to be, with its children and its parents.

    `fields` are the columns it speaks of; a created row has changed all of them, a deleted one its `status`. `former` is asked instead
    of `check` by a rule that needs to know what was there before: column → the value, of what changed.
    """

    fields: frozenset[str]
    check: Check = lambda _session, _row: ()
    former: Callable[[Session, Any, Mapping[str, Any]], Iterable[Problem]] | None = None

    def problems(self, session: Session, row: Any, before: Mapping[str, Any]) -> Iterable[Problem]:
        return self.former(session, row, before) if self.former else self.check(session, row)


def rule(*fields: str) -> Callable[[Check], Rule]:
    """Makes a function a rule of these fields."""
    return lambda check: Rule(frozenset(fields), check)
