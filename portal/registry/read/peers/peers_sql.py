"""Who meets whom: the selects of peers. Two ports meet on the same LAN with a shared address family, both live and operational.

They read ports from `ix_exchange_port_meetings` alone: a large network's LANs have tens of thousands.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, FromClause, Select, and_, bindparam, func, not_, or_, select, true

from portal.access.visibility import Visibility
from portal.db.sql import among
from portal.registry.contacts import CONTACT
from portal.registry.networks import NETWORK
from portal.registry.ports import PORT
from portal.registry.read.filters import Shape, condition
from portal.registry.read.visible import LIVE, visible

Port = tuple[Any, ...]  # network, LAN, port, has IPv4, has IPv6


@dataclass(frozen=True)
class Chosen:
    """Which networks: conditions on them and on one of their contacts.

    `not_at`: none at the exchanges bound under this name. `excluded`: none whose own ASN, or a port's, is among those bound so.
    """

    network: Shape = ()
    contact: Shape = ()
    not_at: bool = False
    excluded: bool = False
    relation_levels: int = 0

    @property
    def is_plain(self) -> bool:
        """Whether a network's own columns tell."""
        return not (self.contact or self.not_at or self.excluded or self.relation_levels)


def our_ports(visibility: Visibility) -> Select[Any]:
    """(exchange, network, LAN, port, has IPv4, has IPv6) of the ports that can meet others, of the network bound as `us`."""
    ports = PORT.table.alias("ours")
    ours = ports.c.network_id == bindparam("us", type_=BigInteger())
    return select(ports.c.exchange_id, *port_columns(ports)).where(ours, can_meet(visibility, ports)).order_by(ports.c.id)


def live_ports(_: Visibility) -> Select[Any]:
    """How many live ports there are at the LANs bound as `lans`."""
    ports = PORT.table.alias("theirs")
    return select(func.count()).select_from(ports).where(among(ports.c.peering_lan_id, "lans"), ports.c.status == LIVE)


def meetings(visibility: Visibility, with_speed: bool) -> Select[Any]:
    """(network, LAN) of others' ports that meet ours, each pair once."""
    ports = PORT.table.alias("theirs")
    return select(ports.c.network_id, ports.c.peering_lan_id).distinct().where(meets_ours(visibility, ports, with_speed))


def their_ports(visibility: Visibility, with_speed: bool, of_few: bool) -> Select[Any]:
    """The ports that meet ours of the networks bound as `networks`; the places of few networks are looked up in the index."""
    ports = PORT.table.alias("theirs")
    network: ColumnElement[int] = ports.c.network_id if of_few else ports.c.network_id + 0  # which no index serves
    return select(*port_columns(ports)).where(among(network, "networks"), meets_ours(visibility, ports, with_speed))


def chosen_networks(visibility: Visibility, chosen: Chosen) -> Select[Any]:
    """(id) of those of the networks bound as `networks` that are chosen."""
    networks = NETWORK.table.alias("network")
    return select(networks.c.id).where(among(networks.c.id, "networks"), is_chosen(visibility, chosen, networks))


def port_columns(ports: FromClause) -> list[ColumnElement[Any]]:
    families = [ports.c.ipaddr4_bytes.is_not(None), ports.c.ipaddr6_bytes.is_not(None)]
    return [ports.c.network_id, ports.c.peering_lan_id, ports.c.id, *families]


def can_meet(visibility: Visibility, ports: FromClause) -> ColumnElement[bool]:
    """The ports over which a session can be set up at all."""
    return and_(visible(visibility, PORT, ports), ports.c.status == LIVE, ports.c.operational.is_(True))


def meets_ours(visibility: Visibility, ports: FromClause, with_speed: bool) -> ColumnElement[bool]:
    """Others' ports at our LANs, bound as `lans`; at some of these ours have no IPv4, bound as `without4`, or no IPv6, as `without6`."""
    lan = ports.c.peering_lan_id
    over4 = and_(ports.c.ipaddr4_bytes.is_not(None), not_(among(lan, "without4")))
    over6 = and_(ports.c.ipaddr6_bytes.is_not(None), not_(among(lan, "without6")))
    others = ports.c.network_id != bindparam("us", type_=BigInteger())
    fast = ports.c.speed + 0 >= bindparam("min_speed", type_=BigInteger()) if with_speed else true()  # which no other index serves
    return and_(among(lan, "lans"), or_(over4, over6), others, fast, can_meet(visibility, ports))


def is_chosen(visibility: Visibility, chosen: Chosen, networks: FromClause) -> ColumnElement[bool]:
    conditions = [visible(visibility, NETWORK, networks), condition(NETWORK, chosen.network, networks, visibility)]
    if chosen.contact:
        contacts = CONTACT.table.alias("contact")
        fitting = and_(visible(visibility, CONTACT, contacts, come_from="network_id"), condition(CONTACT, chosen.contact, contacts))
        conditions.append(networks.c.id.in_(select(contacts.c.network_id).where(fitting)))
    if chosen.not_at:
        conditions.append(networks.c.id.not_in(networks_with_port(visibility, "exchange_id", "not_at")))
    if chosen.excluded:
        conditions += [not_(among(networks.c.asn, "excluded")), networks.c.id.not_in(networks_with_port(visibility, "asn", "excluded"))]
    return and_(true(), *conditions)


def networks_with_port(visibility: Visibility, column: str, name: str) -> Select[Any]:
    """The ids of networks with a live port whose column is among the values bound under the name."""
    ports = PORT.table.alias("elsewhere")
    return select(ports.c.network_id).where(among(ports.c[column], name), ports.c.status == LIVE, visible(visibility, PORT, ports))
