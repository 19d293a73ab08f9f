"""The indexes of a record type: those that follow from its description, and what its unique ones say.

Nobody may make the database sort a whole table.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Index, Table, text, true
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from portal.registry.description import RecordType
from portal.registry.records import DELETED

RESERVED = "asn_reserved"


@dataclass(frozen=True)
class Unique:
    """`live`: deleted rows don't count. `filled`: nor does an empty text. `reserved`: only rows whose ASN is reserved count."""

    columns: tuple[str, ...]
    live: bool
    filled: bool
    reserved: bool = False

    def counts(self, columns: ReadOnlyColumnCollection[str, Column[Any]]) -> ColumnElement[bool]:
        """Whether a stored row's values are its alone."""
        if self.reserved:
            return columns[RESERVED].is_(True)
        return columns["status"] != DELETED if self.live else true()


def uniques_of(table: Table) -> Iterator[Unique]:
    """Yields them in an order that doesn't change."""
    for column in table.columns:
        if column.unique:
            yield Unique((column.name,), live=False, filled=False)
    for index in sorted((index for index in table.indexes if index.unique), key=lambda index: str(index.name)):
        where = str(index.dialect_options["sqlite"]["where"])
        yield Unique(tuple(column.name for column in index.columns), "status" in where, "!= ''" in where, RESERVED in where)


def add_indexes(kind: RecordType) -> None:
    """Puts them on the type's table."""
    index_pending(kind)
    for columns in sorted_columns(kind):
        if not kind.table.c[columns[0]].unique:  # a unique column has an index that does
            index_sorting(kind, columns)


def index_pending(kind: RecordType) -> Index:
    """The few pending rows: every statement over their children leaves out those that the caller may not know of."""
    pending = text("status = 'pending'")
    return Index(f"ix_{kind.table.name}_pending", kind.table.c.status, sqlite_where=pending, postgresql_where=pending)


def index_sorting(kind: RecordType, columns: tuple[str, ...]) -> Index:
    """It ends with the id, so that a page begins where its cursor says, however many rows are alike."""
    return Index(f"ix_{kind.table.name}_{'_'.join(columns)}_sorted", *(kind.table.c[name] for name in columns), kind.table.c.id)


def sorted_columns(kind: RecordType) -> Iterator[tuple[str, ...]]:
    yield ("changed",)  # for mirrors, which page through what changed
    yield from ((name,) for name in ("updated", *kind.sorted_by))
    for parent, names in kind.sorted_within.items():
        yield from ((parent, name) for name in names)
