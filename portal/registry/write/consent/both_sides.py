"""An act that two organizations have in their history: the record's own, and the one that it meets."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from portal.access.principal import Principal
from portal.audit import Event
from portal.registry.description import RecordType
from portal.registry.write.act import Written, end_act
from portal.registry.write.place import Place
from portal.registry.write.record_history import RowChange


def end_for_both(
    session: Session,
    principal: Principal,
    event: Event,
    kind: RecordType,
    row: Any,
    fields: Mapping[str, tuple[Any, Any]],
    own: Place,
    other: Place,
) -> Written:
    """Records the act for each of the two organizations; once where they are the same. Needs the row to be flushed."""
    changes = [RowChange(kind, row, place, fields) for place in (own, other)]
    for change in changes if own.organization_id != other.organization_id else changes[:1]:
        end_act(session, principal, event, [change], change.place)
    return Written(row, changes=changes[:1])
