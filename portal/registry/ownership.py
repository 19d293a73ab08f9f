"""Whose a row is, as conditions: `owned()` for the caller's organizations, `private()` for what a private read covers at this moment."""

from sqlalchemy import ColumnElement, FromClause, and_, false, select

from portal.access.permissions import Permission
from portal.access.visibility import Visibility, listed
from portal.db.sql import among
from portal.registry.description import RecordType


def owned(kind: RecordType, rows: FromClause) -> ColumnElement[bool]:
    """The rows of the caller's own organizations."""
    parent = kind.parents.get(kind.owner)
    if parent is None or parent.tag == "org":
        return among(rows.c[kind.owner], "own")
    return belongs(rows.c[kind.owner], parent)


def belongs(column: ColumnElement[int], parent: RecordType) -> ColumnElement[bool]:
    """The column points at a row of the caller's own organizations."""
    rows = parent.table.alias()
    return column.in_(select(rows.c.id).where(owned(parent, rows)))


def private(
    visibility: Visibility, permission: Permission, is_own: ColumnElement[bool], object_id: ColumnElement[int]
) -> ColumnElement[bool]:
    """Own, and among the listed objects where a key's grant lists them."""
    if (permission, False) in visibility.private:
        return is_own
    if (permission, True) in visibility.private:
        return and_(is_own, among(object_id, listed(permission)))
    return false()
