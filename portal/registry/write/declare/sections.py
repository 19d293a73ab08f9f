"""The sections of a network's declaration: which records they speak of, and how an entry names one: as engineers do, not by id."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.visibility import bound_values, visibility_of
from portal.errors import Forbidden
from portal.registry.contacts import CONTACT
from portal.registry.description import RecordType
from portal.registry.facilities import NETWORK_FACILITY
from portal.registry.ports import PORT
from portal.registry.read.visible import visible
from portal.registry.records import DELETED
from portal.registry.write.declare.facility_names import complete_presence
from portal.registry.write.declare.port_addresses import complete_port, locate_port

Entry = Mapping[str, Any]
CONTACT_READS = (Permission.CONTACTS_READ, Permission.CONTACTS_READ_PRIVATE)


@dataclass(frozen=True)
class Section:
    """`complete(session, entry)` returns the entry's columns, with the references that it means. Raises Rejected.

    `identify(values, stored)` returns the stored rows that the entry may mean, and `locate(session, values, row)` completes the values by
    what that tells. Raises Rejected.
    """

    name: str
    kind: RecordType
    complete: Callable[[Session, Entry], dict[str, Any]]
    identify: Callable[[Entry, Sequence[Any]], list[Any]]
    locate: Callable[[Session, Entry, Any], dict[str, Any]] = lambda _session, values, _row: dict(values)


def port_of(values: Entry, stored: Sequence[Any]) -> list[Any]:
    """By IPv4 address, else by IPv6 address: so that two ports can swap the latter."""
    for column in ("ipaddr4", "ipaddr6"):
        address = values.get(column)
        rows = [row for row in stored if address is not None and getattr(row, column) == address]
        if rows:
            return rows
    return []


def presence_of(values: Entry, stored: Sequence[Any]) -> list[Any]:
    return [row for row in stored if row.facility_id == values.get("facility_id")]


def contact_of(values: Entry, stored: Sequence[Any]) -> list[Any]:
    """By role and e-mail address; without one by role and phone number."""
    column = "email" if values.get("email") else "phone"
    identity = (values.get("role"), str(values.get(column) or "").casefold())
    return [row for row in stored if (row.role, getattr(row, column).casefold()) == identity]


def complete_contact(_session: Session, entry: Entry) -> dict[str, Any]:
    """Returns the entry with its role as it is stored. Raises Invalid."""
    return {**entry, "role": CONTACT.editable["role"].clean(entry.get("role"), ignore)}


def ignore(_warning: str) -> None:
    """The warning comes again when the value is cleaned."""


SECTIONS = (
    Section("ports", PORT, complete_port, port_of, locate_port),
    Section("facilities", NETWORK_FACILITY, complete_presence, presence_of),
    Section("contacts", CONTACT, complete_contact, contact_of),
)


def stored_rows(session: Session, principal: Principal, section: Section, network_id: int) -> list[Any]:
    """Returns the network's records of a section that the principal may see: it speaks of no others, so that none of them is deleted.

    Raises Forbidden for who may see no contacts at all.
    """
    kind = section.kind
    visibility = visibility_of(principal)
    if not visibility.covers(kind.reads):
        raise Forbidden("To declare contacts you must be able to read them.", section.name, required=[CONTACT_READS[0]])
    rows = kind.table
    ids = select(rows.c.id).where(rows.c.network_id == network_id, visible(visibility, kind, rows, come_from="network_id"))
    numbers = session.scalars(ids, dict(bound_values(principal))).all()
    model: Any = kind.model
    return list(session.scalars(select(model).where(model.id.in_(numbers), model.status != DELETED).order_by(model.id)))
