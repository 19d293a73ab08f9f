"""One export as a compressed file in memory: pages of lines until all is output, the file is long enough, or the budget is used up."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import orjson

from graphql_schema.engine.context import Context
from portal.api.exports.lines import Lines
from portal.errors import Limited
from portal.registry.read.paging import read_change_cursor, write_change_cursor

PAGE_ROWS = 1000  # that are read at once
MAX_FILE_ROWS, MAX_FILE_BYTES = 100_000, 16 * 1024 * 1024  # compressed bytes
COMPRESSION_LEVEL = 1


@dataclass
class File:
    """`complete`: nothing that had changed when it was made is missing; else the cursor leads to the rest."""

    cursor: str | None
    rows: int = 0
    complete: bool = False
    body: bytes = b""

    @property
    def last_line(self) -> dict[str, Any]:
        return {"cursor": self.cursor, "complete": self.complete, "rows": self.rows}


def make_file(lines: Lines, context: Context, since: str | None, pay: Callable[[], None]) -> File:
    """`since`: the cursor from which on changed rows are output, deleted ones too, "" for the first; None: all rows that there are.

    `pay` is called before each page. Raises Invalid for a cursor of another list or epoch, and Limited where not even the first page can be
    paid.
    """
    kind, file, output = lines.level.kind, File(since or None), BytesIO()
    after = read_change_cursor(kind, since, context.epoch)
    with gzip.GzipFile(fileobj=output, mode="wb", compresslevel=COMPRESSION_LEVEL, mtime=0) as packed:
        while not file.complete and file.rows < MAX_FILE_ROWS and output.tell() < MAX_FILE_BYTES and is_paid(pay, needed=not file.rows):
            page, last = lines.page(context, after, PAGE_ROWS, deleted=since is not None)
            packed.write(b"".join([orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in page]))
            file.rows, file.complete = file.rows + len(page), len(page) < PAGE_ROWS
            if last:
                file.cursor = write_change_cursor(kind, context.epoch, last)
                after = read_change_cursor(kind, file.cursor, context.epoch)
        packed.write(orjson.dumps(file.last_line, option=orjson.OPT_APPEND_NEWLINE))
    file.body = output.getvalue()
    return file


def is_paid(pay: Callable[[], None], *, needed: bool) -> bool:
    """Without the first page there would be no export."""
    try:
        pay()
    except Limited:
        if needed:
            raise
        return False
    return True
