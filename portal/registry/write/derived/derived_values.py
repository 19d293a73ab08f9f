"""What follows, beside counters: a region from the country, what an exchange carries from its prefixes, a campus's status."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, exists, func, or_, select, update

from portal.db.rowcount import touch
from portal.registry.campuses import CAMPUS
from portal.registry.description import RecordType
from portal.registry.exchanges import EXCHANGE, PEERING_LAN, PREFIX
from portal.registry.facilities import FACILITY
from portal.registry.records import KEPT_HERE, LIVE, PENDING
from portal.registry.values.continents import CONTINENTS
from portal.registry.write.record_history import RowChange

MIN_CAMPUS_FACILITIES = 2


def derived_values(kind: RecordType, values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns column → value of what follows from new values of the same row."""
    return {"region_continent": CONTINENTS[values["country"]]} if "country" in values and "region_continent" in kind.table.c else {}


def follow_changes(connection: Connection, changes: Sequence[RowChange], version: int) -> None:
    """Stores what follows in other rows. Needs the rows to be flushed."""
    lan_ids = {change.row.peering_lan_id for change in changes if change.kind is PREFIX}
    if lan_ids:
        follow_prefixes(connection, lan_ids, version)
    if any(change.kind is FACILITY and change.row.campus_id for change in changes):
        complete_campuses(connection, {change.row.campus_id for change in changes if change.kind is FACILITY}, version)


def follow_prefixes(connection: Connection, lan_ids: set[int], version: int) -> None:
    """An exchange carries unicast where it has an IPv4 prefix, and IPv6 where it has one of those."""
    exchanges, lans, prefixes = EXCHANGE.table, PEERING_LAN.table, PREFIX.table
    families = {
        column: exists(
            select(prefixes.c.id)
            .join(lans, lans.c.id == prefixes.c.peering_lan_id)
            .where(lans.c.exchange_id == exchanges.c.id, prefixes.c.protocol == protocol, prefixes.c.status.in_((LIVE, PENDING)))
            .correlate(exchanges)
        )
        for column, protocol in (("proto_unicast", "IPv4"), ("proto_ipv6", "IPv6"))
    }
    own = exchanges.c.id.in_(select(lans.c.exchange_id).where(lans.c.id.in_(sorted(lan_ids))))
    differs = or_(*(exchanges.c[column] != has for column, has in families.items()))
    touch(connection, update(exchanges).where(own, differs).values(**families, changed=version))


def complete_campuses(connection: Connection, ids: set[int | None], version: int) -> None:
    """A campus that is kept here is live as soon as it has two facilities, and stays so."""
    campuses, facilities = CAMPUS.table, FACILITY.table
    number = select(func.count()).where(facilities.c.campus_id == campuses.c.id, facilities.c.status == LIVE).scalar_subquery()
    waiting = campuses.c.id.in_([identity for identity in ids if identity]), campuses.c.status == PENDING, campuses.c.source == KEPT_HERE
    touch(connection, update(campuses).where(*waiting, number >= MIN_CAMPUS_FACILITIES).values(status=LIVE, changed=version))
