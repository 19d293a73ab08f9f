"""CSV that no spreadsheet takes for a program, whatever it splits cells at."""

import csv
import re
from io import StringIO
from pathlib import Path

import pytest

from portal.csv_writer import write_csv

HOUSE = Path(__file__).parents[1]
STARTS = "=+-@＝＋－＠"


def written(*cells: object) -> str:
    file = StringIO()
    write_csv(file, ["heading"] * len(cells), [cells])
    return file.getvalue().split("\r\n", 1)[1]


def test_every_cell_is_quoted() -> None:
    assert written("plain", 'with "quotes"', 7, None, "two\nlines") == '"plain","with ""quotes""","7","","two\nlines"\r\n'


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("before", ["", " ", "\u00a0", "a,", "a;", "a; ", "a|", "a\t", "a\r\n", ";;"], ids=ascii)
def test_no_cell_begins_like_a_formula_nor_would_behind_another_separator(start: str, before: str) -> None:
    assert written(f"{before}{start}1+1") == f'"{before}\'{start}1+1"\r\n'


@pytest.mark.parametrize("start", ["\t", "\r", "\n"])
def test_a_cell_that_begins_with_what_is_dropped_gets_an_apostrophe_first(start: str) -> None:
    assert written(f"{start}1") == f'"\'{start}1"\r\n'


@pytest.mark.parametrize("text", ["a-b", "2027-01-31", "noc@example.net", "a = b", "AS64500, AS64501", "+".join("ab")])
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert next(csv.reader(StringIO(written(text)))) == [text]


def test_a_number_is_a_number_also_below_zero() -> None:
    assert written(-5) == '"-5"\r\n'


def test_nothing_else_writes_csv() -> None:
    writers = [path for path in (HOUSE / "portal").rglob("*.py") if re.search(r"\bcsv\.(writer|DictWriter)\b", path.read_text("utf-8"))]
    assert [path.name for path in writers] == ["csv_writer.py"]
