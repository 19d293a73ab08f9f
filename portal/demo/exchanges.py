"""Exchanges with their LAN, prefixes and presences."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from itertools import count
from typing import Any

from portal.demo.builder import Builder, Row
from portal.registry.exchanges import Exchange, PeeringLan, Prefix
from portal.registry.facilities import ExchangeFacility


@dataclass
class Lan:
    """An exchange's LAN, which gives out its addresses one after the other."""

    id: int
    exchange_id: int
    v4: IPv4Network
    v6: IPv6Network
    facilities: list[str]
    route_servers: bool
    hosts: Iterator[int] = field(default_factory=lambda: count(2))

    def addresses(self, asn: int) -> tuple[str, str]:
        """The next pair; the IPv6 one spells the ASN, as exchanges like to do: `…::6:4500:2`."""
        host = next(self.hosts)
        spelled = (asn // 10_000) << 32 | int(str(asn % 10_000), 16) << 16 | host
        return str(self.v4[host]), str(self.v6[spelled])


def add_exchange(builder: Builder, organization_id: int, row: Row) -> Lan:
    row = dict(row)
    v4, v6 = row.pop("prefixes")
    facilities, rs_asn = row.pop("facilities"), row.pop("rs_asn", None)
    status = row.get("status", "ok")
    exchange_id = builder.add(
        Exchange, organization_id=organization_id, media="Ethernet", proto_unicast=True, proto_ipv6=True, **row_of(row)
    )
    url, visible = row.get("member_list", ("", "Private"))
    lan_id = builder.add(
        PeeringLan,
        exchange_id=exchange_id,
        status=status,
        mtu=1500,
        rs_asn=rs_asn,
        arp_sponge="",
        ixf_ixp_member_list_url=url,
        ixf_ixp_member_list_url_visible=visible,
    )
    for prefix in (v4, v6):
        builder.add(Prefix, peering_lan_id=lan_id, status=status, prefix=prefix, protocol="IPv6" if ":" in prefix else "IPv4")
    for name in facilities:
        builder.add(ExchangeFacility, exchange_id=exchange_id, facility_id=builder.ids[name], status=status)
    return Lan(lan_id, exchange_id, IPv4Network(v4), IPv6Network(v6), facilities, rs_asn is not None)


def row_of(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "member_list"}
