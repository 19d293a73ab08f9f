"""`owner_of()`: which port, peering LAN and exchange hold an address."""

from ipaddress import IPv4Address, IPv6Address
from typing import Any, NamedTuple

from sqlalchemy import LargeBinary, Select, bindparam, null, select

from portal.access.visibility import Visibility
from portal.db.ip_bytes import packed
from portal.registry.exchanges import PEERING_LAN, PREFIX
from portal.registry.ports import PORT
from portal.registry.read.statements import Reader
from portal.registry.read.visible import visible


class Owner(NamedTuple):
    """Ids; no port where the address only lies in one of the LAN's prefixes."""

    port: int | None
    peering_lan: int
    exchange: int


def owner_of(reader: Reader, address: IPv4Address | IPv6Address) -> Owner | None:
    """The port with this address, else the LAN with the narrowest prefix around it; None where nothing holds it."""
    for build in (port_with, lan_around):
        rows = reader.rows(build, address.version, address=packed(address))
        if rows:
            return Owner(*rows[0])
    return None


def port_with(visibility: Visibility, version: int) -> Select[Any]:
    ports = PORT.table
    has_address = ports.c[f"ipaddr{version}_bytes"] == bindparam("address", type_=LargeBinary())
    return select(ports.c.id, ports.c.peering_lan_id, ports.c.exchange_id).where(has_address, visible(visibility, PORT, ports))


def lan_around(visibility: Visibility, version: int) -> Select[Any]:
    """Needs visibility of prefixes, as they say where the address belongs."""
    prefixes, lans = PREFIX.table, PEERING_LAN.table
    address: Any = bindparam("address", type_=LargeBinary())
    around = (prefixes.c.family == version, prefixes.c.first <= address, prefixes.c.last >= address)
    statement = select(null(), lans.c.id, lans.c.exchange_id).select_from(prefixes.join(lans, lans.c.id == prefixes.c.peering_lan_id))
    return statement.where(*around, visible(visibility, PREFIX, prefixes)).order_by(prefixes.c.first.desc(), prefixes.c.last).limit(1)
