"""Names, ASNs, addresses and pairs that only one row may have.

A stored row that keeps its value wins; then, among the file's rows, the one that has it now; then the lowest id: never the file's order.
"""

from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Subquery, and_, case, exists, func, select, update
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from portal.importer.imported_types import FALLEN, PROBLEMS, ImportedType, Unique
from portal.importer.problems import SKIPPED, TAKEN, note
from portal.registry.records import DELETED


def check_uniques(connection: Connection, kind: ImportedType) -> None:
    """Skips the rows whose value belongs to another, until no skipped row's old value stands in the way of one more."""
    while sum(refuse_taken(connection, kind, unique) for unique in kind.uniques):
        ids = select(PROBLEMS.c.id).where(PROBLEMS.c.type == kind.tag, PROBLEMS.c.problem == TAKEN)
        connection.execute(update(kind.staged).where(kind.staged.c.skip.is_(None), kind.staged.c.id.in_(ids)).values(skip=TAKEN))


def refuse_taken(connection: Connection, kind: ImportedType, unique: Unique) -> int:
    """Notes the rows of the file that can't have their value, with the id of whose it is, and says how many."""
    claims = claims_of(kind, unique)
    stays = stays_of(kind, unique)
    same = and_(*(claims.c[name] == stays.c[name] for name in unique.columns))
    refused = note(
        connection, kind, TAKEN, SKIPPED, select(claims.c.id, stays.c.id).join(stays, same), column=unique.columns[0], parent=kind.tag
    )
    first = func.first_value(claims.c.id).over(
        partition_by=[claims.c[name] for name in unique.columns], order_by=[claims.c.rank, claims.c.id]
    )
    ranked = select(claims.c.id, first.label("winner")).subquery()
    lost = select(ranked.c.id, ranked.c.winner).where(ranked.c.id != ranked.c.winner)
    return refused + note(connection, kind, TAKEN, SKIPPED, lost, column=unique.columns[0], parent=kind.tag)


def claims_of(kind: ImportedType, unique: Unique) -> Subquery:
    """id, the value's columns, and rank: 0 for who has the value now, 1 for the others."""
    values = {name: kind.effective(name) for name in unique.columns}
    has_it = and_(*(kind.table.c[name] == value for name, value in values.items()), counts(unique, kind.table.c))
    return (
        select(kind.staged.c.id, case((has_it, 0), else_=1).label("rank"), *(value.label(name) for name, value in values.items()))
        .join_from(kind.staged, kind.table, kind.table.c.id == kind.staged.c.id, isouter=True)
        .where(kind.staged.c.skip.is_(None), counts(unique, kind.staged.c), *has_value(unique, values))
        .subquery()
    )


def stays_of(kind: ImportedType, unique: Unique) -> Subquery:
    """id and the value's columns of the stored rows that the file doesn't change and that aren't doomed."""
    kept = exists().where(kind.staged.c.id == kind.table.c.id, kind.staged.c.skip.is_(None))
    doomed = exists().where(FALLEN.c.type == kind.tag, FALLEN.c.id == kind.table.c.id)
    rows = select(kind.table.c.id, *(kind.table.c[name] for name in unique.columns)).where(~kept, counts(unique, kind.table.c))
    return (rows.where(~doomed) if unique.live else rows).subquery()


def counts(unique: Unique, columns: ReadOnlyColumnCollection[str, Column[Any]]) -> ColumnElement[bool]:
    return columns["status"] != DELETED if unique.live else columns["id"].is_not(None)


def has_value(unique: Unique, values: dict[str, ColumnElement[Any]]) -> list[ColumnElement[bool]]:
    """No two rows are in each other's way by having no value."""
    return [value != "" if unique.filled else value.is_not(None) for value in values.values()]
