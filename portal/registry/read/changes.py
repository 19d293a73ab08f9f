"""What changed: rows by the registry's version of their last change and their id, deleted ones too, so that a mirror misses none.

Writes take turns at the version, so that whoever has read up to a row has read all that changed before it.
"""

from dataclasses import replace
from enum import Enum, auto
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, bindparam, select, union_all

from portal.registry.read.paging import Key, Order, ordering
from portal.registry.read.selects import LIMIT, Reading, conditions, outputs, page

BY_CHANGE: Order = (Key("changed"),)


class Part(Enum):
    """Of what comes after the cursor that is bound as a0, its version, and after_id.

    An import changes a whole table in one version: SQLite, asked for both parts at once, would look at all of it again for each page.
    """

    SAME = auto()
    LATER = auto()


def changed(reading: Reading) -> Select[Any]:
    """Both parts by one statement, as the reading filters; from the start where it has no cursor."""
    if reading.after is None:
        return page(reading)
    rows = reading.kind.table
    whole = replace(reading, after=None)
    parts = [
        select(*outputs(reading, rows))
        .where(after(part, rows), conditions(whole, rows))
        .order_by(*ordering(reading.order, rows))
        .limit(LIMIT)
        for part in Part
    ]
    rows_in_parts = union_all(*(select(part.subquery()) for part in parts)).subquery()
    version, identity = list(rows_in_parts.c)[-2:]
    return select(rows_in_parts).order_by(version, identity).limit(LIMIT)


def after(part: Part, rows: FromClause) -> ColumnElement[bool]:
    version = bindparam("a0", type_=rows.c.changed.type)
    if part is Part.LATER:
        return rows.c.changed > version
    return and_(rows.c.changed == version, rows.c.id > bindparam("after_id", type_=rows.c.id.type))
