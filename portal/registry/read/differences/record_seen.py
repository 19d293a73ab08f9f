"""One record as a principal sees it: as it is stored, or as it would be with the file's values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, literal, null, select, true

from portal.access.principal import Principal
from portal.access.visibility import Visibility, bound_values, visibility_of
from portal.registry.description import RecordType
from portal.registry.read.visible import shown, visible
from portal.registry.records import LIVE


@dataclass(frozen=True)
class Seen:
    """A record as the principal sees it: `values` of what can be edited, `open` the names of the gated columns that it may read."""

    values: Mapping[str, Any]
    open: frozenset[str]


def read_as_imported(
    connection: Connection, principal: Principal, kind: RecordType, record_id: int, values: Mapping[str, Any], *, stored: bool = False
) -> Seen | None:
    """Returns what the principal would see of a record with the file's values, over what is `stored` of it; None where it sees nothing."""

    def value(name: str) -> ColumnElement[Any]:
        column = kind.table.c[name]
        given = {"id": record_id, "status": LIVE, **values}
        if name in given:
            return literal(given[name], column.type).label(name)
        return column if stored else null().cast(column.type).label(name)

    rows = select(*(value(column.name) for column in kind.table.columns))
    if stored:
        rows = rows.where(kind.table.c.id == record_id)
    return read_seen(connection, principal, kind, rows, [record_id]).get(record_id)


def read_seen(connection: Connection, principal: Principal, kind: RecordType, rows: Select[Any], ids: Sequence[int]) -> dict[int, Seen]:
    """Returns id → what the principal sees of such rows."""
    visibility, source = visibility_of(principal), rows.subquery("record")
    names = list(kind.editable)
    columns = [
        *(value_of(visibility, kind, source, name) for name in names),
        *(gate_of(visibility, kind, source, name) for name in kind.gates),
    ]
    statement = select(source.c.id, *columns).where(visible(visibility, kind, source))
    records: dict[int, Seen] = {}
    for record_id, *values in connection.execute(statement, {**bound_values(principal), "ids": list(ids)}):
        gates = zip(kind.gates, values[len(names) :], strict=True)
        records[record_id] = Seen(dict(zip(names, values, strict=False)), frozenset(name for name, opened in gates if opened))
    return records


def value_of(visibility: Visibility, kind: RecordType, rows: FromClause, name: str) -> ColumnElement[Any]:
    """As it is stored, which is how the file's value is told; null behind a gate."""
    return shown(visibility, kind, rows, name) if name in kind.gates else rows.c[name].label(name)


def gate_of(visibility: Visibility, kind: RecordType, rows: FromClause, name: str) -> ColumnElement[bool]:
    return (kind.gates[name](visibility, rows) & true()).label(f"{name}_is_open")
