"""Stores differences: of objects where something else is stored, some hundreds at a time."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Integer, Table, and_, delete, exists, func, insert, or_, select, true, tuple_

from portal.db.types import Json, text_type
from portal.importer.differences.find_differences import find_differences
from portal.importer.imported_types import IMPORTED_TYPES, ImportedType, temporary
from portal.models import ImportDifference
from portal.registry.records import DELETED
from portal.registry.records import KEPT_HERE as SOURCE_HERE
from portal.registry.types import TYPES

DIFFERENCES = temporary(
    "found_difference",
    Column("record_type", text_type(), primary_key=True),
    Column("record_id", Integer, primary_key=True, autoincrement=False),
    Column("field", text_type(), primary_key=True),
    Column("clash_id", Integer, primary_key=True, autoincrement=False),
    Column("object_type", text_type()),
    Column("object_id", Integer),
    Column("imported", Json()),
)
STORED: Table = ImportDifference.__table__  # type: ignore[assignment]  # a table, as of each of our models
ROWS_IN_BATCH, OBJECTS_IN_SLICE = 1000, 500
OBJECTS = [kind for tag, kind in IMPORTED_TYPES.items() if tag == "org" or TYPES[tag].is_object]
Transaction = Callable[[], AbstractContextManager[Any]]


def store_differences(connection: Connection, transaction: Transaction, *, full: bool) -> None:
    """Needs a plan. `transaction` makes one that holds the registry's lock; there is none where nothing else is to be stored."""
    with connection.begin():
        connection.execute(delete(DIFFERENCES))
        for kind in IMPORTED_TYPES.values():
            fill(connection, kind, full=full)
        spoken_of = is_spoken_of(connection, full=full)
        objects = changed_objects(connection, spoken_of)
    for first in range(0, len(objects), OBJECTS_IN_SLICE):
        with transaction():
            replace(connection, objects[first : first + OBJECTS_IN_SLICE], spoken_of)


def fill(connection: Connection, kind: ImportedType, *, full: bool) -> None:
    rows = list(find_differences(connection, kind, full=full))
    for first in range(0, len(rows), ROWS_IN_BATCH):
        connection.execute(insert(DIFFERENCES), rows[first : first + ROWS_IN_BATCH])


def is_spoken_of(connection: Connection, *, full: bool) -> ColumnElement[bool]:
    """Whether the file says anew what a stored difference says, or nothing is kept here any more that it speaks of."""
    if full:
        return true()
    types = [tag for tag, kind in IMPORTED_TYPES.items() if connection.scalar(select(exists().select_from(kind.staged)))]
    in_file = or_(*(is_object_in(kind, select(kind.staged.c.id)) for kind in OBJECTS))
    kept = [
        is_object_in(kind, select(kind.table.c.id).where(kind.table.c.source == SOURCE_HERE, kind.table.c.status != DELETED))
        for kind in OBJECTS
    ]
    renewed = STORED.c.record_type.in_(types) & or_(STORED.c.clash_id != 0, STORED.c.field == "status", in_file)
    return or_(renewed, and_(STORED.c.field != "status", ~or_(*kept)))


def is_object_in(kind: ImportedType, ids: Any) -> ColumnElement[bool]:
    return and_(STORED.c.object_type == kind.tag, STORED.c.object_id.in_(ids))


def changed_objects(connection: Connection, spoken_of: ColumnElement[bool]) -> Sequence[tuple[str, int]]:
    """The objects of which something new was found, or of which something that is stored wasn't found again."""
    new = select(DIFFERENCES.c.object_type, DIFFERENCES.c.object_id).where(~exists().where(*same(values=True)))
    gone = select(STORED.c.object_type, STORED.c.object_id).where(spoken_of, ~exists().where(*same(values=False)))
    rows = new.union(gone).order_by("object_type", "object_id")
    return [(tag, identity) for tag, identity in connection.execute(rows)]


def same(*, values: bool) -> list[ColumnElement[bool]]:
    names = [column.name for column in STORED.primary_key] + (["object_type", "object_id"] if values else [])
    equal = [STORED.c[name] == DIFFERENCES.c[name] for name in names]
    return [*equal, STORED.c.imported.is_not_distinct_from(DIFFERENCES.c.imported)] if values else equal


def replace(connection: Connection, objects: Sequence[tuple[str, int]], spoken_of: ColumnElement[bool]) -> None:
    stored, found = (tuple_(table.c.object_type, table.c.object_id).in_(objects) for table in (STORED, DIFFERENCES))
    connection.execute(delete(STORED).where(stored, or_(spoken_of, exists().where(*same(values=False)))))
    names = [column.name for column in DIFFERENCES.columns]
    connection.execute(insert(STORED).from_select(names, select(*(DIFFERENCES.c[name] for name in names)).where(found)))


def count_differences(connection: Connection) -> int:
    """Returns how many were found."""
    return connection.scalar(select(func.count()).select_from(DIFFERENCES)) or 0
