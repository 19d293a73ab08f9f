"""The selects over records: a `Reading` says which rows and columns are wanted, and each function makes one statement of it.

A statement ends with what its caller needs to place the rows: the sort keys, the parent's value where it reads children, and the id.
"""

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
    type_coerce,
    union_all,
)

from portal.access.visibility import Visibility
from portal.db.sql import NumberList, TimeText, among
from portal.db.types import Timestamp
from portal.registry.description import RecordType
from portal.registry.read.filters import Shape, condition
from portal.registry.read.paging import BY_ID, Order, beyond, ordering
from portal.registry.read.visible import DELETED, shown, visible

LIMIT: ColumnElement[int] = bindparam("limit", type_=Integer())  # rows of a page, or of each parent
MAX_ROWS: ColumnElement[int] = bindparam("most", type_=Integer())  # rows of the whole statement
GONE = {"status": DELETED, "version": literal_column("0")}  # what takes the place of a hidden value that isn't a text
KEPT = {"id", "changed", "created", "updated", "source"}  # what is told of a row that the caller could see once


@dataclass(frozen=True)
class Reading:
    """`via`: the column that holds the parent's value, for children of the visible parents bound as `parents`.

    `equals`: a unique column that equals what is bound as `wanted`. `after`: which of the cursor's keys are empty, None without a cursor.
    `deleted`: deleted rows too, as far as the visibility would cover them; filters over relations to one go over deleted rows as well.
    `once`: rows that the visibility covered once, too, without their values and as if deleted; a filter can't tell them apart.
    `below_deleted`: those filters alone, in a list of live rows whose relations to one show deleted records.
    """

    kind: RecordType
    visibility: Visibility
    columns: tuple[str, ...] = ()
    where: Shape = ()
    order: Order = BY_ID
    after: tuple[bool, ...] | None = None
    via: str | None = None
    equals: str | None = None
    deleted: bool = False
    once: bool = False
    below_deleted: bool = False

    @property
    def placing(self) -> tuple[str, ...]:
        """The columns that come after the wanted ones."""
        return (*(key.column for key in self.order), *((self.via,) if self.via else ()), "id")


def outputs(reading: Reading, rows: FromClause) -> list[ColumnElement[Any]]:
    """The columns in the driver's plain types: times as text, JSON as text, gated values behind their gates."""
    columns = [shown_column(reading, rows, name) for name in (*reading.columns, *reading.placing)]
    texts = [TimeText(column) if isinstance(column.type, Timestamp) else column for column in columns]
    return [column.label(f"c{place}") for place, column in enumerate(texts)]


def shown_column(reading: Reading, rows: FromClause, name: str) -> ColumnElement[Any]:
    """A column, or what stands in its place in a row that the caller could see once."""
    column, rule = shown(reading.visibility, reading.kind, rows, name), reading.kind.rule
    if not (reading.once and reading.kind.ruled and rule) or name in KEPT or name in reading.kind.parents:
        return column
    gone = GONE.get(name, literal_column("''"))
    return type_coerce(case((rule(reading.visibility, rows), column), else_=gone), column.type)


def conditions(reading: Reading, rows: FromClause) -> ColumnElement[bool]:
    """Visibility, filter and cursor; a parent that led here is visible already."""
    kind, visibility = reading.kind, reading.visibility
    filters = condition(kind, reading.where, rows, visibility, deleted=reading.deleted or reading.below_deleted)
    if reading.once and kind.ruled and kind.rule:
        filters = or_(filters, not_(kind.rule(visibility, rows)))
    return and_(
        visible(visibility, kind, rows, come_from=reading.via, deleted=reading.deleted, once=reading.once),
        filters,
        beyond(reading.order, reading.after, rows),
    )


def row(reading: Reading) -> Select[Any]:
    """The row whose unique column equals `wanted`."""
    rows = reading.kind.table
    column = rows.c[str(reading.equals)]
    return select(*outputs(reading, rows)).where(column == bindparam("wanted", type_=column.type), conditions(reading, rows))


def page(reading: Reading) -> Select[Any]:
    """The first `limit` rows in order."""
    rows = reading.kind.table
    return select(*outputs(reading, rows)).where(conditions(reading, rows)).order_by(*ordering(reading.order, rows)).limit(LIMIT)


def children_of_one(reading: Reading) -> Select[Any]:
    """The first `limit` rows in order of the one parent bound as `parent`."""
    rows = reading.kind.table
    via = rows.c[str(reading.via)]
    mine = via == bindparam("parent", type_=via.type)
    return select(*outputs(reading, rows)).where(mine, conditions(reading, rows)).order_by(*ordering(reading.order, rows)).limit(LIMIT)


def children(reading: Reading) -> Select[Any]:
    """At most `most` rows of all parents together, in no order, which callers restore."""
    rows = reading.kind.table
    return select(*outputs(reading, rows)).where(among(rows.c[str(reading.via)], "parents"), conditions(reading, rows)).limit(MAX_ROWS)


def children_each(reading: Reading, dialect: str) -> Select[Any]:
    """The first `limit` rows in order of each parent, `most` in all, reading no parent's rows beyond them."""
    rows = reading.kind.table.alias()
    if dialect == "sqlite":
        parents = func.json_each(bindparam("parents", type_=NumberList())).table_valued("value", name="parent")
        of_parent = select(rows.c.id).where(rows.c[str(reading.via)] == parents.c.value, conditions(reading, rows))
        of_parent = of_parent.order_by(*ordering(reading.order, rows)).limit(LIMIT).correlate(parents)
        whole = reading.kind.table
        return select(*outputs(reading, whole)).select_from(parents.join(whole, whole.c.id.in_(of_parent))).limit(MAX_ROWS)
    parents = func.unnest(bindparam("parents", type_=NumberList())).table_valued("value").render_derived(name="parent")
    one = select(*outputs(reading, rows)).where(rows.c[str(reading.via)] == parents.c.value, conditions(reading, rows))
    lateral = one.order_by(*ordering(reading.order, rows)).limit(LIMIT).lateral("each")
    return select(*lateral.c).select_from(parents.join(lateral, true())).limit(MAX_ROWS)


def count(reading: Reading) -> Select[Any]:
    """How many rows there are in all."""
    rows = reading.kind.table
    return select(func.count()).select_from(rows).where(conditions(reading, rows))


def count_each(reading: Reading) -> Select[Any]:
    """(parent's value, how many rows) of each parent that has some."""
    rows = reading.kind.table
    via = rows.c[str(reading.via)]
    return select(via, func.count()).where(among(via, "parents"), conditions(reading, rows)).group_by(via)


class Part(Enum):
    """Of what comes after the cursor that is bound as a0, its version, and after_id.

    An import changes a whole table in one version: SQLite, asked for both parts at once, would look at all of it again for each page.
    """

    SAME = auto()
    LATER = auto()


def changed(reading: Reading) -> Select[Any]:
    """Both parts by one statement, as the reading filters; from the start where it has no cursor."""
    if reading.after is None:
        return page(reading)
    rows = reading.kind.table
    whole = replace(reading, after=None)
    parts = [
        select(*outputs(reading, rows))
        .where(after(part, rows), conditions(whole, rows))
        .order_by(*ordering(reading.order, rows))
        .limit(LIMIT)
        for part in Part
    ]
    rows_in_parts = union_all(*(select(part.subquery()) for part in parts)).subquery()
    version, identity = list(rows_in_parts.c)[-2:]
    return select(rows_in_parts).order_by(version, identity).limit(LIMIT)


def after(part: Part, rows: FromClause) -> ColumnElement[bool]:
    version = bindparam("a0", type_=rows.c.changed.type)
    if part is Part.LATER:
        return rows.c.changed > version
    return and_(rows.c.changed == version, rows.c.id > bindparam("after_id", type_=rows.c.id.type))
