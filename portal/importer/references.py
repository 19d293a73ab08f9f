"""References of staged rows to rows that are neither in the file nor stored, or that were skipped themselves."""

from sqlalchemy import ColumnElement, Connection, exists, func, select, update

from portal.importer.imported_types import IMPORTED_TYPES, PROBLEMS, ImportedType, Reference
from portal.importer.problems import ABSENT, KEPT_HERE, LEFT_ALONE, NULLED, ORPHAN, SKIPPED, note


def check_absent(connection: Connection, kind: ImportedType) -> None:
    """Skips rows that lack a parent of their own; an optional reference becomes null instead."""
    for reference in kind.references:
        parent, value = IMPORTED_TYPES[reference.parent], kind.staged.c[reference.column]
        nowhere = ~exists().where(parent.staged.c.id == value) & ~exists().where(parent.table.c.id == value)
        settle(connection, kind, reference, ABSENT, value.is_not(None) & nowhere)


def check_orphans(connection: Connection, kind: ImportedType) -> None:
    """The same for rows whose parent was skipped; one that was left alone takes its children along."""
    for reference in kind.references:
        parent, value = IMPORTED_TYPES[reference.parent], kind.staged.c[reference.column]
        for reason, condition in ((KEPT_HERE, parent.staged.c.skip == KEPT_HERE), (ORPHAN, parent.staged.c.skip != KEPT_HERE)):
            lost = exists().where(parent.staged.c.id == value, condition) & ~exists().where(parent.table.c.id == value)
            settle(connection, kind, reference, reason, lost & kind.staged.c.skip.is_(None))


def settle(connection: Connection, kind: ImportedType, reference: Reference, problem: str, lost: ColumnElement[bool]) -> None:
    outcome = NULLED if reference.optional else LEFT_ALONE if problem == KEPT_HERE else SKIPPED
    rows = select(kind.staged.c.id, kind.staged.c[reference.column]).where(lost)
    if not note(connection, kind, problem, outcome, rows, column=reference.column, parent=reference.parent):
        return
    ids = select(PROBLEMS.c.id).where(PROBLEMS.c.type == kind.tag, PROBLEMS.c.problem == problem, PROBLEMS.c.outcome == outcome)
    change = update(kind.staged).where(kind.staged.c.id.in_(ids))
    if reference.optional:
        connection.execute(change.where(lost).values({reference.column: None}))
    else:
        connection.execute(change.where(kind.staged.c.skip.is_(None)).values(skip=problem))


def follow_lans(connection: Connection) -> None:
    """A port stands at its LAN's exchange."""
    ports, lans = IMPORTED_TYPES["netixlan"].staged, IMPORTED_TYPES["ixlan"]
    staged = select(lans.staged.c.exchange_id).where(lans.staged.c.id == ports.c.peering_lan_id, lans.staged.c.skip.is_(None))
    stored = select(lans.table.c.exchange_id).where(lans.table.c.id == ports.c.peering_lan_id)
    exchange = func.coalesce(staged.scalar_subquery(), stored.scalar_subquery())
    connection.execute(update(ports).where(ports.c.skip.is_(None)).values(exchange_id=exchange))
