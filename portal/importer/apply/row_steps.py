"""What a plan leaves to do: the ids of each type's rows, in an order in which the registry is consistent after every row.

Rows are deleted first, children before their parents; then the others are changed and added, parents before their children. What can't be
done in this order (a child that leaves its parent before that is deleted, a value that is passed on) is done in a later pass, or as a knot.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select, union

from portal.importer.apply.guards import becomes_deleted
from portal.importer.imported_types import FALLEN, IMPORTED_TYPES, ImportedType
from portal.importer.plan import INSERT, UPDATE


@dataclass(frozen=True)
class Step:
    """Rows of one type; `delete`: stored ones that become deleted."""

    kind: ImportedType
    delete: bool
    ids: Sequence[int]


def steps_of(connection: Connection) -> list[Step]:
    kinds = list(IMPORTED_TYPES.values())
    deletions = [Step(kind, True, ids_to_delete(connection, kind)) for kind in reversed(kinds)]
    writes = [Step(kind, False, ids_to_write(connection, kind)) for kind in kinds]
    return [step for step in (*deletions, *writes) if step.ids]


def ids_to_delete(connection: Connection, kind: ImportedType) -> Sequence[int]:
    doomed = select(FALLEN.c.id).where(FALLEN.c.type == kind.tag, FALLEN.c.doomed)
    staged = select(kind.staged.c.id).where(kind.staged.c.act == UPDATE, kind.staged.c.id == kind.table.c.id, becomes_deleted(kind))
    ids = union(doomed, staged).subquery()
    return connection.scalars(select(ids.c.id).order_by(ids.c.id)).all()


def ids_to_write(connection: Connection, kind: ImportedType) -> Sequence[int]:
    rows = select(kind.staged.c.id).outerjoin(kind.table, kind.table.c.id == kind.staged.c.id)
    update = (kind.staged.c.act == UPDATE) & ~becomes_deleted(kind)
    return connection.scalars(rows.where(or_(kind.staged.c.act == INSERT, update)).order_by(kind.staged.c.id)).all()


def rows_in(steps: Sequence[Step]) -> int:
    return sum(len(step.ids) for step in steps)


def chunk(steps: Sequence[Step], offset: int, rows: int) -> list[Step]:
    """So many rows of the steps, from the offset on; both are counted over all steps."""
    part: list[Step] = []
    begins = 0
    for step in steps:
        ids = step.ids[max(0, offset - begins) : max(0, offset + rows - begins)]
        if ids:
            part.append(Step(step.kind, step.delete, ids))
        begins += len(step.ids)
    return part
