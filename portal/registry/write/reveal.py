"""What stands below a pending record becomes visible with it. It changes then too, so that whoever follows changes learns of it."""

from typing import Any

from sqlalchemy import Connection, Select, select, update

from portal.registry.records import DELETED
from portal.registry.types import TYPES


def reveal(connection: Connection, tag: str, ids: Select[Any], version: int) -> None:
    """Stores the version as the last change of all rows below those of the type with these ids."""
    for kind in TYPES.values():
        for column, parent in kind.parents.items():
            if parent.tag == tag:
                rows = kind.table
                below = rows.c[column].in_(ids)
                connection.execute(update(rows).where(below, rows.c.status != DELETED).values(changed=version))
                reveal(connection, kind.tag, select(rows.c.id).where(below), version)
