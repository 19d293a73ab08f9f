"""What the directory knows of a record type: its table, who may read it, its parents, its relations and its guarded columns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, Table, inspect

from portal.access.permissions import Permission
from portal.access.visibility import Visibility
from portal.registry.record import Record
from portal.registry.sorted_columns import sorted_by

Guard = Callable[[Visibility, FromClause], ColumnElement[bool]]
INTERNAL = {"changed", "keys_frozen", "was_visible", "family", "first", "last"}
INTERNAL_ENDINGS = ("_fold", "_bytes")


@dataclass(frozen=True)
class Relation:
    """Rows of `target` whose column `there` equals this row's column `here`; `many` of them, or at most one."""

    target: str
    here: str
    there: str
    many: bool


def one(target: str, here: str) -> Relation:
    """The row that a column of ours points at."""
    return Relation(target, here, "id", many=False)


def many(target: str, there: str) -> Relation:
    """The rows that point at us."""
    return Relation(target, "id", there, many=True)


@dataclass(frozen=True, eq=False)
class RecordType:
    """`reads`: a key needs one of them; none: everybody reads it. `parents`: column → the type without whose row this one is hidden.

    `owner` is the column that holds the owning organization's id, or leads there over a parent.
    `rule` is a further condition on rows; `ruled` tells of which rows it once held, where it may end for a row.
    `gates` are conditions on single columns, which are null where they don't hold.
    """

    tag: str
    model: type[Record]
    reads: frozenset[Permission]
    owner: str
    parents: Mapping[str, "RecordType"] = field(default_factory=lambda: MappingProxyType({}))
    relations: Mapping[str, Relation] = field(default_factory=lambda: MappingProxyType({}))
    rule: Guard | None = None
    ruled: Guard | None = None
    gates: Mapping[str, Guard] = field(default_factory=lambda: MappingProxyType({}))

    @cached_property
    def table(self) -> Table:
        table: Table = inspect(self.model).local_table
        return table

    @cached_property
    def columns(self) -> Mapping[str, Column[Any]]:
        """The columns that may be read; folded and binary copies serve filters only."""
        return {name: column for name, column in self.table.c.items() if name not in INTERNAL and not name.endswith(INTERNAL_ENDINGS)}

    @cached_property
    def filterable(self) -> frozenset[str]:
        """The columns that may be filtered and ordered by: all that aren't gated, as a hidden value could be guessed through a filter."""
        return frozenset(self.columns) - frozenset(self.gates)

    @cached_property
    def orders(self) -> Mapping[str, str]:
        """The columns that lists can be sorted by, each with the one that is sorted: of names and cities the folded copy."""
        found = {column.removesuffix("_fold"): column for column in sorted_by(self.tag)}
        return {name: column for name, column in found.items() if name in self.filterable}
