"""How many rows a statement touched, on every driver."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, cast

from sqlalchemy import Connection, CursorResult, Executable


def touch(connection: Connection, statement: Executable, values: Mapping[str, Any] = MappingProxyType({})) -> int:
    """Executes the statement; the number of rows that it inserted, updated or deleted."""
    # Without the option SQLAlchemy asks an INSERT's cursor too late, and psycopg's then says -1.
    result = connection.execute(statement, values, execution_options={"preserve_rowcount": True})
    return cast(CursorResult[Any], result).rowcount
