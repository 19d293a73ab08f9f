"""What isn't as the file says, one row of a temporary table each, and how it is told."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from sqlalchemy import ColumnElement, Connection, Select, func, insert, literal, null, select

from portal.db.rowcount import touch
from portal.importer.fields import peeringdb_name
from portal.importer.imported_types import PROBLEMS, ImportedType
from portal.importer.stream import DumpRefused

ABSENT, ORPHAN, TAKEN = "absent reference", "parent was skipped", "value belongs to another"
KEPT_HERE, HOLDS_KEPT = LEFT = "kept here", "something below is kept here"
PARENT_DELETED, UNKNOWN_WORD = "parent is deleted", "unknown word"
WAITS = "waits here with a value that the file gives another"
SKIPPED, NULLED, LEFT_ALONE, MADE_DELETED, KEPT = "skipped", "reference set to null", "left alone", "deleted", "kept"
REFUSED = "refused"


def note(
    connection: Connection,
    kind: ImportedType,
    problem: str | ColumnElement[str],
    outcome: str,
    rows: Select[Any],
    *,
    column: str | None = None,
    parent: str | None = None,
) -> int:
    """Adds a problem for each of the rows, (id) or (id, id of the other row), and says how many there were."""
    noted = rows.subquery()
    other = noted.c[1] if len(noted.c) > 1 else null()
    values = {
        "type": literal(kind.tag),
        "id": noted.c[0],
        "problem": literal(problem) if isinstance(problem, str) else problem,
        "field": literal(peeringdb_name(column)) if column else null(),
        "parent": literal(parent) if parent else null(),
        "parent_id": other,
        "outcome": literal(outcome),
    }
    return touch(connection, insert(PROBLEMS).from_select(list(values), select(*values.values())))


def told_problems(connection: Connection) -> Iterator[dict[str, Any]]:
    """Each problem as {type, id, problem, …}, without what doesn't apply to it, in an order that the file's doesn't change."""
    names = ("type", "id", "problem", "field", "parent", "parent_id", "value", "outcome")
    rows = select(*(PROBLEMS.c[name] for name in names)).order_by(
        PROBLEMS.c.type, PROBLEMS.c.id, PROBLEMS.c.problem, PROBLEMS.c.field, PROBLEMS.c.value
    )
    for row in connection.execution_options(yield_per=1000).execute(rows):
        yield {name: value for name, value in zip(names, row, strict=True) if value is not None}


def count_problems(connection: Connection) -> list[dict[str, Any]]:
    """How often, by type, problem, field, parent's type, value and outcome."""
    names = ("type", "problem", "field", "parent", "value", "outcome")
    columns = [PROBLEMS.c[name] for name in names]
    rows = connection.execute(select(*columns, func.count()).group_by(*columns).order_by(func.count().desc(), *columns))
    return [{name: value for name, value in zip((*names, "count"), row, strict=True) if value is not None} for row in rows]


class Report:
    """`count`: how many problems were written."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.count = 0

    def add(self, problem: dict[str, Any]) -> None:
        self.file.write(orjson.dumps(problem, option=orjson.OPT_APPEND_NEWLINE))
        self.count += 1


@contextmanager
def written_beside(path: Path) -> Iterator[BinaryIO]:
    """A file that only its owner can read and that takes its place when all went well. Raises Refused where it can't be made."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except OSError as error:
        raise DumpRefused(f"{path} can't be written: {error.strerror}.") from error
    try:
        with file:
            yield file
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
