"""Applies a plan in one transaction that holds the registry's lock, touching only rows that differ."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, insert, literal, or_, select, update

from portal.db.rowcount import touch
from portal.db.session import now
from portal.importer.fields import COLUMNS
from portal.importer.imported_types import FALLEN, IMPORTED_TYPES, ImportedType
from portal.importer.outcome import Counts
from portal.importer.plan import INSERT, UPDATE
from portal.registry.contact_visibility import PRIVATE, PUBLIC, USERS
from portal.registry.contacts import PERSONAL
from portal.registry.read.visible import PENDING
from portal.registry.records import DELETED
from portal.registry.write.reveal import reveal


def apply_plan(connection: Connection, counts: Counts, version: int) -> int:
    """Parents before children; `counts` says which steps have something to do. The number of rows touched."""
    steps = (("deleted", bury), ("updated", change), ("added", add))
    return sum(step(connection, kind, version) for tag, kind in IMPORTED_TYPES.items() for name, step in steps if counts[tag][name])


def bury(connection: Connection, kind: ImportedType, version: int) -> int:
    """Deletes what is doomed: softly, with a contact's personal values."""
    doomed = select(FALLEN.c.id).where(FALLEN.c.type == kind.tag, FALLEN.c.doomed)
    blank: dict[str, Any] = dict.fromkeys((*PERSONAL, "name_fold"), "") if kind.tag == "poc" else {}
    values = {"status": DELETED, "updated": now(), "changed": version} | blank
    return touch(connection, update(kind.table).where(kind.table.c.id.in_(doomed)).values(values))


def change(connection: Connection, kind: ImportedType, version: int) -> int:
    reveal_staged(connection, kind, updated(kind), version)
    park(connection, kind)
    values = {name: kind.effective(name) for name in COLUMNS[kind.tag] if name != "id"}
    if kind.tag == "poc":
        values["was_visible"] = widest_of(kind.table.c.was_visible, kind.effective("visible"))
    return touch(connection, update(kind.table).where(*updated(kind)).values(values | {"changed": version}))


def widest_of(*columns: ColumnElement[str]) -> ColumnElement[str]:
    """`widest()` of models/contacts.py, in SQL."""
    return case(*((or_(*(column == audience for column in columns)), audience) for audience in (PUBLIC, USERS)), else_=PRIVATE)


def park(connection: Connection, kind: ImportedType) -> None:
    """Takes rows whose unique values change out of reach first, so that two rows of a file can swap them."""
    if kind.uniques:
        moves = {"status"} | {name for unique in kind.uniques for name in unique.columns}
        moved = or_(*(kind.effective(name).is_distinct_from(kind.table.c[name]) for name in sorted(moves)))
        aside: dict[str, Any] = {"status": DELETED}
        aside |= {name: -kind.table.c.id for unique in kind.uniques if not unique.live for name in unique.columns}
        connection.execute(update(kind.table).where(*updated(kind), moved).values(aside))


def updated(kind: ImportedType) -> tuple[ColumnElement[bool], ...]:
    return kind.staged.c.id == kind.table.c.id, kind.staged.c.act == UPDATE


def add(connection: Connection, kind: ImportedType, version: int) -> int:
    """Columns that the file doesn't know get the models' defaults."""
    values = {name: kind.effective(name, beside=False) for name in COLUMNS[kind.tag]} | {"changed": literal(version)}
    if kind.tag == "poc":
        values["was_visible"] = widest_of(kind.effective("visible", beside=False))
    rows = select(*(value.label(name) for name, value in values.items())).where(kind.staged.c.act == INSERT)
    return touch(connection, insert(kind.table).from_select(list(values), rows))


def reveal_staged(connection: Connection, kind: ImportedType, approved: Sequence[ColumnElement[bool]], version: int) -> None:
    """Before the staged rows that `approved` finds are written: those that are pending no more."""
    waiting = kind.table.c.status == PENDING
    ids = connection.scalars(select(kind.table.c.id).where(*approved, waiting, kind.effective("status") != PENDING)).all()
    if ids:
        reveal(connection, kind.tag, select(kind.table.c.id).where(kind.table.c.id.in_(ids)), version)
