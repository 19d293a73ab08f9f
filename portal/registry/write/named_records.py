"""Records that a record names: they have to be there, and may be another organization's."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import NotFound
from portal.registry.description import RecordType
from portal.registry.organizations import ORGANIZATION
from portal.registry.records import LIVE
from portal.registry.rules.problem import NOT_FOUND, Problem
from portal.registry.types import TYPES
from portal.registry.write.place import Place, find_row
from portal.registry.write.taken import NewValues


def missing_records(session: Session, kind: RecordType, rows: Sequence[NewValues], place: Place) -> Iterator[Problem]:
    """Yields a problem for each reference that leads to no record. Another's pending record is as if it weren't there.

    One statement for each type that is named, as long as what is named is live. What a record belongs to was looked for before.
    """
    references = references_of(kind)
    numbers: dict[str, set[int]] = defaultdict(set)
    for new in rows:
        for column, tag in references.items():
            if new.values.get(column) is not None:
                numbers[tag].add(new.values[column])
    present = {tag: records_there(session, TYPES[tag], ids, place) for tag, ids in numbers.items()}
    for new in rows:
        for column, tag in references.items():
            number = new.values.get(column)
            if number is not None and number not in present[tag]:
                yield Problem(f"There is no {tag}:{number}. Give the id of a record that exists.", (*new.path, column), NOT_FOUND)


def records_there(session: Session, kind: RecordType, ids: set[int], place: Place) -> set[int]:
    live = live_ids(session, kind, ids)
    return live | {number for number in ids - live if is_there(session, kind, number, place)}


def live_ids(session: Session, kind: RecordType, ids: set[int]) -> set[int]:
    """Of those that are live with all that they stand below."""
    rows = select(kind.table.c.id).where(kind.table.c.id.in_(sorted(ids)), kind.table.c.status == LIVE)
    below = kind
    while below is not ORGANIZATION:
        parent = below.parents[below.owner]
        rows = rows.join(parent.table, parent.table.c.id == below.table.c[below.owner]).where(parent.table.c.status == LIVE)
        below = parent
    return set(session.scalars(rows))


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
    """Returns column → the tag of the type that it names a record of, of the columns that can be given; without what it belongs to."""
    tags = {other.table.name: tag for tag, other in TYPES.items()}
    columns = [column for column in kind.table.columns if column.name in kind.editable and column.name != kind.owner]
    return {column.name: tags[key.column.table.name] for column in columns for key in column.foreign_keys}
