"""What belongs to one network, exchange or carrier, to be looked through and edited: ports, presences, contacts, LANs, prefixes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, FromClause, Row, Select, func, select

from portal.access.principal import Principal
from portal.access.visibility import bound_values, visibility_of
from portal.registry.carriers import CARRIER_FACILITY
from portal.registry.contacts import CONTACT
from portal.registry.description import RecordType
from portal.registry.exchanges import EXCHANGE, PEERING_LAN, PREFIX
from portal.registry.facilities import EXCHANGE_FACILITY, FACILITY, NETWORK_FACILITY
from portal.registry.ports import PORT
from portal.registry.read.visible import visible
from portal.registry.records import DELETED

PAGE_ROWS = 250
PARTS: Mapping[str, tuple[RecordType, ...]] = {
    "net": (PORT, NETWORK_FACILITY, CONTACT),
    "ix": (PEERING_LAN, PREFIX, EXCHANGE_FACILITY),
    "carrier": (CARRIER_FACILITY,),
}


@dataclass(frozen=True)
class Parts:
    """The records of one type that belong to an object: the first of them, or all `total`."""

    kind: RecordType
    rows: Sequence[Row[Any]]

    @property
    def total(self) -> int:
        return int(self.rows[0].total) if self.rows else 0


def read_parts(connection: Connection, principal: Principal, kind: RecordType, object_id: int, *, all_rows: bool = False) -> list[Parts]:
    """Returns those that the principal sees, by one statement for each type."""
    parts = []
    for part in PARTS.get(kind.tag, ()):
        rows, seen = part.table, visible(visibility_of(principal), part, part.table)
        statement = shown_rows(part).add_columns(func.count().over().label("total")).where(rows.c.status != DELETED, seen)
        statement = statement.where(object_column(part) == object_id).limit(None if all_rows else PAGE_ROWS)
        parts.append(Parts(part, connection.execute(statement, bound_values(principal)).all()))
    return parts


def object_column(part: RecordType) -> Any:
    """The column that holds the object's id: of a prefix the exchange of its LAN."""
    return PEERING_LAN.table.c.exchange_id if part is PREFIX else part.table.c[part.owner]


def shown_rows(part: RecordType) -> Select[Any]:
    """In the order in which people look for them."""
    rows = part.table
    if part is PORT:
        exchanges = EXCHANGE.table
        shown = columns(rows, "id", "status", "ipaddr4", "ipaddr6", "speed", "is_rs_peer", "operational")
        return (
            select(*shown, exchanges.c.name)
            .join(exchanges, exchanges.c.id == rows.c.exchange_id)
            .order_by(exchanges.c.name_fold, rows.c.ipaddr4_bytes, rows.c.id)
        )
    if part is CONTACT:
        return select(*columns(rows, "id", "status", "role", "visible", "name", "email", "phone")).order_by(rows.c.role, rows.c.id)
    if part is PEERING_LAN:
        return select(*columns(rows, "id", "status", "name", "mtu", "vlan")).order_by(rows.c.id)
    if part is PREFIX:
        lans = PEERING_LAN.table
        shown = [*columns(rows, "id", "status", "prefix", "in_dfz"), lans.c.name]
        return select(*shown).join(lans, lans.c.id == rows.c.peering_lan_id).order_by(rows.c.peering_lan_id, rows.c.first)
    facilities = FACILITY.table
    shown = columns(rows, "id", "status", *(("local_asn",) if part is NETWORK_FACILITY else ()))
    return (
        select(*shown, *columns(facilities, "name", "city", "country"))
        .join(facilities, facilities.c.id == rows.c.facility_id)
        .order_by(facilities.c.name_fold, rows.c.id)
    )


def columns(rows: FromClause, *names: str) -> list[Any]:
    return [rows.c[name] for name in names]
