"""Runs prepared selects for one visibility on one snapshot, for answers that are composed of several: peers, what is common, addresses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.sql import ClauseElement

from portal.access.visibility import Visibility
from portal.db.prepared import Prepared
from portal.db.reader import Row, Snapshot

Build = Callable[..., ClauseElement]  # of a visibility and a shape, both hashable


@dataclass
class Reader:
    """`values` are what visibility binds; `touched` counts the rows that statements gave, `scanned` units (engine/cost/filter_cost.py)."""

    snapshot: Snapshot
    visibility: Visibility
    values: Mapping[str, Any]
    touched: int = 0
    scanned: float = 0

    def rows(self, build: Build, *shape: Any, **bound: Any) -> list[Row]:
        rows = self.scan(build, *shape, **bound)
        self.touched += len(rows)
        return rows

    def scan(self, build: Build, *shape: Any, **bound: Any) -> list[Row]:
        """The rows of a statement that is paid for by what it scans."""
        statement = prepared(build, self.visibility, shape, self.snapshot.dialect)
        return statement.rows(self.snapshot, {**self.values, **bound})


@lru_cache(maxsize=128)
def prepared(build: Build, visibility: Visibility, shape: tuple[Any, ...], dialect: Dialect) -> Prepared:
    return Prepared(build(visibility, *shape), dialect)
