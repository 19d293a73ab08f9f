"""What an app's database holds, and a way in for dumps."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.access.principal import COMMAND_LINE
from portal.db.base import Base
from portal.extensions import db
from portal.importer.export import export_dump
from portal.importer.fields import table_of
from portal.importer.outcome import Outcome
from portal.importer.run import Options, import_dump
from portal.importer.stream import Source
from portal.registry.description import OWN_COLUMNS
from portal.registry.types import RECORDS

Rows = dict[str, list[dict[str, Any]]]
Tables = dict[str, list[dict[str, Any]]]


class Import:
    """`outcome` and the `problems` that the report names."""

    def __init__(self, outcome: Outcome, problems: list[dict[str, Any]]) -> None:
        self.outcome = outcome
        self.problems = problems

    def named(self, problem: str) -> list[tuple[Any, ...]]:
        """(type, id, field, id of the other) of each such problem."""
        return [
            (entry["type"], entry["id"], entry.get("field"), entry.get("parent_id"))
            for entry in self.problems
            if entry["problem"] == problem
        ]

    def total(self, name: str) -> int:
        return self.outcome.total(name)


@dataclass(frozen=True)
class Registry:
    """What one app's database holds, and a way in."""

    app: Flask

    def take(self, dump: Rows | bytes, watch: Callable[[str], None] = lambda _: None, **options: bool) -> Import:
        problems: list[dict[str, Any]] = []
        source = Source(io.BytesIO(dump if isinstance(dump, bytes) else as_bytes(dump)))
        with self.app.app_context():
            chosen = Options(**options)
            return Import(import_dump(db.engine, COMMAND_LINE, source, "test.json", chosen, watch=watch, tell=problems.append), problems)

    def row(self, tag: str, identity: int) -> dict[str, Any]:
        table = table_of(RECORDS[tag])
        with self.app.app_context(), db.engine.connect() as connection:
            return dict(connection.execute(select(table).where(table.c.id == identity)).mappings().one())

    def tables(self, *, without: tuple[str, ...] = ("import_run",)) -> Tables:
        """Every table of the database but those, each row in order."""
        with self.app.app_context(), db.engine.connect() as connection:
            return {
                table.name: [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]
                for table in Base.metadata.sorted_tables
                if table.name not in without
            }

    def records(self) -> Tables:
        """The 13 types, without what a dump doesn't tell: who keeps a row, and how often it changed."""
        names, left_out = {table_of(model).name for model in RECORDS.values()}, OWN_COLUMNS | {"changed"}
        tables = {name: rows for name, rows in self.tables().items() if name in names}
        return {name: [{column: row[column] for column in row if column not in left_out} for row in rows] for name, rows in tables.items()}

    def statuses(self) -> dict[tuple[str, int], str]:
        tags = {table_of(model).name: tag for tag, model in RECORDS.items()}
        return {(tags[name], row["id"]): row["status"] for name, rows in self.records().items() for row in rows}

    @property
    def version(self) -> int:
        return int(self.tables()["registry"][0]["version"])


def as_bytes(rows: Rows) -> bytes:
    return json.dumps({tag: {"data": records} for tag, records in rows.items()}).encode()


def export(registry: Registry) -> bytes:
    written = io.BytesIO()
    with registry.app.app_context():
        export_dump(db.engine, COMMAND_LINE, written)
    return written.getvalue()
