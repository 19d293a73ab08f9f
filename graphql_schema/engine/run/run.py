"""Runs levels: the parents' statement, then one for the children of all parents, and so on; children are put into their parents' dicts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from graphql_schema.engine.arguments import PageArguments
from graphql_schema.engine.context import Context
from graphql_schema.engine.cost.estimate import MAX_ROWS
from graphql_schema.engine.errors import TooCostly
from graphql_schema.engine.plan.levels import Child, Level, One, Page
from graphql_schema.engine.plan.shapes import Row, Shape
from graphql_schema.engine.rows import Rows, Several
from graphql_schema.engine.run.pages import IDENTITY, Dicts, PageWriter, Weights, cut, inherited, print_counts, sort
from portal.db.prepared import Prepared
from portal.registry.description import Relation
from portal.registry.read import selects

ROWS_PER_PARENT = 20  # that are read at once, before it is worth asking for each parent's first rows alone
NOWHERE = (0, 0)


class Run:
    """One request's run. `touched` counts the rows that statements gave, `printed` those that the answer holds.

    `scanned`: what finders scanned beyond what was expected, in rows' worth. `truncated`: lists that were cut short without saying so.
    """

    def __init__(self, context: Context, arguments: Sequence[PageArguments]) -> None:
        self.context, self.arguments = context, arguments
        self.touched = self.printed = 0
        self.deleted = False  # whether relations to one show deleted records too, as below a list that does
        self.scanned = 0.0
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
        if self.printed > MAX_ROWS or self.scanned > MAX_ROWS:
            raise TooCostly(f"The answer costs more than {MAX_ROWS} rows. Ask for less at once.")

    def one(self, one: One, rows: Rows) -> dict[str, Any] | None:
        """Returns the one row that a resolver means."""
        prepared = self.prepare(one.level, "row", selects.row, equals=rows.column)
        dicts = one.shape.make(self.execute(prepared, wanted=rows.value))
        self.print_rows(len(dicts))
        self.fill(one.shape, dicts, None)
        return dicts[0] if dicts else None

    def several(self, ones: Mapping[str, One], several: Several) -> list[dict[str, Any] | None]:
        """Returns the rows of many ids in their order, read by one statement for each type."""
        records: dict[tuple[str, Any], dict[str, Any]] = {}
        printed = Counter(several.ids)
        for tag, one in ones.items():
            numbers = sorted({number for id_tag, number in printed if id_tag == tag})
            rows = self.execute(self.prepare(one.level, "children", selects.children, via="id"), parents=numbers, most=len(numbers))
            dicts = one.shape.make(rows)
            weights = [printed[tag, row[-1]] for row in rows]
            self.print_rows(sum(weights))
            self.fill(one.shape, dicts, weights)
            records |= {(tag, row[-1]): record for row, record in zip(rows, dicts, strict=True)}
        return [records.get(identity) for identity in several.ids]

    def page(self, page: Page) -> dict[str, Any]:
        """Returns the page of all rows of a type, or of those that changed."""
        arguments = self.arguments[page.number]
        self.deleted = arguments.deleted
        try:
            return self.page_of(page, arguments)
        finally:
            self.deleted = False

    def page_of(self, page: Page, arguments: PageArguments) -> dict[str, Any]:
        rows, since, first = list[Row](), arguments.since, arguments.first
        reading = dict[str, Any](where=arguments.where.shape, deleted=arguments.deleted, once=since is not None)
        place = {"after": arguments.after.empty, "order": arguments.order}
        if page.has_rows:
            build = selects.page if since is None else selects.changed
            rows = self.execute(self.prepare(page.level, "page", build, **place, **reading), limit=first + 1, **arguments.values)
        total = 0
        if page.has_total:
            reading |= {} if since is None else place
            total = self.execute(self.prepare(page.level, "count", selects.count, **reading), **arguments.values)[0][0]
        more = len(rows) > first and (first > 0 or since is not None)  # a page without rows has no cursor to go on from
        if more and not page.has_info:
            self.truncated.add(page.path)
        del rows[first:]
        return PageWriter(page, arguments, rows, self.make_pages(page, rows, None)).page_of(0, len(rows), more, total)

    def make_pages(self, page: Page, rows: list[Row], weights: Weights) -> dict[int, Dicts]:
        """Returns the dicts that each shape makes of the rows, by the shape's id."""
        dicts_by_shape = {}
        for shape in page.shapes:
            self.print_rows(sum(weights) if weights else len(rows))
            dicts = dicts_by_shape[id(shape)] = shape.make(rows)
            self.fill(shape, dicts, weights)
        return dicts_by_shape

    def fill(self, shape: Shape, dicts: Dicts, weights: Weights) -> None:
        """Puts each child where its join value holds the place."""
        if not dicts:
            return
        for child in shape.children:
            parents = [row[child.key] for row in dicts]
            if isinstance(child.below, One):
                self.fill_ones(child, child.below, dicts, parents, weights)
            else:
                self.fill_pages(child, child.below, dicts, parents, weights)

    def fill_ones(self, child: Child, one: One, dicts: Dicts, parents: list[Any], weights: Weights) -> None:
        numbers = sorted({parent for parent in parents if parent is not None})
        prepared = self.prepare(one.level, "children", selects.children, via=child.relation.remote, deleted=self.deleted)
        rows = self.execute(prepared, parents=numbers, most=len(numbers)) if numbers else []
        children = one.shape.make(rows)
        by_number = dict(zip(map(IDENTITY, rows), children, strict=True))
        if len(by_number) < len(numbers) and not one.nullable:
            raise LookupError(f"{one.level.kind.tag} is missing for a visible row")
        self.print_rows(sum(weights) if weights else len(parents))
        if one.shape.children:
            self.fill(one.shape, children, print_counts(parents, weights, rows))
        for row, parent in zip(dicts, parents, strict=True):
            row[child.key] = by_number.get(parent)

    def fill_pages(self, child: Child, page: Page, dicts: Dicts, parents: list[int], weights: Weights) -> None:
        arguments, via = self.arguments[page.number], child.relation.remote
        rows = self.children(page, arguments, child.relation, sorted(set(parents))) if page.has_rows else []
        rows, spans, cut_parents = cut(rows, arguments.first)
        if cut_parents and not page.has_info:
            self.truncated.add(page.path)
        totals: dict[int, int] = {}
        if page.has_total:
            reading = dict[str, Any](via=via, where=arguments.where.shape, below_deleted=self.deleted)
            prepared = self.prepare(page.level, "count each", selects.count_each, **reading)
            totals = dict(self.execute(prepared, parents=sorted(set(parents)), **arguments.values))
        dicts_by_shape = self.make_pages(page, rows, inherited(parents, weights, rows))
        if len(page.parts) == 1 and page.shapes:  # nodes alone, as in most queries
            key, nodes = page.parts[0][0], dicts_by_shape[id(page.shapes[0])]
            for row, parent in zip(dicts, parents, strict=True):
                begin, end = spans.get(parent, NOWHERE)
                row[child.key] = {key: nodes[begin:end]}
            return
        writer = PageWriter(page, arguments, rows, dicts_by_shape)
        for row, parent in zip(dicts, parents, strict=True):
            begin, end = spans.get(parent, NOWHERE)
            row[child.key] = writer.page_of(begin, end, parent in cut_parents, totals.get(parent, 0))

    def children(self, page: Page, arguments: PageArguments, relation: Relation, parents: list[int]) -> list[Row]:
        """Returns rows by parent and in order, of each parent at least one more than it shows, if it has so many.

        Few rows are read whole, and cut later; many are cut by the database.
        """
        limit = arguments.first + 1
        reading = dict[str, Any](via=relation.remote, where=arguments.where.shape, below_deleted=self.deleted)
        reading |= {"after": arguments.after.empty, "order": arguments.order}
        dialect = self.context.snapshot.dialect.name
        if len(parents) == 1:
            prepared = self.prepare(page.level, "of one", selects.children_of_one, **reading)
            return self.execute(prepared, parent=parents[0], limit=limit, **arguments.values)
        few = min(ROWS_PER_PARENT * len(parents) + 1000, MAX_ROWS)
        prepared = self.prepare(page.level, "children", selects.children, **reading)
        rows = self.execute(prepared, parents=parents, most=few + 1, **arguments.values)
        if len(rows) > few:
            prepared = self.prepare(page.level, "each", lambda level: selects.children_each(level, dialect), **reading)
            rows = self.execute(prepared, parents=parents, limit=limit, most=MAX_ROWS + 1, **arguments.values)
        sort(rows, arguments.order)
        return rows
