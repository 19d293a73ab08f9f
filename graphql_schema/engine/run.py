"""Runs levels: the parents' statement, then one for the children of all parents, and so on; each child is put into its parents' dicts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate
from operator import itemgetter
from typing import Any

from graphql_schema.engine.arguments import Asked
from graphql_schema.engine.context import Context
from graphql_schema.engine.cost import MOST_ROWS
from graphql_schema.engine.errors import TooCostly
from graphql_schema.engine.levels import Child, Edges, Level, One, Page
from graphql_schema.engine.rows import Rows, Several
from graphql_schema.engine.shapes import Row, Shape
from portal.db.prepared import Prepared
from portal.registry.description import Relation
from portal.registry.read import selects
from portal.registry.read.changes import changed
from portal.registry.read.paging import Order, ends_descending, fingerprint, write_cursor

FEW = 20  # rows of each parent that are read at once before it is worth asking for each parent's first rows alone
PARENT, IDENTITY = itemgetter(-2), itemgetter(-1)  # of a row
NOWHERE = (0, 0)
Made = list[dict[str, Any]]
Weights = Sequence[int] | None  # how often each row is printed; None: once


class Run:
    """One request's run. `touched` counts the rows that statements gave, `printed` those that the answer holds.

    `looked`: what finders looked at beyond what was expected, in rows' worth. `truncated`: lists that were cut short without saying so.
    """

    def __init__(self, context: Context, asked: Sequence[Asked]) -> None:
        self.context, self.asked = context, asked
        self.touched = self.printed = 0
        self.deleted = False  # whether relations to one show deleted records too, as below a list that does
        self.looked = 0.0
        self.truncated: set[tuple[str, ...]] = set()

    def execute(self, prepared: Prepared, **values: Any) -> list[Row]:
        rows = prepared.rows(self.context.snapshot, {**self.context.values, **values})
        self.touched += len(rows)
        return rows

    def prepare(self, level: Level, variant: str, build: Any, **reading: Any) -> Prepared:
        if reading.get("where"):
            self.context.snapshot.plan_for_values()
        return level.prepared(variant, self.context.snapshot.dialect, build, **reading)

    def print_rows(self, number: int) -> None:
        self.printed += number
        if self.printed > MOST_ROWS or self.looked > MOST_ROWS:
            raise TooCostly(f"The answer costs more than {MOST_ROWS} rows. Ask for less at once.")

    def one(self, one: One, rows: Rows) -> dict[str, Any] | None:
        """The one row that a resolver means."""
        prepared = self.prepare(one.level, "row", selects.row, equals=rows.column)
        made = one.shape.make(self.execute(prepared, wanted=rows.value))
        self.print_rows(len(made))
        self.fill(one.shape, made, None)
        return made[0] if made else None

    def several(self, ones: Mapping[str, Any], several: Several) -> list[dict[str, Any] | None]:
        """The rows of many ids in their order, by one statement for each type."""
        found: dict[tuple[str, Any], dict[str, Any]] = {}
        printed = Counter(several.ids)
        for tag, one in ones.items():
            wanted = sorted({number for each, number in printed if each == tag and number is not None})
            rows = self.execute(self.prepare(one.level, "children", selects.children, via="id"), parents=wanted, most=len(wanted))
            made = one.shape.make(rows)
            weights = [printed[tag, row[-1]] for row in rows]
            self.print_rows(sum(weights))
            self.fill(one.shape, made, weights)
            found |= {(tag, row[-1]): each for row, each in zip(rows, made, strict=True)}
        return [found.get(each) for each in several.ids]

    def page(self, page: Page) -> dict[str, Any]:
        """The page of all rows of a type, or of those that changed."""
        asked = self.asked[page.number]
        self.deleted = asked.deleted
        try:
            return self.page_of(page, asked)
        finally:
            self.deleted = False

    def page_of(self, page: Page, asked: Asked) -> dict[str, Any]:
        rows, reading = list[Row](), dict[str, Any](where=asked.where.shape, deleted=asked.deleted, once=asked.since is not None)
        place = {"after": asked.after.empty, "order": asked.order}
        if page.wants_rows:
            build = selects.page if asked.since is None else changed
            rows = self.execute(self.prepare(page.level, "page", build, **place, **reading), limit=asked.first + 1, **asked.values)
        total = 0
        if page.wants_total:
            reading |= {} if asked.since is None else place
            total = self.execute(self.prepare(page.level, "count", selects.count, **reading), **asked.values)[0][0]
        more = len(rows) > asked.first
        if more and not page.wants_info:
            self.truncated.add(page.path)
        del rows[asked.first :]
        made = self.make_pages(page, rows, None)
        return Part(page, asked, rows, made).page_of(0, len(rows), more, total)

    def make_pages(self, page: Page, rows: list[Row], weights: Weights) -> dict[int, Made]:
        """Each shape's dicts of the rows, by the shape's id."""
        made = {}
        for shape in page.shapes:
            self.print_rows(sum(weights) if weights else len(rows))
            dicts = made[id(shape)] = shape.make(rows)
            self.fill(shape, dicts, weights)
        return made

    def fill(self, shape: Shape, dicts: Made, weights: Weights) -> None:
        """Puts each child where its join value holds the place."""
        if not dicts:
            return
        for child in shape.children:
            parents = [each[child.key] for each in dicts]
            if isinstance(child.below, One):
                self.fill_ones(child, child.below, dicts, parents, weights)
            else:
                self.fill_pages(child, child.below, dicts, parents, weights)

    def fill_ones(self, child: Child, one: One, dicts: Made, parents: list[Any], weights: Weights) -> None:
        wanted = sorted({parent for parent in parents if parent is not None})
        prepared = self.prepare(one.level, "children", selects.children, via=child.relation.remote, deleted=self.deleted)
        rows = self.execute(prepared, parents=wanted, most=len(wanted)) if wanted else []
        made = one.shape.make(rows)
        found = dict(zip(map(IDENTITY, rows), made, strict=True))
        if len(found) < len(wanted) and not one.nullable:
            raise LookupError(f"{one.level.kind.tag} is missing for a visible row")
        self.print_rows(sum(weights) if weights else len(parents))
        if one.shape.children:
            self.fill(one.shape, made, printed_each(parents, weights, rows))
        for each, parent in zip(dicts, parents, strict=True):
            each[child.key] = found.get(parent)

    def fill_pages(self, child: Child, page: Page, dicts: Made, parents: list[int], weights: Weights) -> None:
        asked, via = self.asked[page.number], child.relation.remote
        rows = self.children(page, asked, child.relation, sorted(set(parents))) if page.wants_rows else []
        rows, spans, more = cut(rows, asked.first)
        if more and not page.wants_info:
            self.truncated.add(page.path)
        totals: dict[int, int] = {}
        if page.wants_total:
            reading = dict[str, Any](via=via, where=asked.where.shape, below_deleted=self.deleted)
            prepared = self.prepare(page.level, "count each", selects.count_each, **reading)
            totals = dict(self.execute(prepared, parents=sorted(set(parents)), **asked.values))
        made = self.make_pages(page, rows, inherited(parents, weights, rows))
        if len(page.parts) == 1 and page.shapes:  # nodes alone, as most ask
            key, nodes = page.parts[0][0], made[id(page.shapes[0])]
            for each, parent in zip(dicts, parents, strict=True):
                begin, end = spans.get(parent, NOWHERE)
                each[child.key] = {key: nodes[begin:end]}
            return
        part = Part(page, asked, rows, made)
        for each, parent in zip(dicts, parents, strict=True):
            begin, end = spans.get(parent, NOWHERE)
            each[child.key] = part.page_of(begin, end, parent in more, totals.get(parent, 0))

    def children(self, page: Page, asked: Asked, relation: Relation, parents: list[int]) -> list[Row]:
        """Rows by parent and in order, of each parent at least one more than it shows, if there are so many.

        Few rows are read whole, and cut later; many are cut by the database.
        """
        limit = asked.first + 1
        reading = dict[str, Any](via=relation.remote, where=asked.where.shape, below_deleted=self.deleted)
        reading |= {"after": asked.after.empty, "order": asked.order}
        dialect = self.context.snapshot.dialect.name
        if len(parents) == 1:
            prepared = self.prepare(page.level, "of one", selects.children_of_one, **reading)
            return self.execute(prepared, parent=parents[0], limit=limit, **asked.values)
        few = min(FEW * len(parents) + 1000, MOST_ROWS)
        prepared = self.prepare(page.level, "children", selects.children, **reading)
        rows = self.execute(prepared, parents=parents, most=few + 1, **asked.values)
        if len(rows) > few:
            prepared = self.prepare(page.level, "each", lambda wanted: selects.children_each(wanted, dialect), **reading)
            rows = self.execute(prepared, parents=parents, limit=limit, most=MOST_ROWS + 1, **asked.values)
        sort(rows, asked.order)
        return rows


class Part:
    """Makes the dicts of one page level, a parent's rows at a time."""

    def __init__(self, page: Page, asked: Asked, rows: list[Row], made: dict[int, Made]) -> None:
        self.page, self.asked, self.rows, self.made = page, asked, rows, made
        self.mark = fingerprint(page.level.kind, asked.order)

    def page_of(self, begin: int, end: int, more: bool, total: int) -> dict[str, Any]:
        """The page that holds the rows from `begin` to before `end`."""
        answer: dict[str, Any] = {}
        for key, part, below in self.page.parts:
            if part == "nodes":
                answer[key] = self.made[id(below)][begin:end]
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
        return write_cursor(self.mark, [*row[begin : begin + len(self.asked.order)], row[-1]])

    def edge(self, edges: Edges, place: int) -> dict[str, Any]:
        answer: dict[str, Any] = {key: self.cursor(place) for key in edges.cursors}
        answer |= {key: self.made[id(shape)][place] for key, shape in edges.nodes}
        return answer | dict(edges.names)

    def info(self, keys: list[tuple[str, str]], begin: int, end: int, more: bool) -> dict[str, Any]:
        known = {
            "hasNextPage": more,
            "hasPreviousPage": self.asked.after.empty is not None,
            "startCursor": self.cursor(begin) if end > begin else None,
            "endCursor": self.cursor(end - 1) if end > begin else self.asked.since,
            "__typename": "PageInfo",
        }
        return {key: known[name] for key, name in keys}


def sort(rows: list[Row], order: Order) -> None:
    """By parent, and each parent's rows in order: rows end with the order's keys, the parent and the id."""
    if not order:
        rows.sort(key=itemgetter(-2, -1))
        return
    rows.sort(key=itemgetter(-1), reverse=ends_descending(order))
    for place, key in enumerate(reversed(order), 3):
        rows.sort(key=itemgetter(-place), reverse=key.descending)
    rows.sort(key=itemgetter(-2))


def spans_of(numbers: Mapping[Any, int]) -> dict[Any, tuple[int, int]]:
    """Parent → where its rows begin and end, of how many rows each parent has, one parent's after the other's."""
    ends = list(accumulate(numbers.values()))
    return dict(zip(numbers, zip([0, *ends], ends, strict=False), strict=True))


def cut(rows: list[Row], first: int) -> tuple[list[Row], dict[Any, tuple[int, int]], set[Any]]:
    """Of rows sorted by parent: at most `first` of each, where those of a parent begin and end, and the parents that had more."""
    if rows and PARENT(rows[0]) == PARENT(rows[-1]):
        parent, had_more = PARENT(rows[0]), len(rows) > first
        rows = rows[:first]
        return rows, {parent: (0, len(rows))}, {parent} if had_more else set()
    numbers = Counter(map(PARENT, rows))
    spans = spans_of(numbers)
    more = {parent for parent, number in numbers.items() if number > first}
    if more:
        rows = [row for begin, end in spans.values() for row in rows[begin : min(end, begin + first)]]
        spans = spans_of({parent: min(number, first) for parent, number in numbers.items()})
    return rows, spans, more


def printed_each(parents: list[Any], weights: Weights, rows: list[Row]) -> list[int]:
    """How often each row is printed, under all the parents that point at it."""
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
