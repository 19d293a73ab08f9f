"""Reading a dump: what is no dump is refused with its position, and never half read as one."""

import gzip
import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.importer.dump import MAX_VALUE_CHARACTERS, ONE_ROW, ONE_TYPE, Dump
from portal.importer.stream import PIECE_BYTES, DumpRefused, Source
from tests.importer.dumps import SMALL
from tests.importer.registry import as_bytes

WHOLE = as_bytes(SMALL)
PACKED = gzip.compress(WHOLE, mtime=0)
COUNT = sum(map(len, SMALL.values()))

deterministic = settings(max_examples=150, derandomize=True, deadline=None, database=None)


def read(content: bytes) -> list[tuple[str, dict[str, Any]]]:
    return list(Dump(Source(io.BytesIO(content))))


@pytest.mark.parametrize("content", [WHOLE, PACKED, WHOLE + b" \r\n\t", json.dumps(json.loads(WHOLE), indent=4).encode()])
def test_a_dump_is_read_row_by_row(content: bytes) -> None:
    assert read(content) == [(tag, row) for tag, rows in SMALL.items() for row in rows]


def test_rows_may_be_longer_than_a_piece_of_the_file() -> None:
    rows = [{"id": number, "notes": "é" * (PIECE_BYTES + number)} for number in range(3)]
    assert read(json.dumps({"org": {"data": rows}}, ensure_ascii=False).encode()) == [("org", row) for row in rows]


def test_a_number_may_go_on_in_the_next_piece_of_the_file() -> None:
    opening = b'{"org": {"count": '
    assert read(opening.ljust(PIECE_BYTES - 2) + b'1234, "data": [{"id": 1}]}}') == [("org", {"id": 1})]


def test_what_stands_beside_the_rows_is_passed_over() -> None:
    assert read(b'{"org": {"meta": {"generated": 1}, "data": [{"id": 1}], "count": 12}}') == [("org", {"id": 1})]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Byte 0: the dump must be an object, {…}."),
        (b"  \n", "Byte 3: the dump must be an object, {…}."),
        (b"<html>", "Byte 0: the dump must be an object, {…}."),
        (b"[]", "Byte 0: the dump must be an object, {…}."),
        (b'\xef\xbb\xbf{"net": {"data": []}}', "Byte 0: the file begins with a byte order mark (BOM). Save it as UTF-8 without one."),
        (b'{"meta": {}, "data": [{"id": 1}]}', f"Byte 8: {ONE_TYPE}."),
        (b'{"data": [{"id": 1}]}', f"Byte 8: {ONE_TYPE}."),
        (b'{"id": "net:1", "name": "Example Net"}\n{"id": "net:2"}', f"Byte 6: {ONE_ROW}."),
        (b'{"cursor": "AA", "complete": true, "rows": 0}', f"Byte 10: {ONE_ROW}."),
        (b'{"net"}', "Byte 6: '}' stands where : is needed."),
        (b'{"net": []}', 'Byte 8: "net" must be an object, {…}.'),
        (b'{"net": {}}', 'Byte 10: "net" has no "data".'),
        (b'{"net": {"data": {}}}', 'Byte 17: "data" must be a list, […].'),
        (b'{"net": {"data": [{"id": 1}, 2]}}', 'Byte 29 (row 2 of "net"): a row must be an object, {…}.'),
        (b'{"net": {"data": [{"id": 1}, {"id": }]}}', 'Byte 36 (row 2 of "net"): expecting value.'),
        (b'{"net": {"data": [{"id": NaN}]}}', 'Byte 18 (row 1 of "net"): NaN isn\'t JSON.'),
        (b'{"net": {"data": [{"id": 1' + b"0" * 5000 + b"}]}}", 'Byte 18 (row 1 of "net"): a number is too long.'),
        (b'{"net": {"data": [{"id": ' + b"[" * 100_000, 'Byte 18 (row 1 of "net"): a value is nested too deep.'),
        (b'{"net": {"data": [{"name": "\xc3\xa9\xff"}]}}', "Byte 30: this isn't UTF-8."),
        (b'{"net": {"data": [{"name": "\xc3', "Byte 28: this isn't UTF-8."),
        (b'{"net": {"data": []}, "net": {"data": []}}', 'Byte 28: "net" stands here for the second time.'),
        (b'{"net": {"data": [], "data": []}}', 'Byte 28: "net" has "data" for the second time.'),
        (b'{"net": {"data": []}} {}', "Byte 22: something follows the end of the dump."),
        (b'{"net": {"data": []}, 7: 7}', "Byte 22: a name in quotes is needed."),
        (b'{"net": {"data": []}', "Byte 20: the file ends where , or } is needed."),
        (b'{"net": {"data": [{"id": 1, "name": "Ex', 'Byte 36 (row 1 of "net"): the file ends in the middle of a value.'),
        (b'{"net": {"data": [{"notes": "' + b"x" * 2 * MAX_VALUE_CHARACTERS, 'Byte 28 (row 1 of "net"): a value is too long.'),
    ],
)
def test_what_is_no_dump_is_refused_with_its_position(content: bytes, message: str) -> None:
    with pytest.raises(DumpRefused) as refused:
        read(content)
    assert str(refused.value) == message


@pytest.mark.parametrize("damaged", [PACKED[:-9], PACKED[:200], PACKED[:300] + b"\0\0\0\0" + PACKED[304:], PACKED + b"more"])
def test_damaged_gzip_is_refused_with_its_position(damaged: bytes) -> None:
    with pytest.raises(DumpRefused, match=r"The gzip file is damaged or cut short after [\d,]+ bytes of its text"):
        read(damaged)


@deterministic
@given(cut=st.integers(0, len(WHOLE) - 1))
def test_a_truncated_dump_is_always_refused(cut: int) -> None:
    with pytest.raises(DumpRefused):
        read(WHOLE[:cut])


@deterministic
@given(cut=st.integers(0, len(PACKED) - 1))
def test_a_truncated_gzip_dump_is_always_refused(cut: int) -> None:
    with pytest.raises(DumpRefused):
        read(PACKED[:cut])


@deterministic
@given(at=st.integers(0, len(WHOLE) - 1), byte=st.integers(0, 255))
def test_a_damaged_byte_is_refused_or_leaves_a_dump(at: int, byte: int) -> None:
    damaged = WHOLE[:at] + bytes([byte]) + WHOLE[at + 1 :]
    try:
        records = read(damaged)
    except DumpRefused:
        return
    assert [row for _, row in records] == [row for rows in json.loads(damaged).values() for row in rows.get("data", [])]


@deterministic
@given(content=st.binary(max_size=200))
def test_noise_is_refused(content: bytes) -> None:
    with pytest.raises(DumpRefused):
        read(content)


def test_no_more_than_a_row_and_a_piece_is_held() -> None:
    source = Source(io.BytesIO(json.dumps({"org": {"data": [{"id": number, "name": "x" * 500} for number in range(20_000)]}}).encode()))
    dump = Dump(source)
    assert max(len(dump.text.buffer) for _ in dump) < 2 * PIECE_BYTES
