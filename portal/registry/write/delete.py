"""Deletes one record, softly, with what goes along with it; refuses where others rely on it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.access.principal import Principal
from portal.audit import Event
from portal.db.session import now
from portal.registry.description import RecordType
from portal.registry.records import DELETED, LIVE, PENDING
from portal.registry.rules.problem import IN_USE, Problem, Rejected
from portal.registry.types import TYPES
from portal.registry.write.act import Written, begin_act, check_version, end_act
from portal.registry.write.place import Place, place_of
from portal.registry.write.record_history import RowChange
from portal.registry.write.update import check_rules, store, values_now

TAKEN_ALONG = {  # type → the types of its children that go with it
    "net": ("netixlan", "netfac", "poc"),
    "ix": ("ixlan",),
    "ixlan": ("ixpfx",),
    "carrier": ("carrierfac",),
}


@dataclass(frozen=True)
class Users(Problem):
    """So many live records of a type that rely on what is to be deleted."""

    kind: RecordType | None = None
    number: int = 0


def delete_record(session: Session, principal: Principal, kind: RecordType, record_id: int, if_version: int | None = None) -> Written:
    """Returns the deleted row; `changes` names what went along. Personal values are blanked at once.

    Raises NotFound, Forbidden, and Rejected for a record that follows the import, for an older version, and where others rely on it.
    """
    row, place = begin_act(session, principal, kind, record_id, "delete")
    check_version(row, if_version)
    problems = list(users_of(session, kind, row))
    if problems:
        raise Rejected(problems)
    before = values_now(kind, row)
    changes = [bury(child, below, place_below(session, place, child, below)) for child, below in list(with_children(session, kind, row))]
    changes += clear_references(session, changes)
    session.flush()
    check_rules(session, kind, row, {"status"}, before)
    end_act(session, principal, Event.RECORD_DELETED, changes, place)
    return Written(row, changes=changes)


def clear_references(session: Session, gone: Sequence[RowChange]) -> list[RowChange]:
    """Empties the columns that may be empty and name what goes: a port's facility, a facility's campus."""
    changes = []
    for change in gone:
        for kind, column in optional_references(change.kind):
            model: Any = kind.model
            for row in session.scalars(select(model).where(getattr(model, column) == change.row.id, model.status != DELETED)).all():
                store(row, {column: None})
                changes.append(RowChange(kind, row, place_of(session, kind, row), {column: (change.row.id, None)}))
    return changes


def optional_references(kind: RecordType) -> Iterator[tuple[RecordType, str]]:
    """Yields the types whose rows may name a row of this one, each with the column."""
    for other in TYPES.values():
        for column in other.table.columns:
            if column.nullable and any(key.column.table is kind.table for key in column.foreign_keys):
                yield other, column.name


def place_below(session: Session, place: Place, kind: RecordType, row: Any) -> Place:
    """Where a record belongs that goes along: a pending port at a LAN is another network's, whose history tells it."""
    above = kind
    while not above.is_object and above is not place.kind:
        above = above.parents[above.owner]
    return place if above is place.kind else place_of(session, kind, row)


def bury(kind: RecordType, row: Any, place: Place) -> RowChange:
    before, row.status, row.updated = row.status, DELETED, now()
    row.version += 1
    return RowChange(kind, row, place, {"status": (before, DELETED)})


def with_children(session: Session, kind: RecordType, row: Any) -> Iterator[tuple[RecordType, Any]]:
    """Yields the row, and what goes along with it, parents first: no one relies on what is pending below it yet."""

    def goes(above: RecordType, child: RecordType, below: Any) -> bool:
        return below.status == PENDING or child.tag in TAKEN_ALONG.get(above.tag, ())

    yield from with_rows_below(session, kind, row, goes)


def with_rows_below(
    session: Session, kind: RecordType, row: Any, goes: Callable[[RecordType, RecordType, Any], bool] = lambda *_: True
) -> Iterator[tuple[RecordType, Any]]:
    """Yields the row and what can't be without it, parents first. `goes(kind, child's kind, child)` says which children are meant."""
    yield kind, row
    for child, column in children_of(kind):
        model: Any = child.model
        for below in session.scalars(
            select(model).where(getattr(model, column) == row.id, model.status != DELETED).order_by(model.id)
        ).all():
            if goes(kind, child, below):
                yield from with_rows_below(session, child, below, goes)


def users_of(session: Session, kind: RecordType, row: Any) -> Iterator[Problem]:
    """Yields a problem for each type that has live records which rely on the row, or on what goes along with it."""
    for one_kind, one in with_children(session, kind, row):
        for child, column in children_of(one_kind):
            if child.tag in TAKEN_ALONG.get(one_kind.tag, ()):
                continue
            table = child.table.c
            number = session.scalar(select(func.count()).where(table[column] == one.id, table.status == LIVE)) or 0
            if number:
                noun = child.model.__name__
                text = f"{number} live {noun} records rely on it. Delete or move them first."
                one_alone = f"1 live {noun} record relies on it. Delete or move it first."
                yield Users(text if number > 1 else one_alone, (), IN_USE, child, number)


def children_of(kind: RecordType) -> Iterator[tuple[RecordType, str]]:
    """Yields the types that can't be without a row of this one, each with the column that names it."""
    for child in TYPES.values():
        for column, parent in child.parents.items():
            if parent is kind:
                yield child, column
