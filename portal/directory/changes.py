"""What changed: rows by the registry's version of their last change and their id, deleted ones too, so that a mirror misses none.

Writes take turns at the version, so that whoever has read up to a row has read all that changed before it.
"""

from typing import Any

from sqlalchemy import Select, select

from portal.directory.paging import Key, Order, beyond, ordering
from portal.directory.selects import LIMIT, Reading, outputs
from portal.directory.visible import visible

BY_CHANGE: Order = (Key("changed"),)


def changes(reading: Reading) -> Select[Any]:
    """The first `limit` rows in order, deleted ones among them. The reading's order is BY_CHANGE and it has no filter."""
    rows = reading.kind.table
    seen = visible(reading.sight, reading.kind, rows, deleted=True)
    statement = select(*outputs(reading, rows)).where(seen, beyond(reading.order, reading.after, rows))
    return statement.order_by(*ordering(reading.order, rows)).limit(LIMIT)
