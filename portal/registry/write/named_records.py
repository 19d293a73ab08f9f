"""Records that a record names: they have to be there, and may be another organization's."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from portal.errors import NotFound
from portal.registry.description import RecordType
from portal.registry.organizations import ORGANIZATION
from portal.registry.records import LIVE
from portal.registry.rules.problem import NOT_FOUND, Problem
from portal.registry.types import TYPES
from portal.registry.write.place import Place, find_row


def check_references(session: Session, kind: RecordType, values: Mapping[str, Any], place: Place) -> Iterator[Problem]:
    """Yields a problem for each reference that leads to no record. Another's pending record is as if it weren't there."""
    for column, tag in references_of(kind).items():
        identity = values.get(column)
        if identity is not None and column != kind.owner and not is_there(session, TYPES[tag], identity, place):
            yield Problem(f"There is no {tag}:{identity}. Give the id of a record that exists.", (column,), NOT_FOUND)


def is_there(session: Session, kind: RecordType, identity: int, place: Place) -> bool:
    """Whether neither the record nor what it stands below is deleted, or another organization's that is pending."""
    try:
        row = find_row(session, kind, identity)
        pending = row.status != LIVE
        while kind is not ORGANIZATION:
            kind, row = kind.parents[kind.owner], find_row(session, kind.parents[kind.owner], getattr(row, kind.owner))
            pending |= row.status != LIVE
    except NotFound:
        return False
    return not pending or row.id == place.organization_id


def references_of(kind: RecordType) -> dict[str, str]:
    """Returns column → the tag of the type that it names a record of, of the columns that can be given."""
    tags = {other.table.name: tag for tag, other in TYPES.items()}
    return {
        column.name: tags[key.column.table.name]
        for column in kind.table.columns
        if column.name in kind.editable
        for key in column.foreign_keys
    }
