"""Rows that end up deleted: as the file says, with their parent, or because the file no longer has them."""

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, exists, false, func, insert, literal, or_, select, union_all, update

from portal.importer.imported_types import FALLEN, IMPORTED_TYPES, ImportedType
from portal.importer.kept_here import held_ids, leave
from portal.importer.problems import HOLDS_KEPT, MADE_DELETED, PARENT_DELETED, note
from portal.importer.stream import DumpRefused
from portal.registry.records import DELETED, FROM_IMPORT

MAX_DELETED_SHARE = 0.05  # of a type; more looks like a damaged file rather than like the world


def doom_gone(connection: Connection, kind: ImportedType) -> None:
    """Dooms imported rows that the file no longer has."""
    gone = select(literal(kind.tag), kind.table.c.id, literal(True)).where(is_imported(kind), is_gone(kind))
    connection.execute(insert(FALLEN).from_select(FALLEN.c.keys(), gone))


def guard_gone(connection: Connection) -> None:
    """Raises Refused when more of a type would go than a dump of the same world ever lacks."""
    reasons = []
    for kind in IMPORTED_TYPES.values():
        present = connection.scalar(select(func.count()).select_from(kind.table).where(is_imported(kind))) or 0
        gone = connection.scalar(select(func.count()).select_from(kind.table).where(is_imported(kind), is_gone(kind))) or 0
        if gone > MAX_DELETED_SHARE * present:
            reasons.append(f"{gone:,} of {present:,} {kind.tag}")
    if reasons:
        raise DumpRefused(f"More than {MAX_DELETED_SHARE:.0%} would be deleted: {', '.join(reasons)}. Check the file, or say --force.")


def is_imported(kind: ImportedType) -> ColumnElement[bool]:
    return and_(kind.table.c.source == FROM_IMPORT, kind.table.c.status != DELETED)


def is_gone(kind: ImportedType) -> ColumnElement[bool]:
    return ~exists().where(kind.staged.c.id == kind.table.c.id) & kind.table.c.id.not_in(held_ids(kind))


def fall_with_parents(connection: Connection, kind: ImportedType) -> None:
    """A child can't live under a deleted parent, whoever's it is: staged rows become deleted, stored ones are doomed.

    What is held isn't moved to where it can't live; where it is stored, hold_more() sees to its parent.
    """
    leave(connection, kind, HOLDS_KEPT, under_fallen(kind, kind.staged) & kind.staged.c.id.in_(held_ids(kind)))
    staged = and_(kind.staged.c.skip.is_(None), kind.staged.c.status != DELETED, under_fallen(kind, kind.staged))
    note(connection, kind, PARENT_DELETED, MADE_DELETED, select(kind.staged.c.id).where(staged))
    connection.execute(update(kind.staged).where(staged).values(status=DELETED))
    already = exists().where(FALLEN.c.type == kind.tag, FALLEN.c.id == kind.table.c.id)
    stored = and_(kind.table.c.status != DELETED, under_fallen(kind, kind.table), ~already)
    doomed = select(literal(kind.tag), kind.table.c.id, literal(True)).where(stored)
    connection.execute(insert(FALLEN).from_select(FALLEN.c.keys(), doomed))


def under_fallen(kind: ImportedType, rows: Table) -> ColumnElement[bool]:
    parents = [
        rows.c[reference.column].in_(select(FALLEN.c.id).where(FALLEN.c.type == reference.parent))
        for reference in kind.references
        if not reference.optional
    ]
    return or_(false(), *parents)


def note_fallen(connection: Connection, kind: ImportedType) -> None:
    """Once all of a type's rows are settled: which of them its children can't live under."""
    kept = select(kind.staged.c.id).where(kind.staged.c.skip.is_(None))
    connection.execute(delete(FALLEN).where(FALLEN.c.type == kind.tag, FALLEN.c.id.in_(kept)))  # moved to where it can live
    staged = select(kind.staged.c.id).where(kind.staged.c.skip.is_(None), kind.staged.c.status == DELETED)
    stored = select(kind.table.c.id).where(kind.table.c.status == DELETED, kind.table.c.id.not_in(kept))
    rows = union_all(staged, stored).subquery()
    connection.execute(insert(FALLEN).from_select(FALLEN.c.keys(), select(literal(kind.tag), rows.c.id, literal(False))))
