"""ExchangePort (PeeringDB: netixlan): a key reads it that may read networks or exchanges."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.access.permissions import Permission
from portal.db.base import Base
from portal.db.ip_bytes import address_bytes
from portal.registry.description import RecordType, one
from portal.registry.editable import address, flag, notes, number, reference
from portal.registry.exchanges import PEERING_LAN
from portal.registry.networks import NETWORK
from portal.registry.records import Record, unique_while_live


class ExchangePort(Record, Base):
    """`speed` in Mbit/s; `is_rs_peer`: peers with the exchange's route servers. `exchange_id` is the LAN's, kept here for speed."""

    __tablename__ = "exchange_port"
    __table_args__ = (
        unique_while_live("exchange_port", "ipaddr4"),
        unique_while_live("exchange_port", "ipaddr6"),
        # Where a network is, told from the index alone: a large one has hundreds of ports.
        Index("ix_exchange_port_places", "network_id", "exchange_id", "status", "peering_lan_id"),
        # Who meets whom at a LAN, likewise: the LANs of a large network have tens of thousands.
        Index(
            "ix_exchange_port_meetings",
            "peering_lan_id",
            "status",
            "operational",
            "network_id",
            "speed",
            "ipaddr4_bytes",
            "ipaddr6_bytes",
        ),
    )

    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), index=True)
    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id"), index=True)
    peering_lan_id: Mapped[int] = mapped_column(ForeignKey("peering_lan.id"))
    asn: Mapped[int] = mapped_column(BigInteger)
    ipaddr4: Mapped[str | None]
    ipaddr6: Mapped[str | None]
    ipaddr4_bytes: Mapped[bytes | None] = mapped_column(index=True)
    ipaddr6_bytes: Mapped[bytes | None] = mapped_column(index=True)
    speed: Mapped[int] = mapped_column(default=0)
    is_rs_peer: Mapped[bool] = mapped_column(default=False)
    bfd_support: Mapped[bool] = mapped_column(default=False)
    operational: Mapped[bool] = mapped_column(default=True)
    notes: Mapped[str] = mapped_column(default="")
    net_side_id: Mapped[int | None] = mapped_column(ForeignKey("facility.id"), index=True)
    ix_side_id: Mapped[int | None] = mapped_column(ForeignKey("facility.id"), index=True)

    @classmethod
    def derived(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        return {f"{name}_bytes": address_bytes(values.get(name)) for name in ("ipaddr4", "ipaddr6")}


MIN_SPEED, MAX_SPEED = 50, 5_000_000  # Mbit/s

PORT = RecordType(
    tag="netixlan",
    model=ExchangePort,
    resource="networks",
    reads=frozenset({Permission.NETWORKS_READ, Permission.EXCHANGES_READ}),
    owner="network_id",
    typical_rows=70_000,
    parents={"network_id": NETWORK, "peering_lan_id": PEERING_LAN},
    relations={
        "network": one("net", "network_id"),
        "exchange": one("ix", "exchange_id"),
        "peering_lan": one("ixlan", "peering_lan_id"),
        "network_side_facility": one("fac", "net_side_id"),
        "exchange_side_facility": one("fac", "ix_side_id"),
    },
    sorted_by=("asn", "speed"),
    sorted_within={
        "network_id": ("speed", "updated"),
        "exchange_id": ("asn", "speed", "updated"),
        "peering_lan_id": ("asn", "speed", "updated"),
    },
    editable={
        "network_id": reference(),
        "peering_lan_id": reference(),
        "ipaddr4": address(4),
        "ipaddr6": address(6),
        "speed": number(MIN_SPEED, MAX_SPEED, required=True),
        "is_rs_peer": flag(),
        "bfd_support": flag(),
        "operational": flag(),
        "notes": notes(),
        "net_side_id": reference(nullable=True, once=False),
        "ix_side_id": reference(nullable=True, once=False),
    },
)
