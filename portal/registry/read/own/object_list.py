"""The records of an organization that stand for themselves: itself, its networks, exchanges, facilities, carriers and campuses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import require
from portal.access.visibility import bound_values
from portal.errors import NotFound
from portal.registry.description import RecordType
from portal.registry.organizations import ORGANIZATION
from portal.registry.read.owned_objects import count_objects, own
from portal.registry.records import DELETED
from portal.registry.types import OBJECT_TYPES

PAGE_ROWS = 250
COMMON_COLUMNS = ("id", "name", "status", "source", "updated", "confirmed_at")


@dataclass(frozen=True)
class ObjectList:
    """The records of one type, by ASN or name: the first of them, or all `total`."""

    kind: RecordType
    rows: Sequence[Row[Any]]
    total: int


def read_object_lists(
    connection: Connection, principal: Principal, organization_id: int, *, all_rows: bool = False
) -> tuple[Row[Any], list[ObjectList]]:
    """Returns the organization's own row, and a list for each type, by one statement each and two more. Raises NotFound, Forbidden."""
    require_member(principal, organization_id)
    organization = ORGANIZATION.table
    mine = select(*columns_of(ORGANIZATION)).where(organization.c.id == organization_id, organization.c.status != DELETED)
    row = connection.execute(mine).first()
    if row is None:
        raise NotFound("There is no such organization.")
    totals = count_objects(connection, principal, organization_id)
    max_rows = None if all_rows else PAGE_ROWS
    return row, [
        ObjectList(kind, read_objects(connection, principal, kind, organization_id, max_rows) if totals[resource] else [], totals[resource])
        for resource, kind in OBJECT_TYPES.items()
    ]


def require_member(principal: Principal, organization_id: int) -> None:
    """Raises NotFound for everyone else, operators included."""
    require(principal, Permission.NETWORKS_READ_PRIVATE, organization_id)


def read_objects(
    connection: Connection, principal: Principal, kind: RecordType, organization_id: int, max_rows: int | None
) -> Sequence[Row[Any]]:
    table = kind.table.c
    order = (table.asn,) if "asn" in table else (table.name, table.id)
    statement = own(select(*columns_of(kind)), principal, kind, organization_id).order_by(*order).limit(max_rows)
    return connection.execute(statement, bound_values(principal)).all()


def columns_of(kind: RecordType) -> list[Any]:
    """What a list shows of a record: its state and, where the type has them, its ASN, place and counts."""
    more = ("asn", "city", "country", *(name for name in kind.counters if name.endswith("_count")))
    return [kind.table.c[name] for name in (*COMMON_COLUMNS, *more) if name in kind.table.c]
