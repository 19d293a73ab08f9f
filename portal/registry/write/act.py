"""How an act on records begins and ends: who may, under the lock; and the audit's row, the history and the counters of what it did."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import begin
from portal.audit import Event, Subject, record
from portal.db.session import lock
from portal.errors import NotFound
from portal.models import AuditRow
from portal.registry.description import RecordType
from portal.registry.records import FROM_IMPORT
from portal.registry.rules.problem import CONFLICT, FOLLOWS_IMPORT, Problem, Rejected
from portal.registry.write.derived.derived_values import follow_changes
from portal.registry.write.names import name_of
from portal.registry.write.place import Place, find_row, no_record, permission_for, place_of
from portal.registry.write.record_history import RowChange, keep_history
from portal.registry.write.recount import recount_changed


@dataclass
class Written:
    """What came of an act: the row, and what to look at though it was done. `changes` is empty where nothing differed."""

    row: Any
    warnings: list[Problem] = field(default_factory=list)
    changes: list[RowChange] = field(default_factory=list)


def begin_act(session: Session, principal: Principal, kind: RecordType, record_id: int, action: str) -> tuple[Any, Place]:
    """Returns the row and its place, read again under the registry's lock.

    Raises NotFound, Forbidden and TokenRefused as begin() does, and Rejected for a record that follows the import.
    """
    place = begin_at(
        session,
        principal,
        permission_for(kind, action),
        f"{kind.tag}:{record_id}",
        lambda: place_of(session, kind, find_row(session, kind, record_id)),
    )
    check_source(place)
    return find_row(session, kind, record_id), place


def begin_at(session: Session, principal: Principal, permission: Permission, identity: str, locate: Callable[[], Place]) -> Place:
    """Returns the place, located again under the registry's lock, because it may have moved before that was taken.

    Raises what begin() does. Another organization's record answers as one that doesn't exist.
    """
    for _ in range(2):
        place = locate()
        try:
            begin(session, principal, permission, place.organization_id, place.object_id)
        except NotFound:
            raise no_record(identity) from None
    return place


def check_source(place: Place) -> None:
    """Raises Rejected for what an import would overwrite."""
    if place.row.source == FROM_IMPORT:
        name, identity = name_of(place.kind, place.row), f"{place.kind.tag}:{place.row.id}"
        text = f'{name} follows the import, which would overwrite this. Keep it here first: keepHere(input: {{id: "{identity}"}}).'
        raise Rejected([Problem(text, code=FOLLOWS_IMPORT)])


def check_version(row: Any, if_version: int | None) -> None:
    """Raises Rejected, with the row, where someone changed it since that version."""
    if if_version is not None and row.version != if_version:
        text = f"This was changed in the meantime: it has version {row.version}, not {if_version}. Look at what changed, and send it again."
        raise Rejected([Problem(text, ("version",), CONFLICT)], current=row)


def end_act(session: Session, principal: Principal, event: Event, changes: Sequence[RowChange], place: Place) -> None:
    """Records what was done to one record, with what went along. Needs the rows to be flushed."""
    kind, row = (changes[0].kind, changes[0].row) if changes else (place.kind, place.row)
    details: dict[str, Any] = {"fields": sorted({column for change in changes for column in change.fields})}
    details |= {"records": len(changes)} if len(changes) > 1 else {}
    subject = Subject.of_record(kind.tag, row.id, name_of(kind, row))
    act = record(session, principal, event, organization_id=place.organization_id, subject=subject, details=details)
    close_act(session, act, changes)


def close_act(session: Session, act: AuditRow, changes: Sequence[RowChange]) -> None:
    """Keeps the history of an act, and counts again what follows from it."""
    keep_history(session, act, changes)
    follow_changes(session.connection(), changes, lock(session))
    tags = {change.kind.tag for change in changes}
    recount_changed(session.connection(), lock(session), children=tags)
    session.flush()
