"""What follows from other rows: counts of live children, when they last changed, a port's exchange. Written only where it differs."""

from collections.abc import Container, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, Subquery, case, distinct, func, or_, select, update
from sqlalchemy.sql.elements import Label

from portal.db.base import FIRST_LOCAL_ID, Registry
from portal.db.rowcount import touch
from portal.db.sql import among
from portal.registry.contact_visibility import PUBLIC
from portal.registry.contacts import CONTACT
from portal.registry.description import Counter, RecordType
from portal.registry.exchanges import PEERING_LAN
from portal.registry.ports import PORT
from portal.registry.records import LIVE, PENDING
from portal.registry.types import TYPES


def recount(connection: Connection, version: int) -> int:
    """Counts everything. Returns the number of rows touched."""
    return follow_lans(connection, version) + sum(recount_type(connection, kind, version) for kind in TYPES.values() if kind.counters)


def recount_changed(
    connection: Connection,
    version: int,
    former: Mapping[str, set[int]] = MappingProxyType({}),
    children: Container[str] = frozenset(TYPES),
) -> int:
    """Counts only for the parents of rows that this version changed, and for `former` parents that such rows have left (tag → ids).

    `children`: the tags of the types that it changed rows of.
    """
    touched = 0
    for tag, kind in TYPES.items():
        ids = parents_of_changed(connection, kind, version, children) | former.get(tag, set())
        touched += recount_type(connection, kind, version, sorted(ids)) if ids else 0
    return touched


def parents_of_changed(connection: Connection, kind: RecordType, version: int, children: Container[str]) -> set[int]:
    ids: set[int] = set()
    references = {(counter.child, counter.reference) for counter in kind.counters.values() if counter.child in children}
    for child, reference in references:
        columns = TYPES[child].table.c
        ids.update(connection.scalars(select(columns[reference]).where(columns.changed == version).distinct()))
    return ids


def follow_lans(connection: Connection, version: int, lan_ids: Sequence[int] | None = None) -> int:
    """Ports follow a LAN, any or one of these, that now belongs to another exchange."""
    ports, lans = PORT.table, PEERING_LAN.table
    moved = update(ports).where(ports.c.peering_lan_id == lans.c.id, ports.c.exchange_id != lans.c.exchange_id, *chosen(lans.c.id, lan_ids))
    return touch(connection, moved.values(exchange_id=lans.c.exchange_id, changed=version), bound(lan_ids))


def recount_type(connection: Connection, kind: RecordType, version: int, ids: Sequence[int] | None = None) -> int:
    """Of all rows, or of those with these ids."""
    table, (values, names, differs) = kind.table, fresh_counters(kind, ids)
    changed: dict[str, Any] = {name: values.c[name] for name in names} | {"changed": version}
    return touch(connection, update(table).where(table.c.id == values.c.id, differs).values(changed), bound(ids))


def count_wrong(connection: Connection) -> int:
    """Returns how many records have a counter that differs from what it counts."""
    kinds = [kind for kind in TYPES.values() if kind.counters]
    return sum(connection.scalar(select(func.count()).select_from(kind.table).join(*wrong_rows(kind))) or 0 for kind in kinds)


def wrong_rows(kind: RecordType) -> tuple[Subquery, ColumnElement[bool]]:
    values, _, differs = fresh_counters(kind, None)
    return values, (kind.table.c.id == values.c.id) & differs


def fresh_counters(kind: RecordType, ids: Sequence[int] | None) -> tuple[Subquery, list[str], ColumnElement[bool]]:
    """Returns the rows' counters as they should be, the counters' names, and the condition that a stored one differs."""
    table = kind.table
    rows: Any = table
    fresh: list[Label[Any]] = []
    for (child, reference), counters in groupby(kind.counters.items(), lambda item: (item[1].child, item[1].reference)):
        counted = dict(counters)
        tally = tally_of(TYPES[child], reference, counted, ids)
        rows = rows.outerjoin(tally, tally.c.parent == table.c.id)
        fresh += [(func.coalesce(tally.c[name], 0) if of.counted else tally.c[name]).label(name) for name, of in counted.items()]
    values = select(table.c.id, *fresh).select_from(rows).where(*chosen(table.c.id, ids)).subquery()
    names = [column.name for column in fresh]
    return values, names, or_(*(table.c[name].is_distinct_from(values.c[name]) for name in names))


def tally_of(child: RecordType, reference: str, counters: Mapping[str, Counter], ids: Sequence[int] | None) -> Subquery:
    """The counters of each parent that has such children."""
    columns = child.table.c
    tallies = [(live_count(columns, of.counted) if of.counted else newest(child, columns)).label(name) for name, of in counters.items()]
    rows = select(columns[reference].label("parent"), *tallies).where(*chosen(columns[reference], ids))
    return rows.group_by(columns[reference]).subquery()


def chosen(column: ColumnElement[int], ids: Sequence[int] | None) -> list[ColumnElement[bool]]:
    """No condition where all are meant."""
    return [] if ids is None else [among(column, "ids")]


def bound(ids: Sequence[int] | None) -> dict[str, Any]:
    return {} if ids is None else {"ids": ids}


def live_count(columns: Any, of: str) -> ColumnElement[int]:
    return func.count(distinct(case((columns.status == LIVE, columns[of]))))


def newest(child: RecordType, columns: Any) -> ColumnElement[Any]:
    """Of rows that anybody may know of: no pending ones, and contacts only where they are Public."""
    shown = columns.status != PENDING
    if child is CONTACT:
        shown &= columns.visible == PUBLIC
    return func.max(case((shown, columns.updated)))


def reserve_ids(connection: Connection, highest: int) -> None:
    """Keeps the next id for a record made here above one that is taken; an export brings such records."""
    if highest >= FIRST_LOCAL_ID:
        connection.execute(update(Registry).where(Registry.next_id <= highest).values(next_id=highest + 1))
