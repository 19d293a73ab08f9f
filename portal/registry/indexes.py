"""The indexes of a record type that follow from its description: nobody may make the database sort a whole table."""

from collections.abc import Iterator

from sqlalchemy import Index, text

from portal.registry.description import RecordType


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
