"""How many rows a page of a list has."""

from portal.errors import Invalid

DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE = 100, 1000


def read_first(first: int | None, max_rows: int, default: int = DEFAULT_PAGE_SIZE) -> int:
    """Returns the page's size. Raises Invalid for one that is out of range."""
    if first is None:
        return default
    if not 0 <= first <= max_rows:
        raise Invalid(
            f"first must be from 0 to {max_rows}, not {first}. Ask for more by pages: pageInfo.endCursor is the next page's after.",
            "first",
        )
    return first
