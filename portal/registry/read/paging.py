"""Keyset paging: orders, and opaque cursors that hold a row's sort keys, its id and a fingerprint of the order they belong to.

A page goes on after the cursor's row whatever was added or removed meanwhile. Texts sort by code point, empty values come last.

Cursors of `changedSince` hold the registry's epoch as well: a restored registry gives the versions after its backup a second time, so that
a mirror that went on from before would miss what changed.
"""

import re
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, Column, ColumnElement, FromClause, and_, bindparam, or_, true, tuple_

from portal.db.types import Timestamp
from portal.errors import Invalid
from portal.registry.description import RecordType
from portal.whole_numbers import LARGEST_ID, LARGEST_NUMBER


@dataclass(frozen=True)
class SortKey:
    """A column to sort by."""

    column: str
    descending: bool = False


Order = tuple[SortKey, ...]  # the id always comes after the keys
BY_ID: Order = ()
BY_NAME: Order = (SortKey("name_fold"),)
BY_CHANGE: Order = (SortKey("changed"),)
MAX_SORT_FIELDS = 3
WRONG = "This cursor doesn't belong to this list and its order. Use a cursor of a page of the same list."
SINCE_A_TIME = 'For rows that changed since a time, use where.updated: where: {{updated: {{gte: "{}"}}}}.'
OTHER_EPOCH = (
    "This cursor is from before the registry was restored from a backup, so it can't be followed. Read everything again: drop your copy, "
    'and send changedSince: "".'
)
SECONDS = re.compile(r"\d{9,11}", re.ASCII)
PARTS_OF_A_ROW = 2  # its version and id; a cursor of changes holds the epoch before them, unless it is from before there were epochs


@dataclass(frozen=True)
class After:
    """Where a page begins: which of the cursor's sort keys are empty (None: at the start), and what is bound (a0, a1, …, after_id)."""

    empty: tuple[bool, ...] | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


def read_order(kind: RecordType, fields: Sequence[tuple[str, bool]]) -> Order:
    """(column to sort, descending) of each key. Raises Invalid for too many, for a column twice, and for one that has no index."""
    order = tuple(SortKey(column, descending) for column, descending in fields)
    if len(order) > MAX_SORT_FIELDS:
        raise Invalid(f"orderBy can hold {MAX_SORT_FIELDS} fields at most.", "orderBy")
    if len({key.column for key in order}) < len(order):
        raise Invalid("orderBy holds a field twice.", "orderBy")
    if not {key.column for key in order} <= set(kind.orders.values()):
        raise Invalid("orderBy holds a field that lists can't be sorted by.", "orderBy")
    return order


def fingerprint(kind: RecordType, order: Order) -> int:
    return zlib.crc32(repr((kind.tag, [(key.column, key.descending) for key in order])).encode())


def write_cursor(mark: int, keys: Sequence[Any]) -> str:
    """`mark` is the order's fingerprint; `keys` are the row's sort keys and its id."""
    return urlsafe_b64encode(orjson.dumps([mark, *keys], option=orjson.OPT_UTC_Z)).decode().rstrip("=")


def read_cursor(kind: RecordType, order: Order, text: str | None) -> After:
    """Raises Invalid for a text that isn't a cursor of this type in this order."""
    return After() if text is None else place_of(kind, order, opened(text))


def place_of(kind: RecordType, order: Order, parts: Sequence[Any]) -> After:
    """The place that a cursor's parts name. Raises Invalid where they are of another type or order."""
    mark, *keys, identity = parts
    if mark != fingerprint(kind, order) or len(keys) != len(order) or type(identity) is not int or not 0 <= identity <= LARGEST_ID:
        raise Invalid(WRONG, "after")
    columns = [kind.table.c[key.column] for key in order]
    values = {f"a{place}": read_key(column, key) for place, (column, key) in enumerate(zip(columns, keys, strict=True))}
    return After(tuple(key is None for key in keys), values | {"after_id": identity})


def write_change_cursor(kind: RecordType, epoch: int, keys: Sequence[Any]) -> str:
    """`keys` are the row's version and its id."""
    return write_cursor(fingerprint(kind, BY_CHANGE), [epoch, *keys])


def read_change_cursor(kind: RecordType, text: str | None, epoch: int) -> After:
    """The start for None and "". Raises Invalid for another list's cursor, and for one of another epoch of this list."""
    if not text:
        return After()
    mark, *rest = opened(text)
    written_in = rest.pop(0) if len(rest) > PARTS_OF_A_ROW else 0
    after = place_of(kind, BY_CHANGE, [mark, *rest])
    if type(written_in) is not int or written_in != epoch:
        raise Invalid(OTHER_EPOCH, "changedSince")
    return after


def opened(text: str) -> list[Any]:
    """A cursor's fingerprint, its keys and its id. Raises Invalid for what can't be one."""
    try:
        decoded = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, TypeError):
        decoded = None
    if not isinstance(decoded, list) or len(decoded) < 2:
        moment = time_in(text)
        raise Invalid(f"This is a time, not a cursor. {SINCE_A_TIME.format(moment)}" if moment else WRONG, "after")
    return decoded


def time_in(text: str) -> str | None:
    """Returns the time that a caller sent instead of a cursor: of ISO 8601, or PeeringDB's `since`, the seconds since 1970."""
    try:
        moment = datetime.fromtimestamp(int(text), UTC) if SECONDS.fullmatch(text) else datetime.fromisoformat(text)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return moment.replace(microsecond=0).isoformat().replace("+00:00", "Z")


def read_key(column: Column[Any], value: Any) -> Any:
    """A sort key of the column's own type. Raises Invalid: a cursor is the caller's text, whatever we once wrote."""
    kind = datetime if isinstance(column.type, Timestamp) else column.type.python_type
    try:
        if kind is datetime and isinstance(value, str):
            moment = datetime.fromisoformat(value)
            value = moment.astimezone(UTC) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        raise Invalid(WRONG, "after") from None
    fits = column.nullable if value is None else type(value) is kind
    if kind is int and fits and value is not None:
        fits = -LARGEST_ID <= value <= (LARGEST_NUMBER if isinstance(column.type, BigInteger) else LARGEST_ID)
    if not fits or (isinstance(value, str) and "\0" in value) or (isinstance(value, datetime) and value.tzinfo is None):
        raise Invalid(WRONG, "after")
    return value


def ordering(order: Order, rows: FromClause) -> list[ColumnElement[Any]]:
    """ORDER BY: the keys with empty values last, then the id in the last key's direction, so that an index is read in one direction."""
    clauses: list[ColumnElement[Any]] = []
    for key in order:
        column = rows.c[key.column]
        if column.nullable:
            clauses.append(column.is_(None))
        clauses.append(column.desc() if key.descending else column.asc())
    return [*clauses, rows.c.id.desc() if ends_descending(order) else rows.c.id.asc()]


def ends_descending(order: Order) -> bool:
    """Whether the id, which comes after the keys, is sorted from the highest."""
    return bool(order) and order[-1].descending


def beyond(order: Order, empty: tuple[bool, ...] | None, rows: FromClause) -> ColumnElement[bool]:
    """The rows after the cursor's row: later in the first key, or equal in it and later in the next, …"""
    if empty is None:
        return true()
    if is_plain(order, rows):
        return beyond_at_once(order, rows)
    later = compare(rows.c.id, "after_id", ends_descending(order))
    for place, key in reversed(list(enumerate(order))):
        column = rows.c[key.column]
        if empty[place]:
            later = and_(column.is_(None), later)
            continue
        equal = column == bindparam(f"a{place}", type_=column.type)
        behind = [compare(column, f"a{place}", key.descending), and_(equal, later)]
        later = or_(*behind, column.is_(None)) if column.nullable else or_(*behind)
    first = rows.c[order[0].column]
    if first.nullable:
        return later
    value: ColumnElement[Any] = bindparam("a0", type_=first.type)
    return and_(first <= value if order[0].descending else first >= value, later)  # where an index begins


def is_plain(order: Order, rows: FromClause) -> bool:
    """Whether all keys go in one direction and are never empty."""
    return len({key.descending for key in order}) <= 1 and not any(rows.c[key.column].nullable for key in order)


def beyond_at_once(order: Order, rows: FromClause) -> ColumnElement[bool]:
    """One comparison of all keys, (a, id) > (…, …), for which an index begins at the very row."""
    if not order:
        return compare(rows.c.id, "after_id", False)
    columns = [*(rows.c[key.column] for key in order), rows.c.id]
    names = [*(f"a{place}" for place in range(len(order))), "after_id"]
    bound = tuple_(*(bindparam(name, type_=column.type) for name, column in zip(names, columns, strict=True)))
    return tuple_(*columns) < bound if ends_descending(order) else tuple_(*columns) > bound


def compare(column: ColumnElement[Any], name: str, descending: bool) -> ColumnElement[bool]:
    bound: ColumnElement[Any] = bindparam(name, type_=column.type)
    return column < bound if descending else column > bound
