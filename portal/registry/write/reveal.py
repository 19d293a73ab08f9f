"""What stands below a pending record becomes visible with it. It changes then too, so that whoever follows changes learns of it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select, update

from portal.importer.imported_types import Kind
from portal.registry.read.visible import PENDING
from portal.registry.record import DELETED
from portal.registry.types import TYPES


def reveal_staged(connection: Connection, kind: Kind, approved: Sequence[ColumnElement[bool]], version: int) -> None:
    """Before the staged rows that `approved` finds are written: those that are pending no more."""
    waiting = kind.table.c.status == PENDING
    ids = connection.scalars(select(kind.table.c.id).where(*approved, waiting, kind.effective("status") != PENDING)).all()
    if ids:
        reveal(connection, kind.tag, select(kind.table.c.id).where(kind.table.c.id.in_(ids)), version)


def reveal(connection: Connection, tag: str, ids: Select[Any], version: int) -> None:
    """Stores the version as the last change of all rows below those of the type with these ids."""
    for kind in TYPES.values():
        for column, parent in kind.parents.items():
            if parent.tag == tag:
                rows = kind.table
                below = rows.c[column].in_(ids)
                connection.execute(update(rows).where(below, rows.c.status != DELETED).values(changed=version))
                reveal(connection, kind.tag, select(rows.c.id).where(below), version)
