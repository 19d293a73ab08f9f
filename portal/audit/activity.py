"""What happened in an organization, the newest first, for its admins to filter and page through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import require
from portal.models import AuditRow

PAGE_SIZE = 50
MAX_COUNTED_ROWS = 10_000  # rows in which one looks for what can be chosen, and up to which they are counted
MAX_OBJECTS = 500
END_OF_DAY = time(23, 59, 59)
COLUMNS = tuple(column for column in AuditRow.__table__.columns if column.key != "mac")


@dataclass(frozen=True)
class ActivityFilter:
    """A filter. `actor` is "kind:id", `object` is "type:id", `key` a key that did it or that it was done to; UTC days, both included."""

    actor: str = ""
    key: str = ""
    event: str = ""
    object: str = ""
    first: date | None = None
    last: date | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        conditions = []
        if self.actor:
            kind, _, identity = self.actor.partition(":")
            conditions.append(and_(AuditRow.actor_kind == kind, AuditRow.actor_id == identity))
        if self.key:
            did = and_(AuditRow.actor_kind == "key", AuditRow.actor_id == self.key)
            conditions.append(or_(did, and_(AuditRow.subject_type == "api_key", AuditRow.subject_id == self.key)))
        if self.event:
            conditions.append(AuditRow.event == self.event)
        if self.object:
            kind, _, identity = self.object.partition(":")
            conditions.append(and_(AuditRow.subject_type == kind, AuditRow.subject_id == identity))
        if self.first:
            conditions.append(AuditRow.at >= datetime.combine(self.first, time.min, UTC))
        if self.last:
            conditions.append(AuditRow.at <= datetime.combine(self.last, END_OF_DAY, UTC))
        return conditions


@dataclass(frozen=True)
class Activity:
    """A page of rows. `total` is counted up to 10,000; `older` and `newer` are the numbers that lead on, None where nothing is."""

    rows: Sequence[Row[Any]]
    total: int
    older: int | None
    newer: int | None

    @property
    def uncounted(self) -> bool:
        """Whether there are more than `total`."""
        return self.total >= MAX_COUNTED_ROWS


def read_activity(
    connection: Connection,
    principal: Principal,
    organization_id: int,
    chosen: ActivityFilter,
    *,
    before: int | None = None,
    after: int | None = None,
    size: int = PAGE_SIZE,
) -> Activity:
    """The newest rows `before` a number, or the next ones `after` one, by two statements. Raises NotFound, Forbidden."""
    require(principal, Permission.AUDIT_READ, organization_id)
    conditions = [AuditRow.organization_id == organization_id, *chosen.conditions()]
    statement = select(*COLUMNS).where(*conditions).limit(size + 1)
    if after is None:
        until = [] if before is None else [AuditRow.number < before]
        read = list(connection.execute(statement.where(*until).order_by(AuditRow.number.desc())))
        rows, older, newer = read[:size], len(read) > size, before is not None
    else:
        read = list(connection.execute(statement.where(AuditRow.number > after).order_by(AuditRow.number)))
        rows, older, newer = read[:size][::-1], True, len(read) > size
    counted = select(AuditRow.number).where(*conditions).limit(MAX_COUNTED_ROWS).subquery()
    total = connection.scalar(select(func.count()).select_from(counted)) or 0
    return Activity(rows, total, rows[-1].number if rows and older else None, rows[0].number if rows and newer else None)


@dataclass(frozen=True)
class Choices:
    """What filters offer, as value → words: who acted, which keys, what was acted upon."""

    actors: Mapping[str, str]
    keys: Mapping[str, str]
    objects: Mapping[str, str]


def read_choices(connection: Connection, principal: Principal, organization_id: int) -> Choices:
    """What the organization's newest 10,000 rows speak of, by two statements. Raises NotFound, Forbidden."""
    require(principal, Permission.AUDIT_READ, organization_id)
    latest = (
        select(*COLUMNS)
        .where(AuditRow.organization_id == organization_id)
        .order_by(AuditRow.number.desc())
        .limit(MAX_COUNTED_ROWS)
        .subquery()
    )
    actors = names(connection, latest.c.actor_kind, latest.c.actor_id, latest.c.actor_name, latest.c.number)
    objects = names(connection, latest.c.subject_type, latest.c.subject_id, latest.c.subject_name, latest.c.number)
    keys = {identity: name for (kind, identity), name in (actors | objects).items() if kind in {"key", "api_key"}}
    return Choices(in_order(actors), dict(sorted(keys.items(), key=lambda item: item[1].lower())), in_order(objects))


def names(
    connection: Connection, kind: ColumnElement[str], identity: ColumnElement[str], name: ColumnElement[str], number: ColumnElement[int]
) -> dict[tuple[str, str], str]:
    """(kind, id) → the newest name, of the 500 that were named last."""
    newest = func.max(number)
    statement = select(kind, identity, name).group_by(kind, identity, name).order_by(newest.desc()).limit(MAX_OBJECTS)
    return {(one, two): said for one, two, said in reversed(connection.execute(statement).all())}


def in_order(names_by_object: Mapping[tuple[str, str], str]) -> dict[str, str]:
    return {f"{kind}:{identity}": name for (kind, identity), name in sorted(names_by_object.items(), key=lambda item: item[1].lower())}
