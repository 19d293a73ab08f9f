"""Gives a record that is kept here back to the import, with what the newest file says of it: nothing waits for the next one."""

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.access.principal import Principal
from portal.audit import Event
from portal.db.base import FIRST_LOCAL_ID
from portal.errors import Conflict
from portal.models import ImportDifference
from portal.registry.description import RecordType
from portal.registry.records import FROM_IMPORT, KEPT_HERE
from portal.registry.rules.problem import Problem
from portal.registry.write.act import Written, end_act
from portal.registry.write.authority.file_rows import FileRows
from portal.registry.write.keep_here import begin_as_owner_or_operator, set_source_below
from portal.registry.write.names import name_of
from portal.registry.write.place import Place
from portal.registry.write.record_history import RowChange


def follow_import(session: Session, principal: Principal, kind: RecordType, record_id: int) -> Written:
    """Returns the record, for whoever may update it, or an operator; `changes` says what went and what was overwritten.

    What was made here below it gives way to the file's. `warnings` name what couldn't be taken, which the next import tries again. A dry
    run is the same, rolled back. Raises NotFound, Forbidden, Invalid for a type that goes with what it belongs to, and Conflict for a
    record that was created here.
    """
    place = begin_as_owner_or_operator(session, principal, kind, record_id)
    row = place.row
    if row.source == FROM_IMPORT:
        return Written(row)
    if row.id >= FIRST_LOCAL_ID:
        raise Conflict(f"{name_of(kind, row)} was created here, so the import has no record that it could follow. Delete it instead.")
    rows = FileRows(session, place, read_stored(session, place))
    changes = [RowChange(kind, row, place, {"source": (KEPT_HERE, FROM_IMPORT)})]
    row.source = FROM_IMPORT
    changes += [*rows.bury_gone(), *rows.take_values(), *rows.take_new()]
    set_source_below(session, kind, select(kind.table.c.id).where(kind.table.c.id == row.id), FROM_IMPORT)
    session.execute(delete(ImportDifference).where(*of_object(place)), execution_options={"synchronize_session": False})
    end_act(session, principal, Event.RECORD_FOLLOWS, changes, place)
    return Written(row, [Problem(text) for text in rows.warnings], changes)


def read_stored(session: Session, place: Place) -> list[Any]:
    """The differences of the object and what belongs to it, but for clashes, which an import settles."""
    columns = ImportDifference
    rows = select(columns.record_type, columns.record_id, columns.field, columns.imported).where(*of_object(place), columns.clash_id == 0)
    return list(session.execute(rows.order_by(columns.record_type, columns.record_id, columns.field)))


def of_object(place: Place) -> tuple[Any, ...]:
    return ImportDifference.object_type == place.kind.tag, ImportDifference.object_id == place.row.id
