"""The form of a dump, `{type: {"data": [row, …]}}`, read as a stream: at most one row and one piece of the file are in memory.

Python's own decoder finds where a row ends; a row that isn't whole yet is tried again with more text.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from portal.importer.stream import DumpRefused, Source

BLANK = re.compile(r"[ \t\r\n]*")
BYTE_ORDER_MARK = "\ufeff"
ONE_TYPE = 'this is the answer of one type, not a dump. Put it under the type\'s tag, as in {"net": …}, or get a dump of all types'
ONE_ROW = "this is an export of the API's, with one row on each line. Import a dump in PeeringDB's form, as `portal export` writes it"
OTHER_FILES = dict.fromkeys(("meta", "data"), ONE_TYPE) | dict.fromkeys(("id", "databaseId", "cursor"), ONE_ROW)  # by their first name
MAX_VALUE_CHARACTERS = 16 * 1024 * 1024


class NoConstant(ValueError):
    """NaN or Infinity, which Python's decoder would take."""


def no_constant(name: str) -> NoReturn:
    raise NoConstant(f"{name} isn't JSON")


class Text:
    """The part of the file that is in memory, and how far it was read."""

    def __init__(self, source: Source, whereabouts: Callable[[], str]) -> None:
        self.pieces = source.pieces()
        self.whereabouts = whereabouts
        self.ended = False
        self.buffer = ""
        self.at = 0
        self.began = 0  # where the value that was read last begins
        self.before = 0  # bytes of the text that have left the buffer
        self.decoder = json.JSONDecoder(parse_constant=no_constant)

    def position(self, index: int | None = None) -> int:
        """Bytes before a character of the buffer, by default before the next one."""
        return self.before + len(self.buffer[: self.at if index is None else index].encode())

    def grow(self) -> bool:
        """Reads on, dropping what was read; False at the end of the file."""
        piece = next(self.pieces, None)
        if piece is None:
            self.ended = True
            return False
        self.before = self.position()
        self.buffer = self.buffer[self.at :] + piece
        self.at = 0
        return True

    def next(self) -> str:
        """The next character that isn't blank, without taking it; "" at the end."""
        while True:
            self.at = BLANK.match(self.buffer, self.at).end()  # type: ignore[union-attr]  # it matches nothing, too
            if self.at < len(self.buffer):
                return self.buffer[self.at]
            if not self.grow():
                return ""

    def take(self, mark: str) -> str:
        """Takes the next character, which must be one of the wanted."""
        character = self.next()
        if not character or character not in mark:
            place = f"{character!r} stands" if character else "the file ends"
            self.refuse(f"{place} where {' or '.join(mark)} is needed")
        self.at += 1
        return character

    def value(self) -> Any:
        """The next JSON value, whatever it is."""
        self.next()
        while True:
            try:
                value, end = self.decoder.raw_decode(self.buffer, self.at)
            except json.JSONDecodeError as error:
                if not self.enlarge():
                    self.refuse(self.describe(error), error.pos)
                continue
            except RecursionError:
                self.refuse("a value is nested too deep")
            except NoConstant as error:
                self.refuse(str(error))
            except ValueError:
                self.refuse("a number is too long")
            if end < len(self.buffer) or not self.grow():  # a number may go on in the next piece
                self.began, self.at = self.at, end
                return value

    def enlarge(self) -> bool:
        """Doubles what is in memory of the value that begins here; False where there is no more, or it is too long for a row."""
        size = 2 * (len(self.buffer) - self.at)
        if size > MAX_VALUE_CHARACTERS:
            return False
        grown = False
        while len(self.buffer) - self.at < size and self.grow():
            grown = True
        return grown

    def refuse(self, why: str, index: int | None = None) -> NoReturn:
        raise DumpRefused(f"Byte {self.position(index):,}{self.whereabouts()}: {why}.")

    def describe(self, error: json.JSONDecodeError) -> str:
        if error.pos < len(error.doc.rstrip()) and not error.msg.startswith("Unterminated"):
            return error.msg[0].lower() + error.msg[1:]
        return "the file ends in the middle of a value" if self.ended else "a value is too long"


class Dump:
    """Iterates over (type, row); `row_number` counts from 1 within a type's rows and is 0 outside them; `types` are those seen so far."""

    def __init__(self, source: Source) -> None:
        self.text = Text(source, self.whereabouts)
        self.types: list[str] = []
        self.row_number = 0

    def __iter__(self) -> Iterator[tuple[str, dict[str, Any]]]:
        if self.text.next() == BYTE_ORDER_MARK:
            self.text.refuse("the file begins with a byte order mark (BOM). Save it as UTF-8 without one")
        for tag in self.members("the dump"):
            if not self.types and tag in OTHER_FILES:
                self.text.refuse(OTHER_FILES[tag])
            if tag in self.types:
                self.text.refuse(f'"{tag}" stands here for the second time')
            self.types.append(tag)
            seen = False
            for name in self.members(f'"{tag}"'):
                if name == "data" and not seen:
                    seen = True
                    yield from ((tag, row) for row in self.rows())
                elif name == "data":
                    self.text.refuse(f'"{tag}" has "data" for the second time')
                else:
                    self.text.value()
            if not seen:
                self.text.refuse(f'"{tag}" has no "data"')
        if self.text.next():
            self.text.refuse("something follows the end of the dump")

    def whereabouts(self) -> str:
        return f' (row {self.row_number:,} of "{self.types[-1]}")' if self.row_number else ""

    def refuse_row(self, why: str) -> NoReturn:
        """Refuses the dump for the row that was read last."""
        self.text.refuse(why, self.text.began)

    def members(self, owner: str) -> Iterator[str]:
        """The names in an object; whoever asks takes each one's value before the next."""
        if self.text.next() != "{":
            self.text.refuse(f"{owner} must be an object, {{…}}")
        self.text.take("{")
        if self.text.next() == "}":
            self.text.take("}")
            return
        while True:
            if self.text.next() != '"':
                self.text.refuse("a name in quotes is needed")
            name = self.text.value()
            self.text.take(":")
            yield name
            if self.text.take(",}") == "}":
                return

    def rows(self) -> Iterator[dict[str, Any]]:
        if self.text.next() != "[":
            self.text.refuse('"data" must be a list, […]')
        self.text.take("[")
        if self.text.next() == "]":
            self.text.take("]")
            return
        while True:
            self.row_number += 1
            if self.text.next() != "{":
                self.text.refuse("a row must be an object, {…}")
            yield self.text.value()
            if self.text.take(",]") == "]":
                self.row_number = 0
                return
