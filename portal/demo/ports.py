"""Ports: inside their LAN's prefixes, with the flags that such networks have."""

from typing import Any

from portal.demo.builder import Builder, Row
from portal.demo.exchanges import Lan
from portal.registry.ports import ExchangePort

SERVERS = {"Route Server", "Route Collector"}


def add_ports(
    builder: Builder, network_id: int, network: Row, ports: dict[str, list[int]], facilities: list[str], lans: dict[str, Lan]
) -> None:
    """`ports`: exchange's key → speeds in Mbit/s, one port each."""
    for name, speeds in ports.items():
        lan = lans[name]
        for speed in speeds:
            builder.add(
                ExchangePort,
                network_id=network_id,
                exchange_id=lan.exchange_id,
                peering_lan_id=lan.id,
                asn=network["asn"],
                speed=speed,
                **addresses(builder, network, lan),
                **flags(builder, network, lan),
                **sides(builder, facilities, lan),
            )


def addresses(builder: Builder, network: Row, lan: Lan) -> dict[str, Any]:
    """One in twelve has IPv4 only."""
    ipaddr4, ipaddr6 = lan.addresses(network["asn"])
    both = builder.random.random() > 0.08 or serves(network)
    return {"ipaddr4": ipaddr4, "ipaddr6": ipaddr6 if both else None}


def flags(builder: Builder, network: Row, lan: Lan) -> dict[str, Any]:
    """Most peer with the route servers, where there are any; one in fifteen is down."""
    choose = builder.random.random
    may = lan.route_servers and not serves(network) and not network.get("info_never_via_route_servers", False)
    return {"is_rs_peer": choose() < 0.8 and may, "bfd_support": choose() < 0.2, "operational": choose() > 0.07 or serves(network)}


def sides(builder: Builder, facilities: list[str], lan: Lan) -> dict[str, Any]:
    """Half of the ports name a facility, where both the network and the exchange are."""
    shared: list[int | None] = [builder.ids[name] for name in facilities if name in lan.facilities]
    side = builder.random.choice((None, *shared))
    return {"net_side_id": side, "ix_side_id": side}


def serves(network: Row) -> bool:
    return not SERVERS.isdisjoint(network["info_types"])
