"""Rows for a table that is known by its columns alone: three of them, in which each column has values of its own."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Integer, LargeBinary, Table
from sqlalchemy.types import TypeEngine

NUMBERS = (1, 2, 3)
TIMESTAMP_CHARACTERS = 20  # of a text column on SQLite that holds a time


def rows_for(table: Table) -> list[dict[str, Any]]:
    return [{column.name: value_of(column, number) for column in table.columns} for number in NUMBERS]


def value_of(column: Column[Any], number: int) -> Any:
    """The last row has None wherever it may; a foreign key refers to the row with the same number."""
    if column.nullable and number == max(NUMBERS):
        return None
    for key in column.foreign_keys:
        return value_of(key.column, number)
    return value_of_type(column.type, column.name, number)


def value_of_type(kind: TypeEngine[Any], name: str, number: int) -> Any:
    match kind:
        case Boolean():
            return number % 2 == 0
        case BigInteger():
            return 2**40 + number
        case Integer():
            return number
        case Date():
            return date(2026, 1, number)
        case DateTime():
            return datetime(2026, 1, number, tzinfo=UTC)
        case LargeBinary():
            return bytes([number, 0, 255])
        case _ if getattr(kind, "length", None) == TIMESTAMP_CHARACTERS:
            return f"2026-01-{number:02}T00:00:00Z"
        case _ if kind.python_type is str:
            return f'"{name} {number}"'  # is JSON, too, for the columns that hold it
        case _ if kind.python_type is float:
            return number + 0.5
    raise AssertionError(f"{name} has the type {kind!r}, for which there is no value yet")
