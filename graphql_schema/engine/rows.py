"""What a resolver of the read schema returns: which rows, never what is in them."""

from dataclasses import dataclass

COUNTS_ALL = "counts all"  # in the metadata of a field whose resolver counts the rows of all types


@dataclass(frozen=True)
class Rows:
    """All visible rows of a type, for a page; or the one whose unique column has this value."""

    tag: str
    column: str | None = None
    value: int = 0


@dataclass(frozen=True)
class Several:
    """The rows of (tag, number) in this order, of any types."""

    ids: tuple[tuple[str, int], ...]
