"""Records that a record names: they have to be there, and may be another organization's."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.registry.description import RecordType
from portal.registry.records import LIVE
from portal.registry.rules.problem import NOT_FOUND, Problem
from portal.registry.types import TYPES


def check_references(session: Session, kind: RecordType, values: Mapping[str, Any]) -> Iterator[Problem]:
    """Yields a problem for each reference that leads to no live record. Another's pending record is as if it weren't there."""
    for column, tag in references_of(kind).items():
        identity = values.get(column)
        if identity is None or column == kind.owner:
            continue
        table = TYPES[tag].table.c
        if session.scalar(select(table.id).where(table.id == identity, table.status == LIVE)) is None:
            yield Problem(f"There is no {tag}:{identity}.", (column,), NOT_FOUND)


def references_of(kind: RecordType) -> dict[str, str]:
    """Returns column → the tag of the type that it names a record of, of the columns that can be given."""
    tags = {other.table.name: tag for tag, other in TYPES.items()}
    return {
        column.name: tags[key.column.table.name]
        for column in kind.table.columns
        if column.name in kind.editable
        for key in column.foreign_keys
    }
