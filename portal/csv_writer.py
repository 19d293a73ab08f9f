"""The one writer of CSV: every cell is quoted, and none is a formula to a spreadsheet, whichever separator that was told to split at."""

import csv
import re
from collections.abc import Iterable, Sequence
from typing import TextIO

# Where a cell begins, or would begin behind another separator than ours: blanks, then what spreadsheets take for the start of a formula,
# also in its full-width form. A tab or the end of a line at the very beginning is dropped by some of them, with the same effect.
FORMULA = re.compile(r"\A(?=[\t\r\n])|(?:\A|[,;|\t\r\n])[^\S\t\r\n]*(?=[=+\-@＝＋－＠])")


def write_csv(file: TextIO, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Writes a heading and the rows."""
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    writer.writerows([harmless(cell) for cell in row] for row in rows)


def harmless(cell: object) -> str:
    """Returns the cell's text, with an apostrophe before whatever would be a formula; None is empty, and a number stays as it is."""
    if cell is None:
        return ""
    return FORMULA.sub(r"\g<0>'", cell) if isinstance(cell, str) else str(cell)
