"""Rules of contacts."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from portal.registry.choices import ContactRole
from portal.registry.contact_visibility import PRIVATE
from portal.registry.contacts import Contact
from portal.registry.ports import ExchangePort
from portal.registry.records import DELETED, LIVE
from portal.registry.rules.problem import IN_USE, Problem
from portal.registry.rules.rule import Rule, read_once, rule

OPERATIONAL_ROLES = tuple(role.value for role in (ContactRole.TECHNICAL, ContactRole.NOC, ContactRole.POLICY))

OPERATIONAL_COLUMNS = ("status", "role", "visible", "email")


@rule("email", "phone")
def can_be_reached(_session: Session, contact: Any) -> Iterator[Problem]:
    if contact.status != DELETED and not (contact.email or contact.phone):
        yield Problem("A contact needs an e-mail address or a phone number. Give one of them.", ("email",))


def last_one_stays(session: Session, contact: Any, former: Mapping[str, Any]) -> Iterator[Problem]:
    """A network with ports keeps a technical contact whom its peers can write to. Many that were imported have none to lose."""
    if not is_operational(**{column: former.get(column, getattr(contact, column)) for column in OPERATIONAL_COLUMNS}):
        return
    if has_ports(session, contact.network_id) and not has_operational_contact(session, contact.network_id):
        yield Problem(
            "The network has ports, so it must keep a Technical, NOC or Policy contact with an e-mail address that is Public or for Users. "
            "Add another one first.",
            ("role",),
            IN_USE,
        )


def has_ports(session: Session, network_id: int) -> bool:
    ports = select(ExchangePort.id).where(ExchangePort.network_id == network_id, ExchangePort.status == LIVE)
    return read_once(session, ("ports", network_id), lambda: bool(session.scalar(select(exists(ports)))))


def is_operational(status: str, role: str, visible: str, email: str) -> bool:
    return status != DELETED and role in OPERATIONAL_ROLES and visible != PRIVATE and bool(email)


def has_operational_contact(session: Session, network_id: int) -> bool:
    contacts = select(Contact.id).where(
        Contact.network_id == network_id,
        Contact.status != DELETED,
        Contact.role.in_(OPERATIONAL_ROLES),
        Contact.visible != PRIVATE,
        Contact.email != "",
    )
    return read_once(session, ("contact", network_id), lambda: bool(session.scalar(select(exists(contacts)))))


CONTACT_RULES = (can_be_reached, Rule(frozenset(OPERATIONAL_COLUMNS), former=last_one_stays))
