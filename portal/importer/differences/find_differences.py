"""Finds the differences of each type, between what is staged and what is stored, after a plan."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, exists, false, func, or_, select

from portal.db.base import FIRST_LOCAL_ID
from portal.importer.deletions import under_fallen
from portal.importer.fields import COLUMNS, FIELDS
from portal.importer.imported_types import FALLEN, IMPORTED_TYPES, PROBLEMS, ImportedType
from portal.importer.kept_here import held_ids
from portal.importer.problems import HOLDS_KEPT, KEPT_HERE, TAKEN
from portal.registry.records import DELETED, FROM_IMPORT
from portal.registry.records import KEPT_HERE as SOURCE_HERE
from portal.registry.types import TYPES

Difference = dict[str, Any]


def find_differences(connection: Connection, kind: ImportedType, *, full: bool) -> Iterator[Difference]:
    yield from not_deleted(connection, kind, full=full)
    yield from only_in_file(connection, kind)
    if connection.scalar(select(exists().where(kind.table.c.source == SOURCE_HERE))):
        yield from other_values(connection, kind)
        yield from only_here(connection, kind, full=full)
        yield from clashes(connection, kind)


def difference(kind: ImportedType, object_id: int, record_id: int, field: str = "", imported: Any = None, clash_id: int = 0) -> Difference:
    facts = {"object_type": object_of(kind).tag, "object_id": object_id, "record_type": kind.tag, "record_id": record_id}
    return facts | {"field": field, "imported": imported, "clash_id": clash_id}


def object_of(kind: ImportedType) -> ImportedType:
    """The type of what a type's records belong to, as a network for ports; itself for networks."""
    while kind.owner and not TYPES[kind.tag].is_object:
        kind = IMPORTED_TYPES[kind.owner.parent]
    return kind


def object_id_of(kind: ImportedType, rows: FromClause) -> ColumnElement[int]:
    """Staged or stored rows' object; of a prefix it is the exchange of its LAN, which may be staged alone."""
    if kind.owner is None or TYPES[kind.tag].is_object:
        return rows.c.id
    column: ColumnElement[int] = rows.c[kind.owner.column]
    if kind.tag != "ixpfx":
        return column
    lan = IMPORTED_TYPES["ixlan"]
    stored, staged = (
        select(table.c.exchange_id).where(table.c.id == column).correlate(rows).scalar_subquery() for table in (lan.table, lan.staged)
    )
    return func.coalesce(stored, staged)


def compared(kind: ImportedType) -> list[str]:
    """The columns that can be edited here: of the others a record kept here can't differ by anyone's will."""
    return [name for name, editable in TYPES[kind.tag].editable.items() if name in COLUMNS[kind.tag] and not editable.once]


def other_values(connection: Connection, kind: ImportedType) -> Iterator[Difference]:
    names = compared(kind)
    stored, staged = [kind.table.c[name] for name in names], [kind.effective(name) for name in names]
    both = (kind.table.c.id.not_in(doomed_ids(kind)), kind.staged.c.id == kind.table.c.id, kind.table.c.source == SOURCE_HERE)
    alive = (kind.table.c.status != DELETED, kind.staged.c.status != DELETED)
    differs = or_(false(), *(new.is_distinct_from(old) for old, new in zip(stored, staged, strict=True)))
    rows = select(object_id_of(kind, kind.table), kind.table.c.id, *stored, *(new.label(None) for new in staged)).where(
        *both, *alive, differs
    )
    for object_id, record_id, *values in connection.execute(rows):
        for name, old, new in zip(names, values[: len(names)], values[len(names) :], strict=True):
            if old != new:
                yield difference(kind, object_id, record_id, name, new)


def only_in_file(connection: Connection, kind: ImportedType) -> Iterator[Difference]:
    if TYPES[kind.tag].is_object or kind.owner is None:
        return  # it was deleted here
    names = [name for name in TYPES[kind.tag].editable if name in COLUMNS[kind.tag]]
    alive = (kind.table.c.status != DELETED, kind.table.c.id.not_in(doomed_ids(kind)))
    stored = exists().where(kind.table.c.id == kind.staged.c.id, *alive)
    could_live = (kind.staged.c.status != DELETED, ~under_fallen(kind, kind.staged))
    object_id = object_id_of(kind, kind.staged)
    rows = select(object_id, kind.staged.c.id, *(kind.effective(name, beside=False).label(name) for name in names)).where(
        kind.staged.c.skip == KEPT_HERE, *could_live, ~stored, object_id.in_(live_objects(kind))
    )
    for found_id, record_id, *values in connection.execute(rows):
        yield difference(kind, found_id, record_id, imported=dict(zip(names, values, strict=True)))


def live_objects(kind: ImportedType) -> Select[tuple[int]]:
    above = object_of(kind)
    columns = above.table.c
    return select(columns.id).where(columns.source == SOURCE_HERE, columns.status != DELETED, columns.id.not_in(doomed_ids(above)))


def doomed_ids(kind: ImportedType) -> Select[tuple[int]]:
    """Of rows that this import deletes, as ports with their exchange."""
    return select(FALLEN.c.id).where(FALLEN.c.type == kind.tag, FALLEN.c.doomed)


def only_here(connection: Connection, kind: ImportedType, *, full: bool) -> Iterator[Difference]:
    """The file says that it is deleted, or lacks it though it has what it belongs to."""
    table, staged, above = kind.table, kind.staged, object_of(kind)
    deleted = exists().where(staged.c.id == table.c.id, staged.c.status == DELETED)
    lacking = ~exists().where(staged.c.id == table.c.id)
    if above is kind:
        gone = or_(deleted, lacking & (table.c.id < FIRST_LOCAL_ID)) if full else deleted
    else:
        in_file = select(above.staged.c.id).where(above.staged.c.status != DELETED)
        has_type = bool(connection.scalar(select(exists().select_from(staged))))
        gone = or_(deleted, lacking & object_id_of(kind, table).in_(in_file)) if full or has_type else deleted
    rows = select(object_id_of(kind, table), table.c.id).where(
        table.c.source == SOURCE_HERE, table.c.status != DELETED, gone, table.c.id.not_in(doomed_ids(kind))
    )
    for object_id, record_id in connection.execute(rows):
        yield difference(kind, object_id, record_id)


def not_deleted(connection: Connection, kind: ImportedType, *, full: bool) -> Iterator[Difference]:
    """Organizations and campuses that follow the import, and stay for what is kept below them."""
    stays = (kind.table.c.source == FROM_IMPORT, kind.table.c.status != DELETED)
    named = select(kind.staged.c.id).where(kind.staged.c.skip == HOLDS_KEPT, kind.staged.c.status == DELETED)
    rows = select(kind.table.c.id).where(*stays, kind.table.c.id.in_(named))
    if full:
        lacking = ~exists().where(kind.staged.c.id == kind.table.c.id) & kind.table.c.id.in_(held_ids(kind))
        rows = select(kind.table.c.id).where(*stays, or_(kind.table.c.id.in_(named), lacking))
    for identity in connection.scalars(rows):
        yield difference(kind, identity, identity, "status", DELETED)


def clashes(connection: Connection, kind: ImportedType) -> Iterator[Difference]:
    """Rows of the file that were skipped, because a record that is kept here has the value."""
    columns = {field.name: field.column for field in FIELDS[kind.tag]}
    rows = select(object_id_of(kind, kind.table), kind.table.c.id, PROBLEMS.c.field, PROBLEMS.c.id).where(
        PROBLEMS.c.type == kind.tag,
        PROBLEMS.c.problem == TAKEN,
        PROBLEMS.c.parent_id == kind.table.c.id,
        kind.table.c.source == SOURCE_HERE,
    )
    for object_id, record_id, field, other in connection.execute(rows.distinct()):
        yield difference(kind, object_id, record_id, columns[field], clash_id=other)
