"""A page of a list that is sorted in memory."""

from collections.abc import Sequence
from typing import TypeVar

PAGE_SIZE = 50
Item = TypeVar("Item")


def cut_page(items: Sequence[Item], number: int, size: int = PAGE_SIZE) -> tuple[int, Sequence[Item]]:
    """Returns the index of the page's first item, and its items; a number beyond the last page means the last one."""
    last = max(0, len(items) - 1) // size
    first = min(max(0, number - 1), last) * size
    return first, items[first : first + size]
