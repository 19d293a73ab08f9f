"""What the plan found, asked again by the statement that writes.

Others may have written since, and rows of other slices may not be there yet. A row for which it doesn't hold stays as it is, for a later
pass or the next plan.
"""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Select, exists, false, literal_column, or_, select

from portal.db.sql import among
from portal.importer.imported_types import FALLEN, IMPORTED_TYPES, OVERTAKEN, ImportedType
from portal.importer.kept_here import goes_with_of, holds, is_kept_object
from portal.importer.plan import INSERT, UPDATE
from portal.registry.indexes import RESERVED, Unique
from portal.registry.records import DELETED

IDS = "ids"  # the name under which a statement's ids are bound
SQL_DELETED: ColumnElement[str] = literal_column("'deleted'")  # not bound, so that partial indexes can be used
SQL_IMPORT: ColumnElement[str] = literal_column("'import'")
SQL_EMPTY: ColumnElement[str] = literal_column("''")


def may_insert(kind: ImportedType) -> Iterator[ColumnElement[bool]]:
    yield among(kind.staged.c.id, IDS)
    yield kind.staged.c.act == INSERT
    yield ~exists(select(kind.table.c.id).where(kind.table.c.id == kind.staged.c.id).correlate(kind.staged))
    yield from parents_are_stored(kind)
    yield from values_are_free(kind, beside=False)


def may_update(kind: ImportedType, *, delete: bool) -> Iterator[ColumnElement[bool]]:
    """`delete`: the rows that the file says are deleted; otherwise all others."""
    yield among(kind.staged.c.id, IDS)
    yield kind.staged.c.id == kind.table.c.id
    yield kind.staged.c.act == UPDATE
    yield kind.table.c.source == SQL_IMPORT
    yield ~is_overtaken(kind)
    yield becomes_deleted(kind) if delete else ~becomes_deleted(kind)
    if delete:
        yield has_no_live_children(kind)
    yield from parents_are_stored(kind)
    yield from values_are_free(kind, beside=True)


def may_bury(kind: ImportedType) -> Iterator[ColumnElement[bool]]:
    yield among(kind.table.c.id, IDS)
    yield kind.table.c.id.in_(select(FALLEN.c.id).where(FALLEN.c.type == kind.tag, FALLEN.c.doomed))
    yield kind.table.c.status != DELETED
    yield ~is_overtaken(kind)
    yield has_no_live_children(kind)


def becomes_deleted(kind: ImportedType) -> ColumnElement[bool]:
    return (kind.staged.c.status == DELETED) & (kind.table.c.status != DELETED)


def is_overtaken(kind: ImportedType) -> ColumnElement[bool]:
    """Whether others changed the stored row since the plan."""
    overtaken = select(OVERTAKEN.c.id).where(OVERTAKEN.c.type == kind.tag, OVERTAKEN.c.id == kind.table.c.id)
    return exists(overtaken.correlate(kind.table))


def has_no_live_children(kind: ImportedType) -> ColumnElement[bool]:
    """Nor holds it anything that is kept here, which may name it without needing it."""
    kept = [
        exists(select(child.table.c.id).where(child.table.c[reference.column] == kind.table.c.id, is_kept_object(child)))
        for child in IMPORTED_TYPES.values()
        for reference in child.references
        if reference.parent == kind.tag and reference.optional and holds(child, kind.tag)
    ]
    children = [
        exists(select(child.table.c.id).where(child.table.c[reference.column] == kind.table.c.id, child.table.c.status != DELETED))
        for child in IMPORTED_TYPES.values()
        for reference in child.references
        if reference.parent == kind.tag and not reference.optional
    ]
    return ~or_(false(), *children, *kept)


def parents_are_stored(kind: ImportedType) -> Iterator[ColumnElement[bool]]:
    """Those that a row needs aren't deleted, unless the row is, nor kept here; and a port's exchange is its LAN's."""
    staged = kind.staged.c
    for reference in kind.references:
        parent, value = IMPORTED_TYPES[reference.parent].table.c, staged[reference.column]
        stored = select(parent.id).where(parent.id == value)
        if reference.optional:
            yield or_(value.is_(None), exists(stored.correlate(kind.staged)))
        else:
            alive = stored.where(or_(staged.status == DELETED, parent.status != DELETED))
            if reference == goes_with_of(kind):
                alive = alive.where(parent.source == SQL_IMPORT)
            yield exists(alive.correlate(kind.staged))
    if kind.tag == "netixlan":
        lan = IMPORTED_TYPES["ixlan"].table.c
        same = select(lan.id).where(lan.id == staged.peering_lan_id, lan.exchange_id == staged.exchange_id)
        yield exists(same.correlate(kind.staged))


def values_are_free(kind: ImportedType, *, beside: bool) -> Iterator[ColumnElement[bool]]:
    """No other stored row has a value that one row alone may have; `beside` as for `effective()`."""
    for unique in kind.uniques:
        taken = exists(holders(kind, unique, beside=beside))
        if unique.reserved:
            yield or_(~kind.effective(RESERVED, beside=beside), ~taken)
        else:
            yield or_(kind.staged.c.status == DELETED, ~taken) if unique.live else ~taken


def holders(kind: ImportedType, unique: Unique, *, beside: bool) -> Select[int]:
    other = kind.table.alias("other")
    rows = select(other.c.id).where(other.c.id != kind.staged.c.id)
    for name in unique.columns:
        rows = rows.where(other.c[name] == kind.effective(name, beside=beside))
        if unique.filled:
            rows = rows.where(other.c[name] != SQL_EMPTY)
    if unique.live:
        rows = rows.where(other.c.status != SQL_DELETED)
    if unique.reserved:
        rows = rows.where(other.c[RESERVED])
    return rows.correlate(kind.table, kind.staged)
