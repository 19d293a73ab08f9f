"""New networks and exchanges wait for an operator: nobody becomes AS64500 by typing it."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import require
from portal.audit import Event, record
from portal.db.session import lock, now
from portal.errors import Conflict, Invalid, NotFound
from portal.registry.contacts import Contact
from portal.registry.exchanges import Exchange, PeeringLan, Prefix
from portal.registry.facilities import ExchangeFacility, NetworkFacility
from portal.registry.networks import Network
from portal.registry.organizations import Organization
from portal.registry.ports import ExchangePort
from portal.registry.record import LIVE, PENDING
from portal.registry.write.recount import recount
from portal.registry.write.reveal import reveal

Waiting = Sequence[tuple[str, Network | Exchange, str]]
WAITING: dict[str, Any] = {"net": Network, "ix": Exchange}


def waiting(session: Session, principal: Principal) -> Waiting:
    """(`net:20`, the record, its organization's name) of what waits for approval, the oldest first. For an operator."""
    require(principal, Permission.REGISTRY_OPERATE)
    found: list[tuple[str, Network | Exchange, str]] = []
    for tag, model in WAITING.items():
        rows = select(model, Organization.name).join(Organization, Organization.id == model.organization_id).where(model.status == PENDING)
        found += [(f"{tag}:{row.id}", row, name) for row, name in session.execute(rows)]
    return sorted(found, key=lambda one: (one[1].created, one[0]))


def approve(session: Session, principal: Principal, text: str) -> Network | Exchange:
    """Makes `net:20` or `ix:30` live, and what waits with it. For an operator.

    Raises Invalid for another form, NotFound, Conflict for what doesn't wait or whose organization is gone.
    """
    require(principal, Permission.REGISTRY_OPERATE)
    tag, _, identity = text.partition(":")
    if tag not in WAITING or not (identity.isdecimal() and identity.isascii()):
        raise Invalid("Name what to approve as net:ID or ix:ID.")
    lock(session)
    row: Network | Exchange | None = session.get(WAITING[tag], int(identity))
    if row is None or row.status not in {LIVE, PENDING}:
        raise NotFound(f"There is no {text}.")
    if row.status == LIVE:
        raise Conflict(f"{row.name} is approved already.")
    if session.get_one(Organization, row.organization_id).status != LIVE:
        raise Conflict(f"The organization of {row.name} was deleted.")
    at = now()
    row.status, row.updated = LIVE, at
    session.flush()
    for child in children(session, row):
        child.status, child.updated = LIVE, at
    session.flush()
    version, model = lock(session), WAITING[tag]
    reveal(session.connection(), tag, select(model.id).where(model.id == row.id), version)
    recount(session.connection(), version)
    record(session, principal, Event.RECORD_APPROVED, organization_id=row.organization_id, subject=(tag, identity, row.name))
    session.flush()
    return row


def children(session: Session, row: Network | Exchange) -> Iterator[Any]:
    """What waits with it; a port only where both its network and its exchange are live now."""
    ports = (
        select(ExchangePort)
        .join(Network, Network.id == ExchangePort.network_id)
        .join(Exchange, Exchange.id == ExchangePort.exchange_id)
        .where(Network.status == LIVE, Exchange.status == LIVE)
    )
    own: tuple[tuple[Any, Any], ...]
    if isinstance(row, Network):
        own = (Contact, Contact.network_id), (NetworkFacility, NetworkFacility.network_id)
        ports = ports.where(ExchangePort.network_id == row.id)
    else:
        own = (PeeringLan, PeeringLan.exchange_id), (ExchangeFacility, ExchangeFacility.exchange_id)
        ports = ports.where(ExchangePort.exchange_id == row.id)
        lans = select(PeeringLan.id).where(PeeringLan.exchange_id == row.id)
        yield from session.scalars(select(Prefix).where(Prefix.peering_lan_id.in_(lans), Prefix.status == PENDING))
    for model, parent in own:
        yield from session.scalars(select(model).where(parent == row.id, model.status == PENDING))
    yield from session.scalars(ports.where(ExchangePort.status == PENDING))
