"""Names, ASNs, addresses and pairs that only one row may have.

A stored row that keeps its value wins; then, among the file's rows, the one that has it now; then the lowest id: never the file's order.
"""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Subquery, and_, case, exists, func, insert, literal, or_, select, update

from portal.importer.imported_types import FALLEN, IMPORTED_TYPES, PROBLEMS, ImportedType
from portal.importer.problems import REFUSED, SKIPPED, TAKEN, WAITS, note
from portal.registry.indexes import RESERVED, Unique
from portal.registry.records import DELETED, KEPT_HERE, PENDING


def check_uniques(connection: Connection, kind: ImportedType) -> None:
    """Skips the rows whose value belongs to another, until no skipped row's old value stands in the way of one more."""
    while sum(refuse_taken(connection, kind, unique) for unique in kind.uniques):
        ids = select(PROBLEMS.c.id).where(PROBLEMS.c.type == kind.tag, PROBLEMS.c.problem == TAKEN)
        connection.execute(update(kind.staged).where(kind.staged.c.skip.is_(None), kind.staged.c.id.in_(ids)).values(skip=TAKEN))
    for unique in kind.uniques:
        doom_waiting(connection, kind, unique)


def doom_waiting(connection: Connection, kind: ImportedType, unique: Unique) -> None:
    """What waits here for approval, or belongs to what does, gives way: it is refused, so that the file's row can have its value."""
    claims = claims_of(kind, unique)
    values = [kind.table.c[name] == claims.c[name] for name in unique.columns]
    rows = select(kind.table.c.id, claims.c.id).join(claims, and_(*values)).where(waits(kind), kind.table.c.id != claims.c.id)
    if note(connection, kind, WAITS, REFUSED, rows, column=unique.columns[0], parent=kind.tag):
        refused = select(PROBLEMS.c.id).where(PROBLEMS.c.type == kind.tag, PROBLEMS.c.outcome == REFUSED)
        already = select(FALLEN.c.id).where(FALLEN.c.type == kind.tag)
        ids = select(literal(kind.tag), kind.table.c.id, literal(True)).where(kind.table.c.id.in_(refused), kind.table.c.id.not_in(already))
        connection.execute(insert(FALLEN).from_select(FALLEN.c.keys(), ids))


def waits(kind: ImportedType) -> ColumnElement[bool]:
    """Whether a stored row is kept here and waits for an operator, or something above it does."""
    return and_(kind.table.c.source == KEPT_HERE, kind.table.c.status != DELETED, is_pending(kind))


def is_pending(kind: ImportedType) -> ColumnElement[bool]:
    above = [
        kind.table.c[reference.column].in_(select(parent.table.c.id).where(is_pending(parent)))
        for reference in kind.references
        if not reference.optional and (parent := IMPORTED_TYPES[reference.parent]).tag != "org"
    ]
    return or_(kind.table.c.status == PENDING, *above)


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
    has_it = and_(*(kind.table.c[name] == value for name, value in values.items()), unique.counts(kind.table.c))
    reserved = [kind.effective(RESERVED)] if unique.reserved else []
    return (
        select(kind.staged.c.id, case((has_it, 0), else_=1).label("rank"), *(value.label(name) for name, value in values.items()))
        .join_from(kind.staged, kind.table, kind.table.c.id == kind.staged.c.id, isouter=True)
        .where(kind.staged.c.skip.is_(None), *reserved, counts_staged(unique, kind), *has_value(unique, values))
        .subquery()
    )


def stays_of(kind: ImportedType, unique: Unique) -> Subquery:
    """id and the value's columns of the stored rows that the file doesn't change, that aren't doomed, and that don't wait here."""
    kept = exists().where(kind.staged.c.id == kind.table.c.id, kind.staged.c.skip.is_(None))
    doomed = exists().where(FALLEN.c.type == kind.tag, FALLEN.c.id == kind.table.c.id)
    rows = select(kind.table.c.id, *(kind.table.c[name] for name in unique.columns)).where(~kept, unique.counts(kind.table.c), ~waits(kind))
    return (rows.where(~doomed) if unique.live else rows).subquery()


def counts_staged(unique: Unique, kind: ImportedType) -> ColumnElement[bool]:
    return kind.staged.c.status != DELETED if unique.live else kind.staged.c.id.is_not(None)


def has_value(unique: Unique, values: dict[str, ColumnElement[Any]]) -> list[ColumnElement[bool]]:
    """No two rows are in each other's way by having no value."""
    return [value != "" if unique.filled else value.is_not(None) for value in values.values()]
