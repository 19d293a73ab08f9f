"""The fenced blocks that the README and docs/ print, each with its language and the line that it begins on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"\s*(`{3,}|~{3,})\s*(.*?)\s*")


@dataclass(frozen=True)
class Block:
    """`language` is all that the opening fence says; `text` ends with a newline."""

    document: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.document}:{self.line}"


def documents() -> list[Path]:
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(language: str | None = None) -> list[Block]:
    """Of every document, those of one language or all."""
    printed = [block for path in documents() for block in read_blocks(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))]
    return [block for block in printed if language in (None, block.language)]


def read_blocks(document: str, text: str) -> Iterator[Block]:
    """Raises AssertionError for a block that never ends."""
    opened: tuple[int, str, str] | None = None
    lines: list[str] = []
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        fence = FENCE.fullmatch(line.rstrip("\n"))
        if opened is None and fence:
            opened, lines = (number, fence[1], fence[2]), []
        elif opened and fence and fence[1].startswith(opened[1]) and not fence[2]:
            yield Block(document, opened[0], opened[2], "".join(lines))
            opened = None
        else:
            lines.append(line)
    assert opened is None, f"{document}:{opened and opened[0]} begins a block that never ends"


def block(document: str, words: str) -> Block:
    """The one shell block of a document that holds these words."""
    (only,) = [candidate for candidate in blocks("sh") if candidate.document == document and words in candidate.text]
    return only


def answers() -> list[tuple[Block, Block | None]]:
    """Each GraphQL block, with the block of JSON that follows it as its answer."""
    everything = [*blocks(), None]
    return [
        (query, after if after and after.language == "json" else None)
        for query, after in pairwise(everything)
        if query and query.language == "graphql"
    ]


def heading_anchors(text: str) -> set[str]:
    """As GitHub makes them of headings."""
    titles = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
