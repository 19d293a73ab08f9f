"""What lists have in common: choices in their address, and the same rows as CSV."""

import csv
from collections.abc import Iterable, Sequence
from enum import StrEnum
from io import StringIO
from typing import TypeVar

from flask import Response, request

Choice = TypeVar("Choice", bound=StrEnum)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def chosen(choices: type[Choice], name: str) -> Choice:
    """The choice that the address names; the first one where it names none that exists."""
    text = request.args.get(name, "")
    return choices(text) if text in set(choices) else next(iter(choices))


def csv_answer(filename: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A file to download, in UTF-8 with a heading."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": "no-store"}
    return Response(text.getvalue(), mimetype="text/csv", headers=headers)


def harmless(cell: object) -> str:
    """A cell that a spreadsheet would take for a formula gets an apostrophe."""
    words = "" if cell is None else str(cell)
    return f"'{words}" if words.startswith(FORMULA) else words
