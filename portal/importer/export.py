"""The registry as a dump that it can import: every row, deleted and pending ones too, and what only its organization may read."""

from collections.abc import Iterator
from typing import Any, BinaryIO

import orjson
from sqlalchemy import Connection, Engine, select

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import require
from portal.db.session import snapshot
from portal.importer.fields import DERIVED, OURS, peeringdb_name
from portal.importer.imported_types import IMPORTED_TYPES, ImportedType

ROWS_AT_ONCE = 1000


def export_dump(engine: Engine, principal: Principal, file: BinaryIO) -> dict[str, int]:
    """Writes the registry of one moment, each type in the order of ids; the number of rows per type."""
    require(principal, Permission.REGISTRY_OPERATE)
    counts: dict[str, int] = {}
    with snapshot(engine) as connection:
        for tag, kind in IMPORTED_TYPES.items():
            file.write(b'%s"%s":{"data":[' % (b"," if counts else b"{", tag.encode()))
            counts[tag] = 0
            for row in rows_of(connection, kind):
                file.write((b",\n" if counts[tag] else b"\n") + orjson.dumps(row, option=orjson.OPT_UTC_Z))
                counts[tag] += 1
            file.write(b"]}")
        file.write(b"}\n")
    return counts


def rows_of(connection: Connection, kind: ImportedType) -> Iterator[dict[str, Any]]:
    """PeeringDB's fields, counters included; what follows from another field is left out, but for a prefix's protocol."""
    left_out = (OURS | DERIVED[kind.tag]) - {"protocol"}
    columns = sorted((column for column in kind.table.columns if column.name not in left_out), key=lambda column: column.name != "id")
    names = [peeringdb_name(column.name) for column in columns]
    for row in connection.execution_options(yield_per=ROWS_AT_ONCE).execute(select(*columns).order_by(kind.table.c.id)):
        yield dict(zip(names, row, strict=True))
