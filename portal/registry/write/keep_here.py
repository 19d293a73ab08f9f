"""Takes a record over from the import: from then on its organization keeps it here, with its children, and an import leaves it alone."""

from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from portal.access.permissions import Permission
from portal.access.principal import Kind, Principal
from portal.access.require import require
from portal.audit import Event
from portal.db.session import lock
from portal.errors import Invalid
from portal.registry.description import RecordType
from portal.registry.organizations import ORGANIZATION
from portal.registry.records import KEPT_HERE
from portal.registry.types import TYPES
from portal.registry.write.act import Written, begin_at, end_act
from portal.registry.write.place import Place, find_row, permission_for
from portal.registry.write.record_history import RowChange


def keep_here(session: Session, principal: Principal, kind: RecordType, record_id: int) -> Written:
    """Returns the record, for whoever may update it, or an operator. What is kept here already changes nothing.

    Raises NotFound, Forbidden, and Invalid for a type that goes with what it belongs to.
    """
    place = begin_as_owner_or_operator(session, principal, kind, record_id)
    row = place.row
    if row.source == KEPT_HERE:
        return Written(row)
    change = RowChange(kind, row, place, {"source": (row.source, KEPT_HERE)})
    row.source = KEPT_HERE
    session.flush()
    set_source_below(session, kind, select(kind.table.c.id).where(kind.table.c.id == row.id), KEPT_HERE)
    end_act(session, principal, Event.RECORD_KEPT, [change], place)
    return Written(row, changes=[change])


def check_is_object(kind: RecordType) -> None:
    if kind is not ORGANIZATION and not kind.is_object:
        parent = kind
        while not parent.is_object:
            parent = parent.parents[parent.owner]
        raise Invalid(f"A record of type {kind.tag} goes with its {parent.tag}. Name that one.", "id")


def begin_as_owner_or_operator(session: Session, principal: Principal, kind: RecordType, record_id: int) -> Place:
    """Returns the object, read under the registry's lock. Raises Invalid for another type, and what begin() does for who is neither."""
    if principal.kind is not Kind.OPERATOR:
        return begin_as_owner(session, principal, kind, record_id)
    check_is_object(kind)
    require(principal, Permission.REGISTRY_OPERATE)
    lock(session)
    return Place(kind, find_row(session, kind, record_id))


def begin_as_owner(session: Session, principal: Principal, kind: RecordType, record_id: int) -> Place:
    check_is_object(kind)
    identity = f"{kind.tag}:{record_id}"
    return begin_at(session, principal, permission_for(kind, "update"), identity, lambda: Place(kind, find_row(session, kind, record_id)))


def set_source_below(session: Session, kind: RecordType, ids: Select[Any], source: str) -> None:
    """Children go with what they belong to. They change with it, so that mirrors learn of it."""
    version = lock(session)
    for child in TYPES.values():
        if not child.is_object and child.parents.get(child.owner) is kind:
            rows = child.table
            below = rows.c[child.owner].in_(ids)
            session.execute(
                update(rows).where(below, rows.c.source != source).values(source=source, changed=version),
                execution_options={"synchronize_session": False},
            )
            set_source_below(session, child, select(rows.c.id).where(below), source)
