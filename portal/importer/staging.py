"""A dump's rows in temporary tables of one connection. While they are filled nothing of the registry is read or locked."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, insert

from portal.db.driver_errors import hidden_values
from portal.importer.dump import Dump
from portal.importer.field_names import FieldNames
from portal.importer.fields import COLUMNS, columns_of
from portal.importer.imported_types import IMPORTED_TYPES, PROBLEMS, TEMPORARY, ImportedType
from portal.importer.problems import KEPT, UNKNOWN_WORD
from portal.importer.stream import DumpRefused
from portal.importer.values import text
from portal.registry.choices import names
from portal.registry.types import TYPES

ROWS_IN_BATCH = 1000


class Staging:
    """`ignored`: names in the file that are none of the 13 types. `fields`: names in its rows that aren't taken."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.ids: dict[str, set[int]] = defaultdict(set)
        self.rows: list[tuple[Any, ...]] = []
        self.problems: list[dict[str, Any]] = []
        self.ignored: list[str] = []
        self.fields = FieldNames()
        with connection.begin():
            TEMPORARY.create_all(connection)

    def fill(self, dump: Dump, tick: Callable[[], None]) -> None:
        """Reads the dump to its end; `tick` is called now and then. Raises Refused for what can't be taken."""
        current = ""
        for tag, row in dump:
            if tag != current or len(self.rows) >= ROWS_IN_BATCH:
                self.store(current)
                tick()
                current = tag
            if tag in IMPORTED_TYPES:
                self.add(dump, tag, row)
        self.store(current)
        self.ignored = [tag for tag in dump.types if tag not in IMPORTED_TYPES]
        if len(self.ignored) == len(dump.types):
            raise DumpRefused(f"The file holds none of PeeringDB's types: {', '.join(IMPORTED_TYPES)}.")

    def add(self, dump: Dump, tag: str, row: dict[str, Any]) -> None:
        try:
            self.rows.append(columns_of(tag, row))
        except (ValueError, RecursionError) as error:
            dump.refuse_row(str(error))
        if row["id"] in self.ids[tag]:
            dump.refuse_row(f"id {row['id']} stands in the file for the second time")
        self.ids[tag].add(row["id"])
        self.fields.note(tag, row)
        for field in TYPES[tag].choices:
            for word in unknown_words(tag, field, row.get(field)):
                problem = {"problem": UNKNOWN_WORD, "field": field, "value": text(word), "outcome": KEPT}
                self.problems.append({"type": tag, "id": row["id"]} | problem)

    def store(self, tag: str) -> None:
        if self.rows:
            with self.connection.begin():
                write(self.connection, IMPORTED_TYPES[tag], self.rows)
                if self.problems:
                    self.connection.execute(insert(PROBLEMS), self.problems)
        self.rows, self.problems = [], []


def write(connection: Connection, kind: ImportedType, rows: list[tuple[Any, ...]]) -> None:
    """The driver's own ways, ten times as fast as SQLAlchemy's."""
    names = [f"given_{name}" if name in kind.given else name for name in COLUMNS[kind.tag]]
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.dbapi_connection
        with hidden_values(), driver.cursor() as cursor, cursor.copy(f"COPY {kind.staged.name} ({', '.join(names)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        holders = ", ".join("?" * len(names))
        connection.exec_driver_sql(f"INSERT INTO {kind.staged.name} ({', '.join(names)}) VALUES ({holders})", rows)  # noqa: S608 - our own names


TEXTS = {(tag, field): frozenset(names(choices)) for tag, kind in TYPES.items() for field, choices in kind.choices.items()}


def unknown_words(tag: str, field: str, value: Any) -> list[str]:
    """Of a value, one word or a list; nothing is "unstated"."""
    return [word for word in (value if isinstance(value, list) else [value]) if word and word not in TEXTS[tag, field]]
