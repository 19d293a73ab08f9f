"""Where a record belongs: the object above it, whose organization writes it, and the permission for that."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.errors import NotFound
from portal.registry.contacts import CONTACT
from portal.registry.description import RecordType
from portal.registry.networks import NETWORK
from portal.registry.organizations import ORGANIZATION
from portal.registry.records import DELETED, LIVE
from portal.registry.rules.rule import read_once


@dataclass(frozen=True)
class Place:
    """`kind` and `row` are of the object: a network for its ports and contacts, an exchange for its LANs, else the record itself."""

    kind: RecordType
    row: Any

    @property
    def organization_id(self) -> int:
        return int(self.row.id if self.kind is ORGANIZATION else self.row.organization_id)

    @property
    def object_id(self) -> int | None:
        """What a grant lists; an organization's own details have no list."""
        return None if self.kind is ORGANIZATION else self.row.id


def find_row(session: Session, kind: RecordType, record_id: int) -> Any:
    """Returns the record's row. Raises NotFound for one that isn't there or was deleted."""
    row: Any = session.get(kind.model, record_id, populate_existing=True)
    if row is None or row.status == DELETED:
        raise no_record(f"{kind.tag}:{record_id}")
    return row


def find_network(session: Session, principal: Principal, asn: int) -> int:
    """Returns the id of the network with the ASN: the principal's own first, because several may be pending with it, then the live one.

    Raises NotFound.
    """
    columns = NETWORK.table.c
    own = case((columns.organization_id.in_(sorted(principal.own)), 0), else_=1)
    live = case((columns.status == LIVE, 0), else_=1)
    rows = select(columns.id).where(columns.asn == asn, columns.status != DELETED)
    number = session.scalar(rows.order_by(own, live, columns.id).limit(1))
    if number is None:
        raise no_record(f"AS{asn}")
    return int(number)


def no_record(identity: str) -> NotFound:
    """What is said of `net:20`, whether it was never there or isn't the caller's."""
    return NotFound(f"There is no {identity} of yours.")


def place_of(session: Session, kind: RecordType, row: Any) -> Place:
    """Raises NotFound where an object above it was deleted."""
    while kind is not ORGANIZATION and not kind.is_object:
        parent = kind.parents[kind.owner]
        row = find_row(session, parent, getattr(row, kind.owner))
        kind = parent
    return Place(kind, row)


def rows_above(session: Session, kind: RecordType, row: Any) -> Iterator[Any]:
    """Yields the rows without which this one can't be, up to organizations."""
    for column, parent in kind.parents.items():
        number = getattr(row, column)
        yield from read_once(session, ("above", parent.tag, number), partial(row_with_above, session, parent, number))


def row_with_above(session: Session, kind: RecordType, record_id: int) -> list[Any]:
    row = session.get_one(kind.model, record_id)
    return [row, *rows_above(session, kind, row)]


def permission_for(kind: RecordType, action: str) -> Permission:
    """Returns the permission for `create`, `update` or `delete`: of what stands below an object, its `update`; contacts have their own."""
    if kind is ORGANIZATION:
        return Permission.ORGANIZATION_UPDATE
    below = not kind.is_object and kind is not CONTACT
    return Permission(f"{kind.resource}:{'update' if below else action}")
