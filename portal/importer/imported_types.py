"""The 13 types as the statements of an import see them: stored table, temporary staging table, references, unique values."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, ColumnElement, Integer, MetaData, Table, case, func, literal

from portal.db.types import text_type
from portal.importer.fields import COLUMNS, FOLLOWS_LAN, table_of
from portal.registry.contacts import PERSONAL
from portal.registry.indexes import Unique, uniques_of
from portal.registry.records import DELETED
from portal.registry.types import RECORDS, TYPES

TEMPORARY = MetaData()


def temporary(name: str, *columns: Column[Any]) -> Table:
    """Seen by its own connection alone, in a file without a name: nothing of a dump is left behind, even by a kill."""
    return Table(name, TEMPORARY, *columns, prefixes=["TEMPORARY"])


PROBLEMS = temporary(
    "import_problem",
    Column("number", Integer, primary_key=True),
    Column("type", text_type()),
    Column("id", Integer),
    Column("problem", text_type()),
    Column("field", text_type()),
    Column("parent", text_type()),
    Column("parent_id", BigInteger),
    Column("value", text_type()),
    Column("outcome", text_type()),
)
HELD = temporary("import_held", Column("type", text_type(), primary_key=True), Column("id", Integer, primary_key=True))  # not to be deleted
FALLEN = temporary(
    "import_fallen",
    Column("type", text_type(), primary_key=True),
    Column("id", Integer, primary_key=True),
    Column("doomed", Boolean),  # a stored row that is to become deleted though the file doesn't say so
)
OVERTAKEN = temporary(
    "import_overtaken", Column("type", text_type(), index=True), Column("id", Integer)
)  # changed by others since the plan


@dataclass(frozen=True)
class Reference:
    """A column that names a row of another type; an `optional` one can be null instead."""

    column: str
    parent: str
    optional: bool


@dataclass(frozen=True)
class ImportedType:
    """One of the 13 types. Columns `given_…` of the staging table hold what the file says where checks may change it.

    `skip` says why a row isn't taken, None when it is; `act` is "insert", "update" or None when nothing differs.
    """

    tag: str
    table: Table
    staged: Table
    given: tuple[str, ...]
    references: tuple[Reference, ...]
    uniques: tuple[Unique, ...]

    @property
    def owner(self) -> Reference | None:
        """The reference that leads to the owning organization."""
        return next((reference for reference in self.references if reference.column == TYPES[self.tag].owner), None)

    def effective(self, name: str, *, beside: bool = True) -> ColumnElement[Any]:
        """What a staged row makes of a column; `beside`: the statement has the stored row, or nulls, beside it.

        What a row doesn't tell stays as it is stored: PeeringDB leaves out what its reader may not see.
        """
        stored, staged = self.table.c[name], self.staged.c[name]
        if stored.nullable or stored.default is None:
            return staged
        default = literal(default_of(stored), stored.type)
        value = func.coalesce(staged, stored, default) if beside else func.coalesce(staged, default)
        if self.tag == "poc" and name in (*PERSONAL, "name_fold"):
            return case((self.staged.c.status == DELETED, ""), else_=value)
        return value


def default_of(column: Column[Any]) -> Any:
    default: Any = column.default
    return default.arg(None) if default.is_callable else default.arg


def make_kind(tag: str) -> ImportedType:
    table = table_of(RECORDS[tag])
    references = tuple(references_of(table))
    given = ("status", *(reference.column for reference in references if reference.optional or (tag, reference.column) == FOLLOWS_LAN))
    staged = temporary(
        f"staged_{table.name}",
        Column("id", Integer, primary_key=True, autoincrement=False),
        *(Column(name, table.c[name].type) for name in COLUMNS[tag] if name != "id"),
        *(Column(f"given_{name}", table.c[name].type) for name in given),
        Column("skip", text_type()),
        Column("act", text_type()),
    )
    return ImportedType(tag, table, staged, given, references, tuple(uniques_of(table)))


def references_of(table: Table) -> list[Reference]:
    tags = {table_of(model).name: tag for tag, model in RECORDS.items()}
    return [
        Reference(column.name, tags[key.column.table.name], bool(column.nullable))
        for column in table.columns
        for key in column.foreign_keys
    ]


IMPORTED_TYPES: dict[str, ImportedType] = {tag: make_kind(tag) for tag in RECORDS}
