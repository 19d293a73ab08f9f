"""`search()`: networks, exchanges, facilities, organizations, carriers and campuses by what people know of them.

That is a name, an alias, an AS-SET, an ASN as AS64500, ASN64500 or 64500, an address or a block of addresses; of names and AS-SETs also
without their punctuation. What the caller may not read isn't found, counted or paged past.
"""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any, NamedTuple

from portal.db.fold import fold
from portal.db.ip_bytes import prefix_bounds
from portal.db.sql import PUNCTUATION, SEPARATORS
from portal.errors import Invalid
from portal.registry.read.paging import WRONG, opened, write_cursor
from portal.registry.read.search_sql import AFTER, KINDS, of_block, of_block_count, of_text, of_text_count
from portal.registry.read.statements import Build, Reader
from portal.whole_numbers import LARGEST_ID

MIN_TEXT_CHARACTERS, MAX_TEXT_CHARACTERS, MAX_WORDS = 2, 255, 10
ASN = re.compile(r"(?:asn?[ :-]?)?(\d{1,10})", re.ASCII)
SET_NAME = r"(?:as\d+|[ar]s-[a-z0-9_-]+)(?::(?:as\d+|[ar]s-[a-z0-9_-]+))*"
SET_OF_SOURCE = re.compile(rf"(?P<name>{SET_NAME})@(?P<source>[a-z0-9-]+)|(?P<source2>[a-z0-9-]+)::(?P<name2>{SET_NAME})", re.ASCII)
LARGEST_ASN = 2**32 - 1
APART, TOGETHER = str.maketrans(dict.fromkeys(SEPARATORS, " ")), str.maketrans(dict.fromkeys(PUNCTUATION, ""))


class Found(NamedTuple):
    """A record's tag and number."""

    tag: str
    id: int


@dataclass(frozen=True)
class SearchRequest:
    """A question as read_question() read it. `words` is None where it is about a block of addresses; `after`: the place of a cursor."""

    words: int | None
    asn: bool
    bound: Mapping[str, Any]
    mark: int
    first: int
    after: tuple[int, int, int, str, int] | None


@dataclass
class Results:
    """A page of what was found, with the rows' places, which cursors hold."""

    mark: int = 0
    rows: list[Found] = field(default_factory=list)
    places: list[tuple[Any, ...]] = field(default_factory=list)
    more: bool = False
    total: int = 0

    def cursor(self, number: int) -> str:
        return write_cursor(self.mark, self.places[number])


def read_question(text: str, first: int, after: str | None = None) -> SearchRequest:
    """Raises Invalid for a text that is too short, too long or of too many words, and for a cursor of another search."""
    if "\0" in text:
        raise Invalid("text can't hold a NUL character.", "text")
    if len(text) > MAX_TEXT_CHARACTERS:
        raise Invalid(f"text can have {MAX_TEXT_CHARACTERS} characters at most.", "text")
    folded = fold(text)
    mark = zlib.crc32(f"search {folded}".encode())
    place = read_place(mark, after)
    block = block_of(text.strip())
    if block:
        return SearchRequest(None, False, dict(zip(("family", "first", "last"), block, strict=True)), mark, first, place)
    asn = ASN.fullmatch(folded)
    number = int(asn[1]) if asn and int(asn[1]) <= LARGEST_ASN else None
    of_source = SET_OF_SOURCE.fullmatch(folded)
    source, name = (of_source["source"] or of_source["source2"], of_source["name"] or of_source["name2"]) if of_source else ("", folded)
    words = list(dict.fromkeys(map(joined, name.translate(APART).split()))) if len(folded) >= MIN_TEXT_CHARACTERS else []
    if not words and number is None:
        raise Invalid(f"text needs {MIN_TEXT_CHARACTERS} letters or digits, an ASN or an address.", "text")
    if len(words) > MAX_WORDS:
        raise Invalid(f"text can have {MAX_WORDS} words at most.", "text")
    as_set = " ".join(f" {source} {name} ".split())
    bound: dict[str, Any] = {"asn": number, "text": name, "joined": joined(name), "as_set": f" {as_set} "}
    for position, word in enumerate(words):
        bound |= {f"word{position}": word, f"begins{position}": f" {word}"}
    return SearchRequest(len(words), number is not None, bound, mark, first, place)


def joined(text: str) -> str:
    """The text without punctuation, or itself where nothing else is in it."""
    bare = text.translate(TOGETHER)
    return bare if bare.strip() else text


def block_of(text: str) -> tuple[int, bytes, bytes] | None:
    """(family, first, last) of an address, or of a block, whose host bits may be set; None for what is neither."""
    try:
        return prefix_bounds(str(ip_network(text, strict=False))) if "%" not in text else None
    except ValueError:
        return None


def read_place(mark: int, after: str | None) -> tuple[int, int, int, str, int] | None:
    if after is None:
        return None
    own_mark, *place = opened(after)
    kinds = [type(part) for part in place]
    if own_mark != mark or kinds != [int, int, int, str, int] or "\0" in place[3]:
        raise Invalid(WRONG, "after")
    rank, number, smaller, name, identity = place
    if not (0 <= rank <= LARGEST_ID and 0 <= number < len(KINDS) and abs(smaller) <= LARGEST_ID and 0 <= identity <= LARGEST_ID):
        raise Invalid(WRONG, "after")
    return rank, number, smaller, name, identity


def search(reader: Reader, question: SearchRequest, *, rows: bool = True, total: bool = False) -> Results:
    """The best first, by one statement; one more where the `total` is wanted."""
    results = Results(question.mark)
    find: Build = of_block if question.words is None else of_text
    count: Build = of_block_count if question.words is None else of_text_count
    shape = () if question.words is None else (question.words, question.asn)
    if total:
        results.total = reader.rows(count, *shape, **question.bound)[0][0]
    if rows:
        after = dict(zip((name for name, _ in AFTER), question.after or (), strict=False))
        places = reader.rows(find, *shape, bool(after), **question.bound, **after, limit=question.first + 1)
        results.more, results.places = len(places) > question.first > 0, places[: question.first]
        results.rows = [Found(KINDS[place].tag, number) for _, place, _, _, number in results.places]
    return results
