"""What a list of records can be sorted by: the columns that have an index for it, since nobody may make the database sort a whole table."""

from collections.abc import Iterator

from sqlalchemy import Index, inspect

from portal.registry.record import Record

# Beside these every type sorts by its id and by when it was updated. Names and cities sort by their folded copies, as people expect.
SORTED_BY: dict[str, tuple[str, ...]] = {
    "org": ("name_fold", "city_fold", "country"),
    "net": ("name_fold", "asn", "ix_count", "fac_count"),
    "ix": ("name_fold", "city_fold", "country", "net_count", "fac_count"),
    "fac": ("name_fold", "city_fold", "country", "net_count", "ix_count"),
    "carrier": ("name_fold", "fac_count"),
    "campus": ("name_fold", "city_fold", "country"),
    "netixlan": ("asn", "speed"),
    "poc": ("name_fold",),
}
# Parents that have hundreds of rows: column → what these are sorted by without reading all of them.
WITHIN: dict[str, dict[str, tuple[str, ...]]] = {
    "netixlan": {
        "network_id": ("speed", "updated"),
        "exchange_id": ("asn", "speed", "updated"),
        "peering_lan_id": ("asn", "speed", "updated"),
    },
    "netfac": {"network_id": ("updated",), "facility_id": ("updated",)},
}


def sorted_by(tag: str) -> tuple[str, ...]:
    """The columns that a type's lists can be sorted by."""
    return ("id", "updated", *SORTED_BY.get(tag, ()))


def index_sorting(tag: str, model: type[Record]) -> list[Index]:
    """Each index ends with the id, so that a page begins where its cursor says, however many rows are alike."""
    table = inspect(model).local_table
    wanted = [columns for columns in sorted_columns(tag) if not table.c[columns[0]].unique]  # a unique column has an index that does
    return [Index(f"ix_{table.name}_{'_'.join(columns)}_sorted", *(table.c[name] for name in columns), table.c.id) for columns in wanted]


def sorted_columns(tag: str) -> Iterator[tuple[str, ...]]:
    yield ("changed",)  # for mirrors, which page through what changed
    yield from ((name,) for name in sorted_by(tag) if name != "id")
    for parent, names in WITHIN.get(tag, {}).items():
        yield from ((parent, name) for name in names)
