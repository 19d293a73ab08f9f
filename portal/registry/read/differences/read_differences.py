"""What an import would have said of one object that is kept here, as far as the principal sees the records and fields."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import require
from portal.access.visibility import bound_values, visibility_of
from portal.db.sql import among
from portal.models import ImportDifference
from portal.registry.description import RecordType
from portal.registry.read.differences.record_seen import Seen, read_as_imported, read_seen
from portal.registry.read.visible import visible
from portal.registry.records import KEPT_HERE, LIVE
from portal.registry.types import TYPES

AUDIENCES = ("visible", "ixf_ixp_member_list_url_visible")  # columns that say who sees a record, or one of its fields
STATUS, WHOLE_ROW = "status", ""


@dataclass(frozen=True)
class Difference:
    """`field` is a column's name, or "" for a whole record, which only one side has: `stored` and `imported` are then its values, or None.

    `clash_id`: the id of a record of the file that was skipped, because this one has the field's value; 0 where it is no clash.
    """

    record_type: str
    record_id: int
    field: str
    stored: Any
    imported: Any
    clash_id: int = 0


def read_differences(connection: Connection, principal: Principal, tag: str, object_id: int) -> list[Difference]:
    """Returns those of `net:20`, by record and field; none where it isn't kept here any more, or isn't seen."""
    kind, columns = TYPES[tag], ImportDifference
    source = connection.scalar(
        select(kind.table.c.source).where(visible(visibility_of(principal), kind, kind.table), kind.table.c.id == object_id),
        bound_values(principal),
    )
    if source is None:
        return []
    rows = select(columns.record_type, columns.record_id, columns.field, columns.clash_id, columns.imported)
    rows = rows.where(columns.object_type == tag, columns.object_id == object_id).order_by(*rows.selected_columns[:4])
    differing = [row for row in connection.execute(rows).all() if source == KEPT_HERE or row.field == STATUS]
    return [
        difference
        for record_type, of_type in groupby(differing, lambda row: row.record_type)
        for difference in differences_of_type(connection, principal, TYPES[record_type], list(of_type))
    ]


def objects_that_differ(connection: Connection, principal: Principal) -> list[tuple[str, int]]:
    """Returns (tag, id) of the objects that have differences. For an operator."""
    require(principal, Permission.REGISTRY_OPERATE)
    columns = (ImportDifference.object_type, ImportDifference.object_id)
    return [(tag, identity) for tag, identity in connection.execute(select(*columns).distinct().order_by(*columns))]


def differences_of_type(connection: Connection, principal: Principal, kind: RecordType, rows: Sequence[Any]) -> Iterator[Difference]:
    """Of a record that both sides have, only what is seen both as it is here and as the file has it."""
    ids = sorted({row.record_id for row in rows})
    records = read_seen(connection, principal, kind, select(kind.table).where(among(kind.table.c.id, "ids")), ids)
    for record_id, of_record in groupby(rows, lambda row: row.record_id):
        fields = list(of_record)
        record = records.get(record_id)
        whole = next((row for row in fields if row.field == WHOLE_ROW), None)
        if whole is not None and whole.imported is not None:
            if record is None:
                in_file = read_as_imported(connection, principal, kind, record_id, whole.imported)
                if in_file is not None:
                    yield Difference(kind.tag, record_id, WHOLE_ROW, None, in_file.values)
        elif record is not None:
            yield from differences_of_record(connection, principal, kind, record_id, fields, record)


def differences_of_record(
    connection: Connection, principal: Principal, kind: RecordType, record_id: int, rows: Sequence[Any], record: Seen
) -> Iterator[Difference]:
    audience = {row.field: row.imported for row in rows if row.field in AUDIENCES and not row.clash_id}
    in_file = read_as_imported(connection, principal, kind, record_id, audience, stored=True) if audience else record
    for row in rows:
        if row.field == WHOLE_ROW:
            yield Difference(kind.tag, record_id, WHOLE_ROW, record.values, None)
        elif row.clash_id:
            yield Difference(kind.tag, record_id, row.field, record.values.get(row.field), None, row.clash_id)
        elif row.field == STATUS:
            yield Difference(kind.tag, record_id, STATUS, LIVE, row.imported)
        elif in_file is not None and is_open(kind, row.field, record, in_file) and record.values[row.field] != row.imported:
            yield Difference(kind.tag, record_id, row.field, record.values[row.field], row.imported)


def is_open(kind: RecordType, field: str, *records: Seen) -> bool:
    return field not in kind.gates or all(field in record.open for record in records)
