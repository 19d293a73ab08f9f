"""The history of a record, for who may read the activity of its organization: who or what changed which field, the newest first."""

from collections.abc import Collection
from typing import Any, NamedTuple, cast

from sqlalchemy import BigInteger, ColumnElement, Integer, Select, String, Table, and_, bindparam, inspect, or_, select, type_coerce

from portal.access.visibility import Visibility
from portal.db.sql import TimeText, among
from portal.models import RecordChange
from portal.registry.exchanges import EXCHANGE
from portal.registry.ports import PORT
from portal.registry.read.statements import Reader

NEWEST = 2**63 - 1
CHANGES = cast(Table, inspect(RecordChange).local_table)
JSON = {"before", "after"}
ORGANIZATIONS, RECORD_ID, BEFORE, LIMIT = "organizations", "record_id", "before_id", "limit"


class ChangeRow(NamedTuple):
    """A field of a record; `before` and `after` are JSON, None where there was nothing, and where the value isn't told."""

    id: int
    act: int
    at: str
    actor_kind: str
    actor_id: str
    actor_name: str
    record_type: str
    record_id: int
    field: str
    before: str | None
    after: str | None


def read_history(
    reader: Reader, organizations: Collection[int], tag: str, record_id: int, first: int, before_id: int = NEWEST
) -> tuple[list[ChangeRow], bool]:
    """Returns the changes of a record and of what belongs to it, before the change with an id, and whether there are more.

    Another organization's record has none. A port's are read by its exchange's organization too.
    """
    bound: dict[str, Any] = {ORGANIZATIONS: sorted(organizations), RECORD_ID: record_id, BEFORE: before_id, LIMIT: first + 1}
    rows = [ChangeRow(*row) for row in reader.rows(changes_of, tag, **bound)]
    return rows[:first], len(rows) > first


def changes_of(_: Visibility, tag: str) -> Select[Any]:
    change, record_id = CHANGES.c, bindparam(RECORD_ID, type_=Integer())
    own, at_own_exchange = among(change.organization_id, ORGANIZATIONS), is_at_own_exchange()
    of_record = [
        and_(change.object_type == tag, change.object_id == record_id, own),
        and_(change.record_type == tag, change.record_id == record_id, or_(own, at_own_exchange)),
    ]
    if tag == EXCHANGE.tag:
        ports = select(PORT.table.c.id).where(PORT.table.c.exchange_id == record_id)
        of_record.append(and_(change.record_type == PORT.tag, change.record_id.in_(ports), at_own_exchange))
    columns = [column_of(name) for name in ChangeRow._fields]
    before = change.id < bindparam(BEFORE, type_=BigInteger())
    return select(*columns).where(or_(*of_record), before).order_by(change.id.desc()).limit(bindparam(LIMIT, type_=Integer()))


def is_at_own_exchange() -> ColumnElement[bool]:
    """A change of a port whose exchange belongs to one of the organizations."""
    exchanges = select(EXCHANGE.table.c.id).where(among(EXCHANGE.table.c.organization_id, ORGANIZATIONS))
    ports = select(PORT.table.c.id).where(PORT.table.c.exchange_id.in_(exchanges))
    return and_(CHANGES.c.record_type == PORT.tag, CHANGES.c.record_id.in_(ports))


def column_of(name: str) -> ColumnElement[Any]:
    """Times and JSON as text."""
    column = CHANGES.c[name]
    return TimeText(column) if name == "at" else type_coerce(column, String()) if name in JSON else column
