"""New networks and exchanges wait for an operator: nobody becomes AS64500 by typing it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import require
from portal.audit import Event, Subject, record
from portal.db.session import lock, now
from portal.errors import Conflict, Invalid, NotFound
from portal.registry.description import RecordType
from portal.registry.indexes import uniques_of
from portal.registry.organizations import Organization
from portal.registry.records import LIVE, PENDING
from portal.registry.types import TYPES
from portal.registry.write.recount import recount_changed
from portal.registry.write.reveal import reveal
from portal.registry.write.taken import NewValues, taken_values
from portal.whole_numbers import LARGEST_ID, read_number

Waiting = Sequence[tuple[str, Any, str]]
APPROVED_TYPES = {tag: kind for tag, kind in TYPES.items() if kind.needs_approval}


def waiting(session: Session, principal: Principal) -> Waiting:
    """Returns (`net:20`, the record, its organization's name) of what waits for approval, the oldest first. For an operator."""
    require(principal, Permission.REGISTRY_OPERATE)
    records: list[tuple[str, Any, str]] = []
    for tag, kind in APPROVED_TYPES.items():
        model: Any = kind.model
        rows = select(model, Organization.name).join(Organization, Organization.id == model.organization_id).where(model.status == PENDING)
        records += [(f"{tag}:{row.id}", row, name) for row, name in session.execute(rows)]
    return sorted(records, key=lambda record: (record[1].created, record[0]))


def approve(session: Session, principal: Principal, text: str) -> Any:
    """Makes `net:20` or `ix:30` live, and what waits below it, and returns its row. For an operator.

    Raises Invalid for another form, NotFound, Conflict for what doesn't wait or whose organization is gone.
    """
    require(principal, Permission.REGISTRY_OPERATE)
    kind, identity = read_id(text)
    lock(session)
    row: Any = session.get(kind.model, identity)
    if row is None or row.status not in {LIVE, PENDING}:
        raise NotFound(f"There is no {text}.")
    if row.status == LIVE:
        raise Conflict(f"{row.name} is approved already.")
    if session.get_one(Organization, row.organization_id).status != LIVE:
        raise Conflict(f"The organization of {row.name} was deleted.")
    check_values(session, kind, row)
    row.status, row.updated = LIVE, now()
    session.flush()
    tags = {kind.tag} | approve_below(session, kind, frozenset({row.id}))
    version = lock(session)
    reveal(session.connection(), kind.tag, select(kind.table.c.id).where(kind.table.c.id == row.id), version)
    recount_changed(session.connection(), version, children=tags)
    subject = Subject.of_record(kind.tag, row.id, row.name)
    record(session, principal, Event.RECORD_APPROVED, organization_id=row.organization_id, subject=subject)
    session.flush()
    return row


def read_id(text: str) -> tuple[RecordType, int]:
    tag, _, identity = text.partition(":")
    number = read_number(identity, LARGEST_ID)
    if tag not in APPROVED_TYPES or number is None:
        raise Invalid(f"Name what to approve as {' or '.join(f'{tag}:ID' for tag in APPROVED_TYPES)}.")
    return APPROVED_TYPES[tag], number


def check_values(session: Session, kind: RecordType, row: Any) -> None:
    """Raises Conflict for an ASN that another network has got meanwhile."""
    values = {name: getattr(row, name) for unique in uniques_of(kind.table) if unique.reserved for name in unique.columns}
    for problem in taken_values(session, kind, [NewValues(values, row)]):
        raise Conflict(f"{row.name} can't be approved: {problem.message} Refuse it.")


def approve_below(session: Session, parent: RecordType, ids: frozenset[int]) -> set[str]:
    """Makes the pending rows below live, each once all its parents are: a port waits for both its network and its exchange's LAN.

    Returns the tags of the types that it looked at.
    """
    tags: set[str] = set()
    for kind in TYPES.values():
        for column, above in kind.parents.items():
            if above is not parent:
                continue
            model: Any = kind.model
            tags.add(kind.tag)
            others = [
                getattr(model, name).in_(select(other.table.c.id).where(other.table.c.status == LIVE))
                for name, other in kind.parents.items()
                if name != column
            ]
            rows = session.scalars(select(model).where(getattr(model, column).in_(ids), model.status == PENDING, *others)).all()
            for row in rows:
                row.status, row.updated = LIVE, now()
            session.flush()
            live = session.scalars(select(model.id).where(getattr(model, column).in_(ids), model.status == LIVE)).all()
            if live:
                tags |= approve_below(session, kind, frozenset(live))
    return tags
