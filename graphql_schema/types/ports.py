"""ExchangePort."""

from typing import Any

from graphql_schema.schema.fields import column, record, relation
from graphql_schema.schema.lookups import filter_for
from graphql_schema.schema.orders import order_for
from graphql_schema.schema.scalars import ASN, IPAddress
from graphql_schema.types.records import Record
from portal.registry.ports import PORT


@record(PORT)
class ExchangePort(Record):
    """A network's port at a peering LAN."""

    asn: ASN = column(
        "The ASN to configure as the neighbour at this port: nearly always its network's, but some ports name another one; 0 where unknown."
    )
    ipaddr4: IPAddress | None = column("Its IPv4 address; null without one.")
    ipaddr6: IPAddress | None = column("Its IPv6 address; null without one.")
    speed: int = column("Its speed in Mbit/s, 100000 is 100G; 0 where unknown.")
    is_rs_peer: bool = column("Whether it peers with the exchange's route servers.")
    bfd_support: bool = column("Whether it speaks BFD (RFC 5880).")
    operational: bool = column("Whether it is in operation.")
    notes: str = column("Notes.")

    network: Any = relation("The network whose port it is.")
    exchange: Any = relation("The exchange it is at.")
    peering_lan: Any = relation("The LAN it is at.")
    network_side_facility: Any = relation("Where the network's equipment stands; null where unknown.")
    exchange_side_facility: Any = relation("Where the exchange's equipment stands; null where unknown.")


ExchangePortFilter = filter_for(ExchangePort)
ExchangePortOrder = order_for(ExchangePort)
