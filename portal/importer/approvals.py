"""Records that an import approves: what stands below them becomes visible with them, and so changes too."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, select

from portal.importer.imported_types import Kind
from portal.registry.read.visible import PENDING
from portal.registry.write.reveal import reveal


def reveal_staged(connection: Connection, kind: Kind, approved: Sequence[ColumnElement[bool]], version: int) -> None:
    """Before the staged rows that `approved` finds are written: those that are pending no more."""
    waiting = kind.table.c.status == PENDING
    ids = connection.scalars(select(kind.table.c.id).where(*approved, waiting, kind.effective("status") != PENDING)).all()
    if ids:
        reveal(connection, kind.tag, select(kind.table.c.id).where(kind.table.c.id.in_(ids)), version)
