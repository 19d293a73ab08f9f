"""From rows to pages: rows sorted by parent and cut to `first`, and the dict of each parent's page."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate
from operator import itemgetter
from typing import Any

from graphql_schema.engine.arguments import PageArguments
from graphql_schema.engine.plan.levels import Edges, Page
from graphql_schema.engine.plan.shapes import Row
from portal.registry.read.paging import Order, ends_descending, fingerprint, write_change_cursor, write_cursor

PARENT, IDENTITY = itemgetter(-2), itemgetter(-1)  # of a row
Dicts = list[dict[str, Any]]
Weights = Sequence[int] | None  # how often each row is printed; None: once


class PageWriter:
    """Writes the pages of one level, a parent's rows at a time. `dicts_by_shape`: a shape's id → its dicts of the rows."""

    def __init__(self, page: Page, arguments: PageArguments, rows: list[Row], dicts_by_shape: dict[int, Dicts]) -> None:
        self.page, self.arguments, self.rows, self.dicts_by_shape = page, arguments, rows, dicts_by_shape
        self.mark = fingerprint(page.level.kind, arguments.order)

    def page_of(self, begin: int, end: int, more: bool, total: int) -> dict[str, Any]:
        """Returns the page that holds the rows from `begin` to before `end`."""
        answer: dict[str, Any] = {}
        for key, part, below in self.page.parts:
            if part == "nodes":
                answer[key] = self.dicts_by_shape[id(below)][begin:end]
            elif part == "totalCount":
                answer[key] = total
            elif part == "pageInfo":
                answer[key] = self.info(below, begin, end, more)
            elif part == "edges":
                answer[key] = [self.edge(below, place) for place in range(begin, end)]
            else:
                answer[key] = below
        return answer

    def cursor(self, place: int) -> str:
        row, begin = self.rows[place], len(self.page.level.columns)
        keys = [*row[begin : begin + len(self.arguments.order)], row[-1]]
        if self.arguments.epoch is not None:
            return write_change_cursor(self.page.level.kind, self.arguments.epoch, keys)
        return write_cursor(self.mark, keys)

    def edge(self, edges: Edges, place: int) -> dict[str, Any]:
        answer: dict[str, Any] = {key: self.cursor(place) for key in edges.cursors}
        answer |= {key: self.dicts_by_shape[id(shape)][place] for key, shape in edges.nodes}
        return answer | dict(edges.names)

    def info(self, keys: list[tuple[str, str]], begin: int, end: int, more: bool) -> dict[str, Any]:
        values = {
            "hasNextPage": more,
            "hasPreviousPage": self.arguments.after.empty is not None,
            "startCursor": self.cursor(begin) if end > begin else None,
            "endCursor": self.cursor(end - 1) if end > begin else self.arguments.since,
            "__typename": "PageInfo",
        }
        return {key: values[name] for key, name in keys}


def sort(rows: list[Row], order: Order) -> None:
    """Sorts by parent, and each parent's rows in order: rows end with the order's keys, the parent and the id."""
    if not order:
        rows.sort(key=itemgetter(-2, -1))
        return
    rows.sort(key=itemgetter(-1), reverse=ends_descending(order))
    for place, key in enumerate(reversed(order), 3):
        rows.sort(key=itemgetter(-place), reverse=key.descending)
    rows.sort(key=itemgetter(-2))


def spans_of(numbers: Mapping[Any, int]) -> dict[Any, tuple[int, int]]:
    """Returns parent → where its rows begin and end, of how many rows each parent has, one parent's after the other's."""
    ends = list(accumulate(numbers.values()))
    return dict(zip(numbers, zip([0, *ends], ends, strict=False), strict=True))


def cut(rows: list[Row], first: int) -> tuple[list[Row], dict[Any, tuple[int, int]], set[Any]]:
    """Returns, of rows sorted by parent, at most `first` of each, where those of a parent begin and end, and the parents that had more."""
    if rows and PARENT(rows[0]) == PARENT(rows[-1]):
        parent, had_more = PARENT(rows[0]), len(rows) > first > 0
        rows = rows[:first]
        return rows, {parent: (0, len(rows))}, {parent} if had_more else set()
    numbers = Counter(map(PARENT, rows))
    spans = spans_of(numbers)
    more = {parent for parent, number in numbers.items() if number > first}
    if more and not first:
        return [], {}, set()  # a page without rows has no cursor to go on from
    if more:
        rows = [row for begin, end in spans.values() for row in rows[begin : min(end, begin + first)]]
        spans = spans_of({parent: min(number, first) for parent, number in numbers.items()})
    return rows, spans, more


def print_counts(parents: list[Any], weights: Weights, rows: list[Row]) -> list[int]:
    """Returns how often each row is printed, under all the parents that point at it."""
    printed: Counter[Any] = Counter()
    if weights is None:
        printed.update(parents)
    else:
        for parent, weight in zip(parents, weights, strict=True):
            printed[parent] += weight
    return list(map(printed.__getitem__, map(IDENTITY, rows)))


def inherited(parents: list[int], weights: Weights, rows: list[Row]) -> Weights:
    """A child in a list is printed as often as its parent."""
    if weights is None:
        return None
    of_parent = dict(zip(parents, weights, strict=True))
    return list(map(of_parent.__getitem__, map(PARENT, rows)))
