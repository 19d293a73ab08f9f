"""A port belongs to two: its network's organization writes it, and its exchange's may say that it doesn't work."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.audit import Event
from portal.errors import Forbidden
from portal.registry.exchanges import EXCHANGE
from portal.registry.networks import NETWORK
from portal.registry.organizations import Organization
from portal.registry.ports import PORT
from portal.registry.records import FROM_IMPORT
from portal.registry.rules.problem import FOLLOWS_IMPORT, Problem, Rejected
from portal.registry.write.act import Written, begin_at, check_version
from portal.registry.write.consent.both_sides import end_for_both
from portal.registry.write.consent.people_told import tell_editors
from portal.registry.write.names import name_of
from portal.registry.write.place import Place, find_row
from portal.registry.write.update import store

SWITCHED_OFF = {"operational": False}


def speaks_for_exchange(session: Session, principal: Principal, port_id: int) -> bool:
    """Whether the caller may update the port's exchange and not its network."""
    network, exchange = places_of(session, find_row(session, PORT, port_id))
    is_networks = principal.may(Permission.NETWORKS_UPDATE, network.organization_id, network.object_id)
    return not is_networks and principal.may(Permission.EXCHANGES_UPDATE, exchange.organization_id, exchange.object_id)


def switch_off_port(
    session: Session, principal: Principal, port_id: int, given: Mapping[str, Any], if_version: int | None = None
) -> Written:
    """Sets `operational` to false, which is all that the exchange's organization may give, and returns the port.

    Both organizations have it in their history, and are told. Raises NotFound, Forbidden, and Rejected for a port that follows the import.
    """

    def locate() -> Place:
        return places_of(session, find_row(session, PORT, port_id))[1]

    begin_at(session, principal, Permission.EXCHANGES_UPDATE, f"{PORT.tag}:{port_id}", locate)
    row = find_row(session, PORT, port_id)
    network, exchange = places_of(session, row)
    if dict(given) != SWITCHED_OFF:
        text = (
            f"This port is {name_of(NETWORK, network.row)}'s. Its exchange's organization can set operational to false, and nothing else."
        )
        raise Forbidden(text, required=[Permission.NETWORKS_UPDATE])
    check_port_source(row, network)
    check_version(row, if_version)
    if not row.operational:
        return Written(row)
    store(row, SWITCHED_OFF)
    session.flush()
    fields = {"operational": (True, False)}
    written = end_for_both(session, principal, Event.RECORD_UPDATED, PORT, row, fields, network, exchange)
    tell_both(session, row, network, exchange)
    return written


def places_of(session: Session, port: Any) -> tuple[Place, Place]:
    """Returns those of its network and of its exchange."""
    return Place(NETWORK, find_row(session, NETWORK, port.network_id)), Place(EXCHANGE, find_row(session, EXCHANGE, port.exchange_id))


def check_port_source(port: Any, network: Place) -> None:
    if port.source == FROM_IMPORT:
        name = name_of(NETWORK, network.row)
        text = f"{name} follows the import, which would overwrite this, so nothing was written. Ask {name} to change it at PeeringDB."
        raise Rejected([Problem(text, ("operational",), FOLLOWS_IMPORT)])


def tell_both(session: Session, port: Any, network: Place, exchange: Place) -> None:
    owner = session.get_one(Organization, exchange.organization_id).name
    name, address, where = name_of(NETWORK, network.row), name_of(PORT, port), exchange.row.name
    text = (
        f"{owner} has set the port {address} of {name} at {where} to not operational.\n\n"
        f"Anyone who asks for peers of {name} no longer gets this port. If it works, an editor of the network's organization can set it "
        "to operational again.\n"
    )
    for organization_id in sorted({network.organization_id, exchange.organization_id}):
        event, about = f"port.switched_off {port.version}", f"{PORT.tag}:{port.id}"
        tell_editors(session, organization_id, event, about, f"Port {address} of {name} at {where} is not operational", text)
