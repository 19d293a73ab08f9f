"""Whether what a question names is there: ASNs and exchanges that are its arguments, looked up before anything else runs.

What the caller may not see is as if it weren't there.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, select

from portal.access.visibility import Visibility
from portal.db.sql import among
from portal.errors import NotFound
from portal.registry.exchanges import EXCHANGE
from portal.registry.networks import NETWORK
from portal.registry.ports import PORT
from portal.registry.read.statements import Reader
from portal.registry.read.visible import visible


def find_networks(reader: Reader, asns: Sequence[int], field: str) -> dict[int, int]:
    """Returns ASN → id of the network with it, or else of the network whose port has it. Raises NotFound."""
    networks: dict[int, int] = dict(reader.rows(networks_with, asns=asns))
    missing = [asn for asn in asns if asn not in networks]
    if missing:
        networks |= dict(reader.rows(networks_of_ports, asns=missing))
    unknown = [asn for asn in missing if asn not in networks]
    if unknown:
        names = ", ".join(f"AS{asn}" for asn in unknown)
        raise NotFound(f"No network here has {names}. Check the number.", field)
    return networks


def networks_with(visibility: Visibility) -> Select[Any]:
    """(ASN, id) of the networks with the ASNs bound as `asns`. Who may read what a network has needs no scope to name it."""
    networks, anyone = NETWORK.table.alias("network"), replace(visibility, reads=visibility.reads | NETWORK.reads)
    return select(networks.c.asn, networks.c.id).where(among(networks.c.asn, "asns"), visible(anyone, NETWORK, networks))


def networks_of_ports(visibility: Visibility) -> Select[Any]:
    """(ASN, network's id) of the ports with the ASNs bound as `asns`; the lowest network comes last."""
    ports = PORT.table.alias("port")
    statement = select(ports.c.asn, ports.c.network_id).where(among(ports.c.asn, "asns"), visible(visibility, PORT, ports))
    return statement.order_by(ports.c.network_id.desc())


def check_exchanges(reader: Reader, exchanges: Collection[int], field: str) -> None:
    """Raises NotFound for an id that no exchange has."""
    numbers = sorted(set(exchanges))
    existing = {number for (number,) in reader.rows(exchanges_with, exchanges=numbers)} if numbers else set()
    unknown = [f"ix:{number}" for number in numbers if number not in existing]
    if unknown:
        raise NotFound(f"No exchange here has the id {', '.join(unknown)}. Check it.", field)


def exchanges_with(visibility: Visibility) -> Select[Any]:
    """(id) of the exchanges among those bound as `exchanges`. Likewise."""
    rows, anyone = EXCHANGE.table.alias("exchange"), replace(visibility, reads=visibility.reads | EXCHANGE.reads)
    return select(rows.c.id).where(among(rows.c.id, "exchanges"), visible(anyone, EXCHANGE, rows))
