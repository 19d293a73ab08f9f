"""What was changed in an organization's records, act by act, for who may read its activity."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import require
from portal.models import RecordChange
from portal.registry.description import RecordType

MAX_CHANGES = 200
COLUMNS = tuple(RecordChange.__table__.columns)


@dataclass
class Act:
    """What one act changed: fields of records."""

    number: int
    at: datetime
    actor_kind: str
    actor_name: str
    changes: list[Row[Any]] = field(default_factory=list)


def read_record_acts(connection: Connection, principal: Principal, organization_id: int, kind: RecordType, object_id: int) -> list[Act]:
    """Returns the newest acts on a record that stands for itself and on what belongs to it. Raises NotFound, Forbidden."""
    require(principal, Permission.AUDIT_READ, organization_id)
    of_object = (RecordChange.object_type == kind.tag, RecordChange.object_id == object_id)
    statement = select(*COLUMNS).where(RecordChange.organization_id == organization_id, *of_object)
    return by_act(connection.execute(statement.order_by(RecordChange.id.desc()).limit(MAX_CHANGES)).all())


def read_acts(connection: Connection, principal: Principal, organization_id: int, numbers: Collection[int]) -> list[Act]:
    """Returns what the acts with these numbers changed, of each no more than a page shows. Raises NotFound, Forbidden."""
    require(principal, Permission.AUDIT_READ, organization_id)
    if not numbers:
        return []
    statement = select(*COLUMNS).where(RecordChange.organization_id == organization_id, RecordChange.act.in_(sorted(numbers)))
    return by_act(connection.execute(statement.order_by(RecordChange.id.desc()).limit(MAX_CHANGES)).all())


def by_act(rows: Sequence[Row[Any]]) -> list[Act]:
    """The newest act first, its changes in their order."""
    acts: dict[int, Act] = {}
    for row in rows:
        acts.setdefault(row.act, Act(row.act, row.at, row.actor_kind, row.actor_name)).changes.insert(0, row)
    return list(acts.values())
