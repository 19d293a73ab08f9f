"""Values that one row alone may have: asked before rows are written, so that the answer names the field and who has the value."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from portal.registry.description import RecordType
from portal.registry.indexes import Unique, uniques_of
from portal.registry.records import LIVE
from portal.registry.rules.problem import TAKEN, Problem

CURE, PAIR_CURE = "Give another one.", "They can't be joined twice."


class NewValues(NamedTuple):
    """What is to be stored in a row, None for a new one; `path`: where it was given."""

    values: Mapping[str, Any]
    row: Any = None
    path: tuple[str, ...] = ()


def taken_values(session: Session, kind: RecordType, rows: Sequence[NewValues]) -> Iterator[Problem]:
    """Yields a problem for each unique value that another stored row has, or an earlier one of these.

    One statement for each unique index that the rows have new values for.
    """
    for unique in uniques_of(kind.table):
        columns = unique.columns
        claims = [(new, values) for new in rows if (values := values_of(new, columns))]
        holders = read_holders(session, kind, unique, [values for _, values in claims]) if claims else {}
        for new, values in claims:
            own_id = new.row.id if new.row is not None else None
            others = [who for number, who in holders.get(values, ()) if own_id is None or number != own_id]
            holders.setdefault(values, []).append((own_id, "Another entry"))
            if others:
                yield Problem(taken_text(others[0], columns, values), (*new.path, columns[-1]), TAKEN)


def taken_text(who: str, columns: Sequence[str], values: Sequence[Any]) -> str:
    """Returns who has it, what it is, and what to do."""
    names = " and ".join(column.removesuffix("_id") for column in columns)
    return f"{who} has this {names} already{f': {values[0]}' if len(columns) == 1 else ''}. {CURE if len(columns) == 1 else PAIR_CURE}"


def values_of(new: NewValues, columns: Sequence[str]) -> tuple[Any, ...] | None:
    """Returns the values that the columns will have; None where none of them changes, and where one is empty."""
    if new.values.keys().isdisjoint(columns):
        return None
    values = tuple(new.values[name] if name in new.values else getattr(new.row, name, None) for name in columns)
    return None if None in values or "" in values else values


def read_holders(
    session: Session, kind: RecordType, unique: Unique, values: Sequence[tuple[Any, ...]]
) -> dict[tuple[Any, ...], list[tuple[int | None, str]]]:
    """Returns values → (id, what may be said of it) of the rows that have them."""
    table = kind.table.c
    names = [table[name] for name in unique.columns]
    rows = select(table.id, table.status, *names).where(tuple_(*names).in_(values), unique.counts(table))
    holders: dict[tuple[Any, ...], list[tuple[int | None, str]]] = {}
    for number, status, *stored in session.execute(rows):
        holders.setdefault(tuple(stored), []).append((number, f"{kind.tag}:{number}" if status == LIVE else "Another record"))
    return holders
