"""Ports: inside their LAN's prefixes, with the flags that such networks have."""

from typing import Any

from portal.demo.builder import Builder, Row
from portal.demo.exchanges import Lan
from portal.models import ExchangePort

SERVERS = {"Route Server", "Route Collector"}


def add_ports(
    builder: Builder, network_id: int, network: Row, ports: dict[str, list[int]], facilities: list[str], lans: dict[str, Lan]
) -> None:
    """`ports`: exchange's key → speeds in Mbit/s, one port each."""
    for name, speeds in ports.items():
        for speed in speeds:
            add_port(
                builder,
                lans[name],
                network_id=network_id,
                asn=network["asn"],
                speed=speed,
                **chosen(builder, network, facilities, lans[name]),
            )


def add_port(builder: Builder, lan: Lan, **values: Any) -> None:
    ipaddr4, ipaddr6 = lan.addresses(values["asn"])
    only4 = builder.random.random() < 0.08
    addresses = {"ipaddr4": ipaddr4, "ipaddr6": None if only4 else ipaddr6}
    builder.add(ExchangePort, exchange_id=lan.exchange_id, peering_lan_id=lan.id, **addresses, **values)


def chosen(builder: Builder, network: Row, facilities: list[str], lan: Lan) -> dict[str, Any]:
    """Most peer with the route servers, where there are any; one in fifteen is down; the side is a facility where both are."""
    shared = [builder.ids[name] for name in facilities if name in lan.facilities]
    server = SERVERS & set(network["info_types"])
    choose = builder.random.random
    return {
        "is_rs_peer": choose() < 0.8 and lan.route_servers and not server and not network.get("info_never_via_route_servers", False),
        "bfd_support": choose() < 0.2,
        "operational": choose() > 0.07,
        "net_side_id": builder.random.choice(shared) if shared and choose() < 0.5 else None,
        "ix_side_id": shared[0] if shared and choose() < 0.5 else None,
    }
