"""Values that one row alone may have: asked before the row is written, so that the answer names the field and who has the value."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Index, Select, select
from sqlalchemy.orm import Session

from portal.registry.description import RecordType
from portal.registry.records import DELETED, LIVE
from portal.registry.rules.problem import TAKEN, Problem


def taken_values(session: Session, kind: RecordType, values: Mapping[str, Any], row: Any = None) -> Iterator[Problem]:
    """Yields a problem for each unique value among the new ones that another row has."""
    for columns, live in unique_columns(kind):
        if values.keys().isdisjoint(columns):
            continue
        new_values = {column: values[column] if column in values else getattr(row, column, None) for column in columns}
        if None in new_values.values() or "" in new_values.values():
            continue
        other = session.execute(holder(kind, new_values, live=live, row=row)).first()
        if other is not None:
            who = f"{kind.tag}:{other.id}" if other.status == LIVE else "Another record"
            yield Problem(f"{who} has this {' and '.join(columns)} already.", (columns[-1],), TAKEN)


def holder(kind: RecordType, new_values: Mapping[str, Any], *, live: bool, row: Any) -> Select[tuple[int, str]]:
    columns = kind.table.c
    rows = select(columns.id, columns.status).where(*(columns[name] == value for name, value in new_values.items()))
    if live:
        rows = rows.where(columns.status != DELETED)
    return rows if row is None else rows.where(columns.id != row.id)


def unique_columns(kind: RecordType) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Yields the columns that are unique together, and whether among live rows only."""
    for column in kind.table.columns:
        if column.unique:
            yield (column.name,), False
    for index in sorted(unique_indexes(kind), key=lambda index: str(index.name)):
        yield tuple(column.name for column in index.columns), True


def unique_indexes(kind: RecordType) -> Iterator[Index]:
    return (index for index in kind.table.indexes if index.unique)
