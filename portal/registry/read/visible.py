"""`visible()`: the condition that is part of every statement and of every relation. A row that isn't visible is as if it weren't there."""

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, false, literal_column, not_, or_, select, union_all
from sqlalchemy.sql.selectable import CompoundSelect

from portal.access.visibility import Pending, Visibility
from portal.registry.description import RecordType
from portal.registry.ownership import owned

LIVE: ColumnElement[str] = literal_column("'ok'")
DELETED: ColumnElement[str] = literal_column("'deleted'")
PENDING: ColumnElement[str] = literal_column("'pending'")  # written out, so that the partial indexes over it are used


def visible(
    visibility: Visibility, kind: RecordType, rows: FromClause, come_from: str | None = None, *, deleted: bool = False, once: bool = False
) -> ColumnElement[bool]:
    """Which of the rows the visibility covers. `come_from`: the column of a parent that is known to be visible and needn't be asked again.

    `deleted`: also rows that it would cover if they weren't deleted; personal values are blank in them.
    `once`: also rows that it covered once, which must be shown as deleted.
    """
    if not visibility.covers(kind.reads):
        return false()
    seen = status_is_seen(visibility, kind, rows)
    conditions = [or_(seen, rows.c.status == DELETED) if deleted else seen]
    if visibility.pending is not Pending.ALL:
        conditions += [below_visible(visibility, rows.c[column], parent) for column, parent in kind.parents.items() if column != come_from]
    rule = kind.ruled if once and kind.ruled else kind.rule
    if rule:
        conditions.append(rule(visibility, rows))
    return and_(*conditions)


def status_is_seen(visibility: Visibility, kind: RecordType, rows: FromClause) -> ColumnElement[bool]:
    """Live rows, and pending ones of the own organization or, for operators, of everybody. Deleted ones never."""
    live = rows.c.status == LIVE
    pending = rows.c.status == PENDING
    if visibility.pending is Pending.NOBODYS:
        return live
    return or_(live, pending if visibility.pending is Pending.ALL else and_(pending, owned(kind, rows)))


def below_visible(visibility: Visibility, column: ColumnElement[int], parent: RecordType) -> ColumnElement[bool]:
    """The row that the column points at isn't hidden. Mostly none is: that is asked once, not for each row."""
    return or_(not_(hidden(visibility, parent).exists()), column.not_in(hidden(visibility, parent)))


@lru_cache(maxsize=512)  # it is in most statements, and an alias has to copy all columns of its table
def hidden(visibility: Visibility, kind: RecordType) -> Select[Any] | CompoundSelect[Any]:
    """The ids of rows that are pending and not for the caller, or whose own parent is so. A few at most, found by partial indexes."""
    rows = kind.table.alias()
    pending = select(rows.c.id).where(rows.c.status == PENDING)
    if visibility.pending is Pending.OWN:
        pending = pending.where(not_(owned(kind, rows)))
    below = [select(rows.c.id).where(rows.c[column].in_(hidden(visibility, parent))) for column, parent in kind.parents.items()]
    return union_all(pending, *below) if below else pending


def shown(visibility: Visibility, kind: RecordType, rows: FromClause, column: str) -> ColumnElement[Any]:
    """The column, or null where its gate is shut: a guarded value enters no statement in another way."""
    gate, value = kind.gates.get(column), kind.value(rows, column)
    if gate:
        return case((gate(visibility, rows), value)).label(column)
    return value.label(column) if column in kind.shown_as else value
