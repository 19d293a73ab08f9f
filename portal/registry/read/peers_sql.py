"""Who meets whom: the selects of `peers.py`. Two ports meet on the same LAN with a shared address family, both live and operational."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    distinct,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
    type_coerce,
)

from portal.access.visibility import Visibility
from portal.db.sql import among
from portal.registry.contacts import CONTACT
from portal.registry.networks import NETWORK
from portal.registry.ports import PORT
from portal.registry.read.filters import Shape, condition
from portal.registry.read.selects import LIMIT
from portal.registry.read.visible import LIVE, visible


@dataclass(frozen=True)
class Chosen:
    """Which networks: conditions on their columns, contacts and types (wanted or not, names of what is bound).

    `not_at`: networks at the exchanges bound under this name are none.
    """

    network: Shape = ()
    types: tuple[tuple[bool, tuple[tuple[str, ...], str]], ...] = ()
    contact: Shape = ()
    not_at: bool = False


def our_ports(visibility: Visibility) -> Select[Any]:
    """(network, exchange, LAN, port, has IPv4, has IPv6) of the ports that can meet others, of the network with the ASN bound as `asn`."""
    ports, networks = PORT.table.alias("ours"), NETWORK.table.alias("us")
    mine = and_(networks.c.asn == bindparam("asn", type_=BigInteger()), visible(visibility, NETWORK, networks))
    joined = ports.join(networks, networks.c.id == ports.c.network_id)
    return select(*placed(ports)).select_from(joined).where(mine, meets(visibility, ports))


def their_ports(visibility: Visibility) -> Select[Any]:
    """The same of the ports that meet ours, of the networks bound as `page`."""
    ports = PORT.table.alias("theirs")
    return select(*placed(ports)).where(among(ports.c.network_id, "page"), meets_ours(visibility, ports))


def ranked(visibility: Visibility, chosen: Chosen, goes_on: bool) -> Select[Any]:
    """(shared LANs, network), most first; `goes_on` after the place bound as `after_shared` and `after_id`."""
    ports, networks = PORT.table.alias("theirs"), NETWORK.table.alias("network")
    network, shared = ports.c.network_id, func.count(distinct(ports.c.peering_lan_id))
    statement = select(shared, network).select_from(ports.join(networks, networks.c.id == network)).group_by(network)
    if goes_on:
        place: ColumnElement[int] = bindparam("after_shared", type_=Integer())
        statement = statement.having(or_(shared < place, and_(shared == place, network > bindparam("after_id", type_=BigInteger()))))
    return (
        statement.where(meets_ours(visibility, ports), is_chosen(visibility, chosen, networks))
        .order_by(shared.desc(), network)
        .limit(LIMIT)
    )


def counted(visibility: Visibility, chosen: Chosen) -> Select[Any]:
    """How many networks there are in all."""
    ports, networks = PORT.table.alias("theirs"), NETWORK.table.alias("network")
    joined = ports.join(networks, networks.c.id == ports.c.network_id)
    statement = select(func.count(distinct(ports.c.network_id))).select_from(joined)
    return statement.where(meets_ours(visibility, ports), is_chosen(visibility, chosen, networks))


def placed(ports: FromClause) -> list[ColumnElement[Any]]:
    families = [ports.c.ipaddr4.is_not(None), ports.c.ipaddr6.is_not(None)]
    return [ports.c.network_id, ports.c.exchange_id, ports.c.peering_lan_id, ports.c.id, *families]


def meets(visibility: Visibility, ports: FromClause) -> ColumnElement[bool]:
    """The ports over which a session can be set up at all."""
    return and_(visible(visibility, PORT, ports), ports.c.status == LIVE, ports.c.operational.is_(True))


def meets_ours(visibility: Visibility, ports: FromClause) -> ColumnElement[bool]:
    """Others' ports at our LANs, bound as `lans`, or by family as `lans4` and `lans6`."""
    lan = ports.c.peering_lan_id
    over4 = and_(ports.c.ipaddr4.is_not(None), among(lan, "lans4"))
    over6 = and_(ports.c.ipaddr6.is_not(None), among(lan, "lans6"))
    others = ports.c.network_id != bindparam("us", type_=BigInteger())
    fast = ports.c.speed >= bindparam("min_speed", type_=BigInteger())
    return and_(among(lan, "lans"), or_(over4, over6), others, fast, meets(visibility, ports))


def is_chosen(visibility: Visibility, chosen: Chosen, networks: FromClause) -> ColumnElement[bool]:
    conditions = [visible(visibility, NETWORK, networks), condition(NETWORK, chosen.network, networks)]
    conditions += [has_type(networks, *bound) if included else not_(has_type(networks, *bound)) for included, bound in chosen.types]
    if chosen.contact:
        contacts = CONTACT.table.alias("contact")
        fitting = and_(visible(visibility, CONTACT, contacts, come_from="network_id"), condition(CONTACT, chosen.contact, contacts))
        conditions.append(networks.c.id.in_(select(contacts.c.network_id).where(fitting)))
    if chosen.not_at:
        elsewhere = PORT.table.alias("elsewhere")
        is_there = and_(among(elsewhere.c.exchange_id, "not_at"), elsewhere.c.status == LIVE, visible(visibility, PORT, elsewhere))
        conditions.append(networks.c.id.not_in(select(elsewhere.c.network_id).where(is_there)))
    return and_(true(), *conditions)


def has_type(networks: FromClause, patterns: tuple[str, ...], legacy: str) -> ColumnElement[bool]:
    """One of the bound patterns is in its list of types, or, where that is empty, its older single type is among the bound ones."""
    stored: ColumnElement[str] = type_coerce(networks.c.info_types, String())
    listed: list[ColumnElement[bool]] = [stored.like(bindparam(name, type_=String())) for name in patterns]
    return or_(*listed, and_(stored == literal_column("'[]'"), among(networks.c.info_type, legacy, texts=True)))
