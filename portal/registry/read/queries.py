"""Plain reading for pages and commands: rows as mappings from column to value, seen as the principal sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, func, select

from portal.access.principal import Principal
from portal.access.visibility import Visibility, bound_values, visibility_of
from portal.registry.description import RecordType
from portal.registry.read.filters import condition, read_where
from portal.registry.read.paging import BY_ID, BY_NAME, Order, beyond, fingerprint, ordering, read_cursor, write_cursor
from portal.registry.read.visible import shown, visible
from portal.registry.types import TYPES

Row = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """Some rows of a list, how many there are in all, and the cursor of the next page (None on the last)."""

    rows: list[Row]
    total: int
    next: str | None


def read_page(
    connection: Connection,
    principal: Principal,
    tag: str,
    *,
    where: Mapping[str, Any] | None = None,
    order: Order = BY_ID,
    after: str | None = None,
    first: int = 50,
) -> Page:
    """One page of a type's rows. `where` as filters.py reads it. Raises Invalid for a filter or cursor that can't be used."""
    kind = TYPES[tag]
    rows = kind.table
    filters, begins = read_where(kind, where), read_cursor(kind, order, after)
    matching = and_(visible(visibility_of(principal), kind, rows), condition(kind, filters.shape, rows, visibility_of(principal)))
    bound = {**bound_values(principal), **filters.values, **begins.values}
    sorted_rows = whole(principal, kind, rows).where(matching, beyond(order, begins.empty, rows)).order_by(*ordering(order, rows))
    page = [dict(row) for row in connection.execute(sorted_rows.limit(first + 1), bound).mappings()]
    total = connection.execute(select(func.count()).select_from(rows).where(matching), bound).scalar_one()
    more = len(page) > first
    return Page([public(row) for row in page[:first]], total, cursor_of(kind, order, page[first - 1]) if more else None)


def read_row(connection: Connection, principal: Principal, tag: str, column: str, value: Any) -> Row | None:
    """The row whose unique column has this value; None where there is none, or none to be seen."""
    kind = TYPES[tag]
    rows = kind.table
    statement = whole(principal, kind, rows).where(visible(visibility_of(principal), kind, rows), rows.c[column] == value)
    found = connection.execute(statement, bound_values(principal)).mappings().first()
    return public(dict(found)) if found else None


def read_network(connection: Connection, principal: Principal, asn: int) -> Row | None:
    """The network with this ASN."""
    return read_row(connection, principal, "net", "asn", asn)


def read_organizations(connection: Connection, principal: Principal, *, after: str | None = None, first: int = 50) -> Page:
    """Organizations by name."""
    return read_page(connection, principal, "org", order=BY_NAME, after=after, first=first)


def counts(connection: Connection, principal: Principal) -> dict[str, int]:
    """Tag → how many rows of the type the principal sees, by one statement."""
    return dict(zip(TYPES, connection.execute(counting(visibility_of(principal)), bound_values(principal)).one(), strict=True))


def counting(visibility: Visibility) -> Select[Any]:
    """One row: how many rows of each of TYPES are seen."""
    return select(
        *(
            select(func.count()).select_from(kind.table).where(visible(visibility, kind, kind.table)).scalar_subquery()
            for kind in TYPES.values()
        )
    )


def whole(principal: Principal, kind: RecordType, rows: FromClause) -> Select[Any]:
    """All readable columns, gated ones behind their gates, and the folded ones that orders sort by."""
    visibility = visibility_of(principal)
    folded: list[ColumnElement[Any]] = [rows.c[name] for name in kind.table.c.keys() if name.endswith("_fold")]  # noqa: SIM118 - not a dict
    return select(*(shown(visibility, kind, rows, name) for name in kind.columns), *folded)


def cursor_of(kind: RecordType, order: Order, row: Row) -> str:
    return write_cursor(fingerprint(kind, order), [*(row[key.column] for key in order), row["id"]])


def public(row: Row) -> Row:
    return {name: value for name, value in row.items() if not name.endswith("_fold")}
