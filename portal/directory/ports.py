"""ExchangePort (PeeringDB: netixlan): a key reads it that may read networks or exchanges."""

from portal.directory.description import RecordType, one
from portal.directory.exchanges import PEERING_LAN
from portal.directory.networks import NETWORK
from portal.models import ExchangePort
from portal.permissions import Permission

PORT = RecordType(
    tag="netixlan",
    model=ExchangePort,
    reads=frozenset({Permission.NETWORKS_READ, Permission.EXCHANGES_READ}),
    owner="network_id",
    parents={"network_id": NETWORK, "peering_lan_id": PEERING_LAN},
    relations={
        "network": one("net", "network_id"),
        "exchange": one("ix", "exchange_id"),
        "peering_lan": one("ixlan", "peering_lan_id"),
        "network_side_facility": one("fac", "net_side_id"),
        "exchange_side_facility": one("fac", "ix_side_id"),
    },
)
