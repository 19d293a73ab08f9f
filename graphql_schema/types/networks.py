"""Network."""

from typing import Any

from graphql_schema.schema.fields import column, record, relation
from graphql_schema.schema.irr_as_set import IrrAsSet, read_irr_as_sets
from graphql_schema.schema.lookups import filter_for
from graphql_schema.schema.orders import order_for
from graphql_schema.schema.scalars import ASN, DateTime
from graphql_schema.types.records import Named
from portal.access.permissions import Permission
from portal.registry.choices import GeographicScope, NetworkType, Policy, PolicyContracts, PolicyLocations, Ratio, Traffic
from portal.registry.networks import NETWORK

PREFIXES = (
    "Recommended maximum of {} prefixes to configure on a session. Null is unstated, never no limit; 0 means that it announces none, but "
    "many records have 0 because nothing was stated."
)


@record(NETWORK)
class Network(Named):
    """An autonomous system, found by its ASN."""

    asn: ASN = column("Its autonomous system number.")
    looking_glass: str = column("Address of its looking glass.")
    route_server: str = column("Address of its route server.")
    irr_as_set: str = column(
        "Its AS-SETs in internet routing registries, as it wrote them: one or several, with blanks or commas between them, each as AS-NAME "
        "or SOURCE::AS-NAME; often without a source, and empty where it names none. irrAsSets has them one by one."
    )
    irr_as_sets: list[IrrAsSet] = column(
        "The sets that irrAsSet names, in its order. Words in it that can't be a set's name are left out.",
        "irr_as_set",
        entries=read_irr_as_sets,
    )
    info_type: NetworkType | None = column("The one type that older PeeringDB knew; infoTypes says more.")
    info_types: list[NetworkType] = column(
        "What the network is for: infoType alone where it states no more, and empty where it states none."
    )
    info_prefixes4: int | None = column(PREFIXES.format("IPv4"))
    info_prefixes6: int | None = column(PREFIXES.format("IPv6"))
    info_traffic: Traffic | None = column(
        "Its traffic, as a band of bits per second. An older band without an upper end is the one that begins where it does."
    )
    info_ratio: Ratio | None = column("The balance of its traffic.")
    info_scope: GeographicScope | None = column("Where it is.")
    info_unicast: bool = column("Whether it carries unicast.")
    info_multicast: bool = column("Whether it carries multicast.")
    info_ipv6: bool = column("Whether it carries IPv6.")
    info_never_via_route_servers: bool = column("Whether its routes must never be learned from route servers.")
    policy_url: str = column("Address of its peering policy.")
    policy_general: Policy | None = column("Its general peering policy.")
    policy_locations: PolicyLocations | None = column("Whether it wants to peer in several locations.")
    policy_ratio: bool = column("Whether it requires a ratio of traffic.")
    policy_contracts: PolicyContracts | None = column("Whether it requires a contract.")
    notes_private: str | None = column("Notes for its own organization; null for everyone else.", scope=Permission.NETWORKS_READ_PRIVATE)
    allow_ixp_update: bool = column("Whether exchanges may update its ports from their member lists.")
    ixp_update_exclude: list[str] = column("What of its ports such an update leaves alone, as speed.")
    status_dashboard: str = column("Address of its status page.")
    rir_status: str = column("What its regional internet registry says of the ASN.")
    rir_status_updated: DateTime | None = column("When that last changed.")
    ix_count: int = column("At how many exchanges it has ports; 0 at none.")
    fac_count: int = column("At how many facilities it is present; 0 at none.")
    netixlan_updated: DateTime | None = column("When its ports last changed.")
    netfac_updated: DateTime | None = column("When its facilities last changed.")
    poc_updated: DateTime | None = column("When its public contacts last changed.")

    organization: Any = relation("Who owns it.")
    contacts: Any = relation("Whom to write to, as far as you may see them.")
    ports: Any = relation("Its ports at exchanges.")
    facilities: Any = relation("Its presences at facilities.")


NetworkFilter = filter_for(Network)
NetworkOrder = order_for(Network)
