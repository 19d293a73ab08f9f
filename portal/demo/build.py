"""Builds the demo registry in the caller's transaction."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import require
from portal.accounts import make_password
from portal.audit import Event, Subject, record
from portal.db.session import lock, settings_of
from portal.demo.builder import Builder, Row, read
from portal.demo.history import act_at
from portal.demo.keys import LATER_ACTS, issue_key
from portal.demo.people import ADMIN, join, leave
from portal.demo.records import add_records
from portal.errors import Conflict, Invalid
from portal.models import Mail, NotifyAddress
from portal.registry.organizations import Organization
from portal.registry.types import RECORDS
from portal.registry.write.recount import recount

Act = tuple[datetime, Callable[[datetime], None]]


@dataclass(frozen=True)
class DemoAdmin:
    """Who can sign in to the demo; the password is nowhere else."""

    email: str
    password: str = field(repr=False)


def has_organizations(session: Session) -> bool:
    return session.scalar(select(Organization.id).limit(1)) is not None


def build(session: Session, principal: Principal) -> DemoAdmin:
    """Fills an empty registry. Raises Invalid where documentation's ASNs and addresses aren't admitted, Conflict where records are."""
    require(principal, Permission.REGISTRY_OPERATE)
    if not settings_of(session).allow_documentation:
        raise Invalid("The demo uses documentation's ASNs and addresses. Set PORTAL_ALLOW_DOCUMENTATION=1 to admit them.")
    lock(session)
    if has_organizations(session):
        raise Conflict("This registry isn't empty. Name another data folder in PORTAL_DATA for the demo.")
    builder, password = Builder(session), make_password()
    add_records(builder)
    recount(session.connection(), lock(session))
    for at, act in sorted(past_of(builder, password), key=lambda dated_act: dated_act[0]):
        act_at(session, at, act)
    discard_mails(session)
    counts = {tag: session.scalar(select(func.count()).select_from(model)) for tag, model in RECORDS.items()}
    record(
        session,
        principal,
        Event.REGISTRY_DEMO_BUILT,
        organization_id=None,
        subject=Subject.of_registry("Demo registry", "demo"),
        details=counts,
    )
    session.flush()
    return DemoAdmin(ADMIN, password)


def discard_mails(session: Session) -> None:
    """Removes the mails about an invented past, which no one should read, and confirms its notify addresses."""
    session.flush()
    session.execute(delete(Mail))
    session.execute(update(NotifyAddress).values(confirmed_at=NotifyAddress.created))


def past_of(builder: Builder, password: str) -> list[Act]:
    """What people did, in any order."""
    acts: list[Act] = []
    for row in read("people")["person"]:
        chosen = password if row["email"] == ADMIN else make_password()
        acts.append((builder.days_ago(row["joined"]), partial(join, builder, row, chosen)))
        if "left" in row:
            acts.append((builder.days_ago(row["left"]), partial(leave, builder, row)))
    for row in read("keys")["key"]:
        acts += past_of_key(builder, row)
    return acts


def past_of_key(builder: Builder, row: Row) -> list[Act]:
    issued = (builder.days_ago(row["issued"]), partial(issue_key, builder, row))
    return [issued, *((builder.days_ago(row[name]), partial(act, builder, row)) for name, act in LATER_ACTS.items() if name in row)]
