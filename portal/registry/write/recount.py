"""What follows from other rows: counts of live children, when they last changed, a port's exchange. Written only where it differs."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Subquery, case, distinct, func, or_, select, update
from sqlalchemy.sql.elements import Label

from portal.db.base import FIRST_LOCAL_ID, Registry
from portal.db.rowcount import touch
from portal.importer.imported_types import KINDS
from portal.registry.contacts import PUBLIC
from portal.registry.record import LIVE, PENDING

# type → (its children, their reference to it, {counter: of what}); a counter of None is the newest time of a child.
TALLIES: dict[str, tuple[tuple[str, str, dict[str, str | None]], ...]] = {
    "net": (
        ("netixlan", "network_id", {"ix_count": "exchange_id", "netixlan_updated": None}),
        ("netfac", "network_id", {"fac_count": "facility_id", "netfac_updated": None}),
        ("poc", "network_id", {"poc_updated": None}),
    ),
    "ix": (("netixlan", "exchange_id", {"net_count": "network_id"}), ("ixfac", "exchange_id", {"fac_count": "facility_id"})),
    "fac": (
        ("netfac", "facility_id", {"net_count": "network_id"}),
        ("ixfac", "facility_id", {"ix_count": "exchange_id"}),
        ("carrierfac", "facility_id", {"carrier_count": "carrier_id"}),
    ),
    "carrier": (("carrierfac", "carrier_id", {"fac_count": "facility_id"}),),
}


def recount(connection: Connection, version: int) -> int:
    """The number of rows touched."""
    return follow_lans(connection, version) + sum(recount_type(connection, tag, version) for tag in TALLIES)


def follow_lans(connection: Connection, version: int) -> int:
    """Ports follow a LAN that now belongs to another exchange."""
    ports, lans = KINDS["netixlan"].table, KINDS["ixlan"].table
    moved = update(ports).where(ports.c.peering_lan_id == lans.c.id, ports.c.exchange_id != lans.c.exchange_id)
    return touch(connection, moved.values(exchange_id=lans.c.exchange_id, changed=version))


def recount_type(connection: Connection, tag: str, version: int) -> int:
    table = KINDS[tag].table
    rows: Any = table
    fresh: list[Label[Any]] = []
    for child, reference, counters in TALLIES[tag]:
        tally = tally_of(child, reference, counters)
        rows = rows.outerjoin(tally, tally.c.parent == table.c.id)
        fresh += [(func.coalesce(tally.c[name], 0) if of else tally.c[name]).label(name) for name, of in counters.items()]
    found = select(table.c.id, *fresh).select_from(rows).subquery()
    names = [column.name for column in fresh]
    differs = or_(*(table.c[name].is_distinct_from(found.c[name]) for name in names))
    changed: dict[str, Any] = {name: found.c[name] for name in names} | {"changed": version}
    return touch(connection, update(table).where(table.c.id == found.c.id, differs).values(changed))


def tally_of(child: str, reference: str, counters: dict[str, str | None]) -> Subquery:
    columns = KINDS[child].table.c
    tallies = [(live_count(columns, of) if of else newest(child, columns)).label(name) for name, of in counters.items()]
    return select(columns[reference].label("parent"), *tallies).group_by(columns[reference]).subquery()


def live_count(columns: Any, of: str) -> ColumnElement[int]:
    return func.count(distinct(case((columns.status == LIVE, columns[of]))))


def newest(child: str, columns: Any) -> ColumnElement[Any]:
    """Of rows that anybody may know of: no pending ones, and contacts only where they are Public."""
    shown = columns.status != PENDING
    if child == "poc":
        shown &= columns.visible == PUBLIC
    return func.max(case((shown, columns.updated)))


def reserve_ids(connection: Connection) -> None:
    """Keeps the next id for a record made here above all that are taken; an export brings such records."""
    for kind in KINDS.values():
        highest = connection.scalar(select(func.max(kind.table.c.id))) or 0
        if highest >= FIRST_LOCAL_ID:
            connection.execute(update(Registry).where(Registry.next_id <= highest).values(next_id=highest + 1))
