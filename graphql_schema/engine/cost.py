"""What a question will cost, told from its plan and its arguments before anything of it is read.

A list is expected to hold what such lists hold on average, and `first` at most. `outline()` walks the plan once; `estimate()` only counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import FieldNode, GraphQLField
from graphql.execution import Executor, get_argument_values

from graphql_schema.engine.computed import Expected, Finder
from graphql_schema.engine.computed_plan import Composed, ComposedShape
from graphql_schema.engine.context import Context
from graphql_schema.engine.errors import TooCostly
from graphql_schema.engine.filter_cost import ROW, UNITS_OF_A_ROW, look
from graphql_schema.engine.levels import One, Page
from graphql_schema.engine.shapes import Shape
from portal.limits.budgets import points_of
from portal.registry.read.sizes import Sizes, fresh_sizes, read_sizes
from portal.registry.types import TYPES

if TYPE_CHECKING:
    from graphql_schema.engine.plan import Plan

MOST_ROWS = 50_000
IN_A_LIST = 2  # what a composed row's list holds on average, as the exchanges that two networks share
TOP = -1


@dataclass(frozen=True)
class Step:
    """A level. `above`: the place of its parent's step; `tag`: what its rows are, "" where they are composed.

    `page`: the number of its arguments; `parent`: of which type's rows they are children; `shapes`: how often its rows are printed;
    `times`: how many of them each row above holds, without a page.
    """

    above: int
    tag: str = ""
    page: int | None = None
    parent: str = ""
    shapes: int = 1
    reads: bool = True
    counts: bool = False
    times: float = 1
    finder: Finder | None = None
    wanted: frozenset[str] = frozenset()


Steps = tuple[Step, ...]


@dataclass
class Cost:
    """`rows`: to be read; `looked`: how many rows' worth must be looked at; `printed`: rows that the answer will hold."""

    rows: float = 0
    looked: float = 0
    printed: float = 0

    @property
    def points(self) -> int:
        return points_of(int(self.weight()))

    def weight(self) -> float:
        return self.rows + self.looked

    def add(self, other: "Cost") -> None:
        self.rows += other.rows
        self.looked += other.looked
        self.printed += other.printed

    def check(self) -> None:
        """Raises TooCostly."""
        if self.printed > MOST_ROWS or self.weight() > MOST_ROWS:
            most = int(max(self.weight(), self.printed))
            raise TooCostly(
                f"This would cost about as much as {most} rows; one question may cost {MOST_ROWS}. "
                "Ask for fewer fields, a smaller `first`, or a filter that an index serves, and for the rest by pages.",
                {"expectedRows": most, "mostRows": MOST_ROWS},
            )


def outline(found: One | Page | Composed) -> Steps:
    """The steps of what stands at one place of a plan, parents before children."""
    steps: list[Step] = []
    add_steps(steps, TOP, "", found)
    return tuple(steps)


def add_steps(steps: list[Step], above: int, parent: str, found: One | Page | Composed) -> None:
    here = len(steps)
    if isinstance(found, One):
        steps.append(Step(above, found.level.kind.tag))
        add_children(steps, here, found.level.kind.tag, found.shape)
    elif isinstance(found, Page):
        tag = found.level.kind.tag
        steps.append(Step(above, tag, found.number, parent, len(found.shapes) or 1, found.wants_rows, found.wants_total))
        for shape in found.shapes:
            add_children(steps, here, tag, shape)
    else:
        wanted = frozenset(found.wanted)
        steps.append(Step(above, page=found.number, shapes=len(found.shapes) or 1, finder=found.finder, wanted=wanted))
        for composed in found.shapes:
            if isinstance(composed, ComposedShape):
                add_composed(steps, here, composed)
            else:
                add_mixed(steps, here, list(composed.ones.values()))


def add_mixed(steps: list[Step], above: int, ones: Sequence[One]) -> None:
    """Each row is of one of the types."""
    for one in ones:
        steps.append(Step(above, one.level.kind.tag, times=1 / len(ones)))
        add_children(steps, len(steps) - 1, one.level.kind.tag, one.shape)


def add_children(steps: list[Step], above: int, tag: str, shape: Shape) -> None:
    for child in shape.children:
        add_steps(steps, above, tag, child.below)


def add_composed(steps: list[Step], above: int, shape: ComposedShape) -> None:
    add_children(steps, above, "", shape)
    for _, one in shape.listed:
        steps.append(Step(above, one.level.kind.tag, times=IN_A_LIST))
        add_children(steps, len(steps) - 1, one.level.kind.tag, one.shape)
    for _, inside in shape.inside:
        steps.append(Step(above, times=IN_A_LIST))
        add_composed(steps, len(steps) - 1, inside)


def estimate(steps: Steps, asked: Sequence[Any], sizes: Sizes, times: int = 1) -> Cost:
    """Of the steps' rows; `times`: how many rows the first one stands for."""
    cost, printed, read = Cost(), list[float](), list[float]()
    for step in steps:
        above, distinct = (times, times) if step.above == TOP else (printed[step.above], read[step.above])
        if step.page is None:
            here, fresh = above * step.times, min(distinct * step.times, sizes.get(step.tag, MOST_ROWS))
        else:
            given = asked[step.page]
            expected = step.finder.expect(given, sizes, step.wanted) if step.finder else of_page(step, given, sizes, distinct)
            here, fresh = above * expected.rows, distinct * expected.rows
            cost.looked += expected.looked
        printed.append(here)
        read.append(fresh)
        cost.printed += here * step.shapes
        cost.rows += fresh
    return cost


def sum_up(plan: "Plan", executor: Executor[Any], asked: Sequence[Any], context: Context) -> Cost:
    """Of all that a plan reads. Raises TooCostly."""
    cost = Cost(rows=len(plan.steps))
    if not (plan.pages or plan.several or plan.counts):
        return cost  # some records
    sizes = fresh_sizes(context.snapshot.engine) or read_sizes(context.reader)
    cost = Cost(looked=sum(sizes.values()) * ROW / UNITS_OF_A_ROW if plan.counts else 0)
    for path, steps in plan.steps.items():
        times = ids_of(executor, *plan.several[path]) if path in plan.several else 1
        found = [estimate(each, asked, sizes, times) for each in steps]
        cost.add(found[0] if len(found) == 1 else max(found, key=Cost.weight))
    cost.check()
    return cost


def ids_of(executor: Executor[Any], definition: GraphQLField, node: FieldNode) -> int:
    return len(get_argument_values(definition, node, executor.variable_values, hide_suggestions=True)["ids"])


def of_page(step: Step, asked: Any, sizes: Sizes, parents: float) -> Expected:
    """How many rows each parent's page holds, and what must be looked at for all of them."""
    size, shape = sizes[step.tag], asked.where.shape
    whole = size / max(1, sizes[step.parent]) if step.parent else size
    rows = min(asked.first, whole) if step.reads else 0
    if not shape and not step.counts:
        return Expected(rows)
    each, others, most = look(TYPES[step.tag], shape, asked.where.values, sizes)
    statements = step.counts + bool(step.reads and shape)
    units = min(parents * whole, most) * (ROW + each) + others
    return Expected(min(rows, most), statements * units / UNITS_OF_A_ROW)
