"""Exchange, its PeeringLan and Prefix."""

from typing import Any

from graphql_schema.schema.fields import column, record, relation
from graphql_schema.schema.lookups import filter_for
from graphql_schema.schema.orders import order_for
from graphql_schema.schema.scalars import ASN, DateTime, IPPrefix
from graphql_schema.types.records import Named, Record
from portal.registry.choices import Audience, Continent, Protocol, ServiceLevel, Terms
from portal.registry.exchanges import EXCHANGE, PEERING_LAN, PREFIX


@record(EXCHANGE)
class Exchange(Named):
    """An internet exchange point."""

    city: str = column("City.")
    country: str = column("Country, ISO 3166-1 alpha-2.")
    region_continent: Continent | None = column("Its region, which follows from the country.")
    media: str = column("What its LANs are made of, Ethernet nearly always.")
    proto_unicast: bool = column("Whether it carries unicast.")
    proto_multicast: bool = column("Whether it carries multicast.")
    proto_ipv6: bool = column("Whether it carries IPv6.")
    url_stats: str = column("Address of its traffic statistics.")
    tech_email: str = column("Technical e-mail address.")
    tech_phone: str = column("Technical phone number.")
    policy_email: str = column("E-mail address for policy.")
    policy_phone: str = column("Phone number for policy.")
    sales_email: str = column("E-mail address for sales.")
    sales_phone: str = column("Phone number for sales.")
    service_level: ServiceLevel | None = column("What service it gives.")
    terms: Terms | None = column("What it costs.")
    status_dashboard: str = column("Address of its status page.")
    ixf_net_count: int = column("How many networks its IX-F member list held when it was last imported; 0 also if it never was.")
    ixf_last_import: DateTime | None = column("When its IX-F member list was last imported.")
    ixf_import_request: DateTime | None = column("When an import was last requested.")
    ixf_import_request_status: str = column("What became of that.")
    net_count: int = column("How many networks have ports there; 0 if none.")
    fac_count: int = column("At how many facilities it is present; 0 at none.")

    organization: Any = relation("Who owns it.")
    peering_lans: Any = relation("Its peering LANs, one nearly always.")
    ports: Any = relation("The ports of all networks there.")
    facilities: Any = relation("Its presences at facilities.")


@record(PEERING_LAN)
class PeeringLan(Record):
    """An exchange's peering LAN."""

    name: str = column("Its name; empty nearly always.")
    descr: str = column("Its description.")
    mtu: int | None = column("Maximum transmission unit in bytes; null where unstated, also where PeeringDB has 0.")
    vlan: int | None = column("VLAN number; null where unstated, also where PeeringDB has 0.")
    dot1q_support: bool = column("Whether ports can carry 802.1Q tags.")
    rs_asn: ASN | None = column("ASN of its route servers; null without any, also where PeeringDB has 0.")
    arp_sponge: str = column("MAC address of its ARP sponge.")
    ixf_ixp_member_list_url: str | None = column("Address of its IX-F member list; null where you may not see it.")
    ixf_ixp_member_list_url_visible: Audience | None = column("Who may see that address.")
    ixf_ixp_import_enabled: bool = column("Whether ports are imported from that list.")

    exchange: Any = relation("The exchange it belongs to.")
    prefixes: Any = relation("Its address blocks.")
    ports: Any = relation("The ports at it.")


@record(PREFIX)
class Prefix(Record):
    """An address block of a peering LAN."""

    protocol: Protocol = column("Its address family.")
    prefix: IPPrefix = column("The block, as 198.51.100.0/24.")
    in_dfz: bool = column("Whether it is announced in the default-free zone.")
    notes: str = column("Notes.")

    peering_lan: Any = relation("The LAN it belongs to.")


ExchangeFilter = filter_for(Exchange)
ExchangeOrder = order_for(Exchange)
PeeringLanFilter = filter_for(PeeringLan)
PeeringLanOrder = order_for(PeeringLan)
PrefixFilter = filter_for(Prefix)
PrefixOrder = order_for(Prefix)
