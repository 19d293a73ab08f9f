"""What a record type is, said once: its table and resource, who reads it, its owner, parents, relations, gates, choices, orders and size.

Forms, the GraphQL schema, filters, the importer, counters, lists of objects and the documentation read it from here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, Table, func, inspect, literal_column

from portal.access.permissions import Permission
from portal.access.visibility import Visibility
from portal.registry.editable import Editable, country, degrees, notes, one_line, social_media, url
from portal.registry.records import Record

Guard = Callable[[Visibility, FromClause], ColumnElement[bool]]
Show = Callable[[FromClause], ColumnElement[Any]]
INTERNAL_COLUMNS = {"changed", "keys_frozen", "was_visible", "asn_reserved", "family", "first", "last"}
OWN_COLUMNS = {"source", "version", "confirmed_at"}  # what a dump neither tells nor touches, and everyone may read
INTERNAL_ENDINGS = ("_fold", "_bytes")


@dataclass(frozen=True)
class Relation:
    """Rows of `target` whose column `remote` equals this row's column `local`; `many` of them, or at most one.

    `max_page_rows`: as many as one page may have where the list is wanted whole; None: as many as any page.
    """

    target: str
    local: str
    remote: str
    many: bool
    max_page_rows: int | None = None


def one(target: str, local: str) -> Relation:
    """The row that a column of ours points at."""
    return Relation(target, local, "id", many=False)


def many(target: str, remote: str, *, max_page_rows: int | None = None) -> Relation:
    """The rows that point at us."""
    return Relation(target, "id", remote, many=True, max_page_rows=max_page_rows)


@dataclass(frozen=True)
class Counter:
    """Speaks of the rows of `child` whose column `reference` points at us: how many values of `counted` the live ones have, or, where that
    is None, when one last changed.
    """

    child: str
    reference: str
    counted: str | None


def count_of(child: str, reference: str, counted: str) -> Counter:
    """How many different values of a column the live rows that point at us have."""
    return Counter(child, reference, counted)


def newest_of(child: str, reference: str) -> Counter:
    """When a row that points at us, and that anyone may know of, last changed."""
    return Counter(child, reference, None)


def zero_is_unset(column: str) -> Show:
    """Shows null instead of 0, which is one of PeeringDB's two ways to say that nothing is stated."""
    return lambda rows: func.nullif(rows.c[column], literal_column("0"), type_=rows.c[column].type)


def nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


def named(max_name_characters: int = 255) -> dict[str, Editable]:
    """What can be given for every record that has a name."""
    names = {"name": one_line(max_name_characters, required=True), "aka": one_line(), "name_long": one_line()}
    return names | {"website": url(), "social_media": social_media(), "notes": notes(), "logo": url()}


def addressed() -> dict[str, Editable]:
    """What can be given for a postal address."""
    lines = {
        "address1": one_line(),
        "address2": one_line(),
        "city": one_line(),
        "country": country(),
        "state": one_line(),
        "zipcode": one_line(48),
    }
    return lines | {"floor": one_line(), "suite": one_line(), "latitude": degrees(90), "longitude": degrees(180)}


@dataclass(frozen=True, eq=False)
class RecordType:
    """`tag` is PeeringDB's name of the type, `resource` the one whose permissions speak of it; the GraphQL type has the model's name.

    `reads`: a key needs one of them; none: everybody reads it. `parents`: column → the type without whose row this one is hidden.
    `owner` is the column that holds the owning organization's id, or leads there over a parent.
    `rule` is a further condition on rows; `ruled` tells of which rows it once held, where it may end for a row.
    `gates` are conditions on single columns, which are null where they don't hold. `choices`: column → the texts it may hold.
    `shown_as`: column → what is shown and filtered by where that isn't what is stored, which an export keeps as it came.
    `sorted_by`: indexed columns that lists can be sorted by, beside the id and the time of the last change; of names and cities the folded
    copies, as people expect. `sorted_within`: reference to a parent that has hundreds of rows → what these are sorted by.
    `editable`: what can be given for which columns, in the order in which forms ask for it.
    `counters`: columns that follow from other rows. `needs_approval`: a new one waits for an operator.
    `typical_rows`: as many as a registry of PeeringDB's size has.
    """

    tag: str
    model: type[Record]
    resource: str
    reads: frozenset[Permission]
    owner: str
    typical_rows: int
    parents: Mapping[str, "RecordType"] = field(default_factory=nothing)
    relations: Mapping[str, Relation] = field(default_factory=nothing)
    rule: Guard | None = None
    ruled: Guard | None = None
    gates: Mapping[str, Guard] = field(default_factory=nothing)
    choices: Mapping[str, type[Enum]] = field(default_factory=nothing)
    shown_as: Mapping[str, Show] = field(default_factory=nothing)
    sorted_by: tuple[str, ...] = ()
    sorted_within: Mapping[str, tuple[str, ...]] = field(default_factory=nothing)
    counters: Mapping[str, Counter] = field(default_factory=nothing)
    needs_approval: bool = False
    editable: Mapping[str, Editable] = field(default_factory=nothing)

    @cached_property
    def table(self) -> Table:
        table: Table = inspect(self.model).local_table
        return table

    @cached_property
    def columns(self) -> Mapping[str, Column[Any]]:
        """The columns that may be read; folded and binary copies serve filters only."""
        return {
            name: column for name, column in self.table.c.items() if name not in INTERNAL_COLUMNS and not name.endswith(INTERNAL_ENDINGS)
        }

    @cached_property
    def filterable(self) -> frozenset[str]:
        """The columns that may be filtered and ordered by: all that aren't gated, as a hidden value could be guessed through a filter."""
        return frozenset(self.columns) - frozenset(self.gates)

    @cached_property
    def orders(self) -> Mapping[str, str]:
        """The columns that lists can be sorted by, each with the one that is sorted: of names and cities the folded copy."""
        sortable = {column.removesuffix("_fold"): column for column in ("id", "updated", *self.sorted_by)}
        return {name: column for name, column in sortable.items() if name in self.filterable}

    def value(self, rows: FromClause, column: str) -> ColumnElement[Any]:
        """The column's value as it is shown and filtered by."""
        return self.shown_as[column](rows) if column in self.shown_as else rows.c[column]

    @property
    def is_object(self) -> bool:
        """Whether an organization owns it directly, so that grants can list it."""
        return self.owner == "organization_id"
