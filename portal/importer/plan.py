"""What an import would do, worked out in temporary tables while nothing of the registry is locked."""

from sqlalchemy import Connection, delete, exists, or_, select, update

from portal.importer.deletions import doom_gone, fall_with_parents, guard_gone, note_fallen
from portal.importer.fields import COLUMNS
from portal.importer.imported_types import FALLEN, HELD, IMPORTED_TYPES, OVERTAKEN, PROBLEMS, ImportedType
from portal.importer.kept_here import hold_more, hold_parents, leave_kept
from portal.importer.problems import UNKNOWN_WORD
from portal.importer.references import check_absent, check_orphans, follow_lans
from portal.importer.uniques import check_uniques

INSERT, UPDATE = "insert", "update"


def make_plan(connection: Connection, *, full: bool, force: bool) -> None:
    """Fills `skip` and `act` of the staging tables, FALLEN and PROBLEMS, parents before children. It can be repeated.

    Raises Refused where a full import would delete too much.
    """
    connection.execute(delete(HELD))
    hold_parents(connection)
    forget_plan(connection)
    plan_types(connection, full=full)
    while hold_more(connection):
        forget_plan(connection)
        plan_types(connection, full=full)
    if full and not force:
        guard_gone(connection)


def plan_types(connection: Connection, *, full: bool) -> None:
    for kind in IMPORTED_TYPES.values():
        plan_type(connection, kind, full=full)


def plan_type(connection: Connection, kind: ImportedType, *, full: bool) -> None:
    """Stored rows of a type can fall with their parents even where the file has none of them."""
    in_file = connection.scalar(select(exists().select_from(kind.staged)))
    if in_file:
        check_absent(connection, kind)
        leave_kept(connection, kind)
        check_orphans(connection, kind)
        if kind.tag == "netixlan":
            follow_lans(connection)
    if full:
        doom_gone(connection, kind)
    fall_with_parents(connection, kind)
    if in_file:
        check_uniques(connection, kind)
        choose_acts(connection, kind)
    note_fallen(connection, kind)


def forget_plan(connection: Connection) -> None:
    """Back to what the file says."""
    connection.execute(delete(OVERTAKEN))
    connection.execute(delete(FALLEN))
    connection.execute(delete(PROBLEMS).where(PROBLEMS.c.problem != UNKNOWN_WORD))
    for kind in IMPORTED_TYPES.values():
        given = {name: kind.staged.c[f"given_{name}"] for name in kind.given}
        connection.execute(update(kind.staged).values(skip=None, act=None, **given))


def choose_acts(connection: Connection, kind: ImportedType) -> None:
    """A row that is stored and differs in nothing keeps no act."""
    kept, stored = kind.staged.c.skip.is_(None), kind.table.c.id == kind.staged.c.id
    connection.execute(update(kind.staged).where(kept, ~exists().where(stored)).values(act=INSERT))
    differs = or_(*(kind.effective(name).is_distinct_from(kind.table.c[name]) for name in COLUMNS[kind.tag]))
    connection.execute(update(kind.staged).where(kept, stored, differs).values(act=UPDATE))
