"""What lists have in common: choices and page numbers in their address, and the same rows as CSV."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO
from typing import TypeVar

from flask import Response, request

from portal.csv_writer import write_csv
from portal.whole_numbers import LARGEST_ID, read_number

Choice = TypeVar("Choice", bound=StrEnum)
MAX_CSV_ROWS = 100_000


@dataclass(frozen=True)
class Page:
    """Where a list's page is: `first` is the index of its first row among `total`, and `size` the most rows a page has."""

    first: int
    rows: int
    total: int
    size: int

    @property
    def number(self) -> int:
        return self.first // self.size + 1

    @property
    def previous(self) -> int | None:
        """The number of the page before this one, if there is one."""
        return self.number - 1 if self.first else None

    @property
    def next(self) -> int | None:
        """The number of the page after this one, if there is one."""
        return self.number + 1 if self.first + self.size < self.total else None

    def __str__(self) -> str:
        """As in "51–100 of 1,234"."""
        return f"{self.first + 1:,}–{self.first + self.rows:,} of {self.total:,}"


def page_number() -> int:
    """Returns the page that the address names, or 1; the list itself stops at its last page."""
    return read_number(request.args.get("page", ""), LARGEST_ID) or 1


def chosen(choices: type[Choice], name: str) -> Choice:
    """Returns the choice that the address names, or the first one where it names none that exists."""
    text = request.args.get(name, "")
    return choices(text) if text in set(choices) else next(iter(choices))


def csv_answer(filename: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Returns a file to download, in UTF-8 with a heading."""
    text = StringIO()
    write_csv(text, columns, rows)
    headers = {"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": "no-store"}
    return Response(text.getvalue(), mimetype="text/csv", headers=headers)
