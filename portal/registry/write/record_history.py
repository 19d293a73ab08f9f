"""What an act changed in records, kept field by field with one INSERT; of personal values only that they changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from portal.models import AuditRow, RecordChange
from portal.registry.contacts import CONTACT, PERSONAL
from portal.registry.description import RecordType
from portal.registry.write.place import Place


@dataclass(frozen=True)
class RowChange:
    """A row, and column → (value before, value after) of what an act changed in it."""

    kind: RecordType
    row: Any
    place: Place
    fields: Mapping[str, tuple[Any, Any]]


def keep_history(session: Session, act: AuditRow, changes: Iterable[RowChange]) -> None:
    """Needs the audit's row of the act."""
    whole = {name: getattr(act, name) for name in ("at", "actor_kind", "actor_id", "actor_name")} | {"act": act.number}
    rows = [
        whole
        | {
            "organization_id": change.place.organization_id,
            "record_type": change.kind.tag,
            "record_id": change.row.id,
            "object_type": change.place.kind.tag,
            "object_id": change.place.row.id,
            "field": column,
            "before": None if is_hidden(change.kind, column) else before,
            "after": None if is_hidden(change.kind, column) else after,
        }
        for change in changes
        for column, (before, after) in change.fields.items()
    ]
    if rows:
        session.execute(insert(RecordChange), rows)


def is_hidden(kind: RecordType, column: str) -> bool:
    """Whether history says of the value only that it changed: it is personal, or for its own organization alone."""
    return (kind is CONTACT and column in PERSONAL) or column in kind.gates
