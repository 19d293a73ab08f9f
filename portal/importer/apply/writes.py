"""The statements that write a plan's rows, of one type and some ids at a time; each returns the ids that it wrote.

`knot` is for rows that wait for each other, as two that swap a name: all of them are written by one transaction, which needs no conditions.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, insert, literal, or_, select, update

from portal.db.session import now
from portal.db.sql import among
from portal.importer.apply.guards import IDS, may_bury, may_insert, may_update
from portal.importer.fields import COLUMNS
from portal.importer.imported_types import ImportedType
from portal.importer.plan import INSERT, UPDATE
from portal.registry.contact_visibility import PRIVATE, PUBLIC, USERS
from portal.registry.contacts import PERSONAL
from portal.registry.read.visible import PENDING
from portal.registry.records import DELETED, FROM_IMPORT
from portal.registry.types import TYPES
from portal.registry.write.reveal import reveal

Conditions = Sequence[ColumnElement[bool]]
Ids = Sequence[int]


def bury(connection: Connection, kind: ImportedType, ids: Ids, version: int, *, knot: bool = False) -> Ids:
    """Deletes what is doomed: softly, with a contact's personal values."""
    conditions = [among(kind.table.c.id, IDS)] if knot else may_bury(kind)
    blank: dict[str, Any] = dict.fromkeys((*PERSONAL, "name_fold"), "") if kind.tag == "poc" else {}
    values = {"status": DELETED, "updated": now(), "changed": version} | blank
    return written(connection, kind, update(kind.table).where(*conditions).values(values), ids)


def change(connection: Connection, kind: ImportedType, ids: Ids, version: int, *, delete: bool = False, knot: bool = False) -> Ids:
    conditions = list(staged_updates(kind)) if knot else list(may_update(kind, delete=delete))
    reveal_staged(connection, kind, conditions, ids, version)
    if knot:
        park(connection, kind, ids)
    values = {name: kind.effective(name) for name in COLUMNS[kind.tag] if name != "id"}
    if kind.tag == "poc":
        values["was_visible"] = widest_of(kind.table.c.was_visible, kind.effective("visible"))
    counted: dict[str, Any] = {"version": kind.table.c.version + 1, "changed": version}
    return written(connection, kind, update(kind.table).where(*conditions).values(values | counted), ids)


def add(connection: Connection, kind: ImportedType, ids: Ids, version: int, *, knot: bool = False) -> Ids:
    """Columns that the file doesn't know get the models' defaults."""
    conditions = [among(kind.staged.c.id, IDS), kind.staged.c.act == INSERT] if knot else may_insert(kind)
    values = {name: kind.effective(name, beside=False) for name in COLUMNS[kind.tag]} | {
        "source": literal(FROM_IMPORT),
        "changed": literal(version),
    }
    if kind.tag == "poc":
        values["was_visible"] = widest_of(kind.effective("visible", beside=False))
    rows = select(*(value.label(name) for name, value in values.items())).where(*conditions)
    return written(connection, kind, insert(kind.table).from_select(list(values), rows), ids)


def written(connection: Connection, kind: ImportedType, statement: Any, ids: Ids) -> Ids:
    return connection.scalars(statement.returning(kind.table.c.id), {IDS: ids}).all()


def staged_updates(kind: ImportedType) -> Conditions:
    return among(kind.staged.c.id, IDS), kind.staged.c.id == kind.table.c.id, kind.staged.c.act == UPDATE


def widest_of(*columns: ColumnElement[str]) -> ColumnElement[str]:
    """`widest()` of models/contacts.py, in SQL."""
    return case(*((or_(*(column == audience for column in columns)), audience) for audience in (PUBLIC, USERS)), else_=PRIVATE)


def park(connection: Connection, kind: ImportedType, ids: Ids) -> None:
    """Takes rows whose unique values change out of reach first, so that two rows of a file can swap them."""
    if kind.uniques:
        moves = {"status"} | {name for unique in kind.uniques for name in unique.columns}
        moved = or_(*(kind.effective(name).is_distinct_from(kind.table.c[name]) for name in sorted(moves)))
        aside: dict[str, Any] = {"status": DELETED}
        aside |= {name: -kind.table.c.id for unique in kind.uniques if not unique.live for name in unique.columns}
        connection.execute(update(kind.table).where(*staged_updates(kind), moved).values(aside), {IDS: ids})


def reveal_staged(connection: Connection, kind: ImportedType, conditions: Conditions, ids: Ids, version: int) -> None:
    """Before staged rows are written: those that are pending no more."""
    waiting = kind.table.c.status == PENDING
    statement = select(kind.table.c.id).where(*conditions, waiting, kind.staged.c.status != PENDING)
    revealed = connection.scalars(statement, {IDS: ids}).all()
    if revealed:
        reveal(connection, kind.tag, select(kind.table.c.id).where(kind.table.c.id.in_(revealed)), version)


def former_parents(connection: Connection, kind: ImportedType, ids: Ids) -> dict[str, set[int]]:
    """Of rows that are to move: tag → ids of the parents that count them until then."""
    former: dict[str, set[int]] = {}
    for reference in kind.references:
        if TYPES[reference.parent].counters:
            column = kind.table.c[reference.column]
            moved = select(column).where(*staged_updates(kind), column.is_distinct_from(kind.staged.c[reference.column])).distinct()
            former.setdefault(reference.parent, set()).update(connection.scalars(moved.where(column.is_not(None)), {IDS: ids}))
    return former
