"""What an import leaves alone: records that are kept here, and what they need to live under."""

from sqlalchemy import ColumnElement, Connection, Select, insert, literal, select, union_all, update

from portal.db.rowcount import touch
from portal.importer.imported_types import FALLEN, HELD, IMPORTED_TYPES, ImportedType, Reference
from portal.importer.problems import HOLDS_KEPT, KEPT_HERE, LEFT_ALONE, note
from portal.registry.records import DELETED, LIVE
from portal.registry.records import KEPT_HERE as SOURCE_HERE
from portal.registry.types import TYPES


def hold_parents(connection: Connection) -> None:
    """Notes the organizations and campuses under which something lives that is kept here. One that is pending holds nothing."""
    holders = [
        select(literal(reference.parent).label("type"), child.table.c[reference.column].label("id")).where(is_kept_object(child))
        for child in IMPORTED_TYPES.values()
        for reference in child.references
        if holds(child, reference.parent)
    ]
    rows = union_all(*holders).subquery()
    connection.execute(insert(HELD).from_select(["type", "id"], select(rows.c.type, rows.c.id).where(rows.c.id.is_not(None)).distinct()))


def hold_more(connection: Connection) -> bool:
    """Once all is planned: notes the parents of what is held and would fall with them. Returns whether there are any."""
    count = 0
    for kind in IMPORTED_TYPES.values():
        for reference in kind.references:
            if holds(kind, reference.parent):
                fallen = select(FALLEN.c.id).where(FALLEN.c.type == kind.tag, FALLEN.c.doomed)
                parents = select(literal(reference.parent), kind.table.c[reference.column]).distinct()
                parents = parents.where(kind.table.c.id.in_(fallen), kind.table.c.id.in_(held_ids(kind)))
                parents = parents.where(kind.table.c[reference.column].not_in(held_ids(IMPORTED_TYPES[reference.parent])))
                count += touch(connection, insert(HELD).from_select(["type", "id"], parents))
    return count > 0


def holds(child: ImportedType, parent: str) -> bool:
    """Whether an object of the type keeps its parent from being deleted: its organization, and a facility its campus."""
    return TYPES[child.tag].is_object and parent in ("org", "campus")


def is_kept_object(kind: ImportedType) -> ColumnElement[bool]:
    return (kind.table.c.source == SOURCE_HERE) & (kind.table.c.status == LIVE)


def held_ids(kind: ImportedType) -> Select[tuple[int]]:
    return select(HELD.c.id).where(HELD.c.type == kind.tag)


def leave_kept(connection: Connection, kind: ImportedType) -> None:
    """Skips the staged rows that are kept here, or that would come below one that is, and those that would delete what is held."""
    leave(connection, kind, KEPT_HERE, kept(kind))
    leave(connection, kind, HOLDS_KEPT, (kind.staged.c.status == DELETED) & kind.staged.c.id.in_(held_ids(kind)))


def leave(connection: Connection, kind: ImportedType, problem: str, condition: ColumnElement[bool]) -> None:
    left = kind.staged.c.skip.is_(None) & condition
    if note(connection, kind, problem, LEFT_ALONE, select(kind.staged.c.id).where(left)):
        connection.execute(update(kind.staged).where(left).values(skip=problem))


def kept(kind: ImportedType) -> ColumnElement[bool]:
    """Whether a staged row's stored row is kept here, or the parent that it would go with."""
    stored = kind.staged.c.id.in_(kept_ids(kind))
    goes_with = goes_with_of(kind)
    return stored | kind.staged.c[goes_with.column].in_(kept_ids(IMPORTED_TYPES[goes_with.parent])) if goes_with else stored


def kept_ids(kind: ImportedType) -> Select[tuple[int]]:
    return select(kind.table.c.id).where(kind.table.c.source == SOURCE_HERE)


def goes_with_of(kind: ImportedType) -> Reference | None:
    """The reference to the parent whose authority a type's rows share; None for objects, each of which is for itself."""
    return None if TYPES[kind.tag].is_object else kind.owner
