"""What others wrote between the plan and a slice, or between two slices."""

from sqlalchemy import Connection, exists, insert, literal, select

from portal.importer.imported_types import IMPORTED_TYPES, OVERTAKEN


def note_overtaken(connection: Connection, after: int, before: int) -> None:
    """Notes the rows that were changed by the versions between: the plan no longer fits them."""
    if before - after > 1:
        for tag, kind in IMPORTED_TYPES.items():
            columns = kind.table.c
            rows = select(literal(tag), columns.id).where(columns.changed > after, columns.changed < before)
            connection.execute(insert(OVERTAKEN).from_select(["type", "id"], rows))


def is_overtaken(connection: Connection) -> bool:
    return bool(connection.scalar(select(exists(select(OVERTAKEN.c.id)))))
