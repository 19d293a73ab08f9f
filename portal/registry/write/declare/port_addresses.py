"""Which peering LAN a declared port is at: the one that is named, its exchange's only one, or the one whose prefix holds the address."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db.ip_bytes import address_bytes
from portal.registry.exchanges import PeeringLan, Prefix
from portal.registry.records import LIVE
from portal.registry.rules.problem import Problem, Rejected
from portal.registry.rules.rule import read_once
from portal.registry.values import address

ADDRESSES = ("ipaddr4", "ipaddr6")


class Block(NamedTuple):
    """A live prefix: where it is, and its first and last address as 16 bytes."""

    peering_lan_id: int
    exchange_id: int
    first: bytes
    last: bytes


def complete_port(_session: Session, entry: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the entry with its addresses in their normal form."""
    values = dict(entry)
    for column in ADDRESSES:
        if values.get(column) is not None:
            values[column] = address(int(column[-1]))(values[column])
    if not any(values.get(column) for column in ADDRESSES):
        raise Rejected([Problem("A port is named by its address. Give ipaddr4 or ipaddr6.", ("ipaddr4",))])
    return values


def locate_port(session: Session, values: Mapping[str, Any], row: Any) -> dict[str, Any]:
    """Returns the values with `peering_lan_id` in place of `exchange_id`. Raises Rejected for a stored port of another exchange."""
    located, exchange_id = {name: value for name, value in values.items() if name != "exchange_id"}, values.get("exchange_id")
    if row is not None and exchange_id not in {None, row.exchange_id}:
        raise Rejected([Problem(f"Your port with this address is at ix:{row.exchange_id}. Correct one of them.", ("exchange_id",))])
    if row is None and located.get("peering_lan_id") is None:
        located["peering_lan_id"] = lan_of(session, values.get("ipaddr4") or values["ipaddr6"], exchange_id)
    return located


def lan_of(session: Session, given: str, exchange_id: int | None) -> int:
    """Raises Rejected where no LAN, or more than one, can be meant."""
    packed = address_bytes(given) or b""
    blocks = [block for block in read_once(session, ("blocks",), lambda: read_blocks(session)) if block.first <= packed <= block.last]
    lans = {block.peering_lan_id for block in blocks if exchange_id in {None, block.exchange_id}}
    if not lans and exchange_id is not None:
        lans = set(session.scalars(select(PeeringLan.id).where(PeeringLan.exchange_id == exchange_id, PeeringLan.status == LIVE)))
    if len(lans) == 1:
        return lans.pop()
    if lans:
        raise Rejected([Problem(f"{given} can be at several peering LANs. Give peeringLanId.", ("peering_lan_id",))])
    raise Rejected([Problem(f"No exchange has a prefix that holds {given}. Give exchangeId.", ("exchange_id",))])


def read_blocks(session: Session) -> list[Block]:
    """Some thousands in a registry of full size."""
    rows = select(Prefix.peering_lan_id, PeeringLan.exchange_id, Prefix.first, Prefix.last)
    rows = rows.join(PeeringLan, PeeringLan.id == Prefix.peering_lan_id).where(Prefix.status == LIVE, PeeringLan.status == LIVE)
    return [Block(*row) for row in session.execute(rows)]
