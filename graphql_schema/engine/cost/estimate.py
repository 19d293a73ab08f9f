"""What a request will cost, estimated from its plan and its arguments before anything of it is read.

A list is expected to hold what such lists hold on average, and `first` at most. `plan/steps.py` walks the plan
once, and a request only counts its steps.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, GraphQLField
from graphql.execution import Executor, get_argument_values

from graphql_schema.engine.computed import Expected
from graphql_schema.engine.context import Context
from graphql_schema.engine.cost.child_counts import count_children
from graphql_schema.engine.cost.filter_cost import ROW_UNITS, UNITS_PER_ROW, check_levels, filter_cost
from graphql_schema.engine.errors import TooCostly
from graphql_schema.engine.plan.plan import Plan
from graphql_schema.engine.plan.steps import TOP, Step, Steps
from portal.limits.request_cost import points_of
from portal.registry.read.sizes import Sizes, fresh_sizes, read_sizes
from portal.registry.types import TYPES

MAX_ROWS = 50_000
NOTHING_COUNTED: Mapping[int, int] = {}


@dataclass
class Cost:
    """`rows`: to be read; `scanned`: how many rows' worth must be scanned; `printed`: rows that the answer will hold."""

    rows: float = 0
    scanned: float = 0
    printed: float = 0

    @property
    def points(self) -> int:
        return points_of(int(self.weight()))

    def weight(self) -> float:
        return self.rows + self.scanned

    def add(self, other: "Cost") -> None:
        self.rows += other.rows
        self.scanned += other.scanned
        self.printed += other.printed

    def check(self) -> None:
        """Raises TooCostly."""
        if self.printed > MAX_ROWS or self.weight() > MAX_ROWS:
            rows = int(max(self.weight(), self.printed))
            raise TooCostly(
                f"This would cost about as much as {rows} rows; one request may cost {MAX_ROWS}. "
                "Ask for fewer fields, a smaller `first`, or a filter that an index serves, and for the rest by pages.",
                {"expectedRows": rows, "mostRows": MAX_ROWS},
            )


def estimate(steps: Steps, arguments: Sequence[Any], sizes: Sizes, times: int = 1, counted: Mapping[int, int] = NOTHING_COUNTED) -> Cost:
    """Returns the cost of the steps' rows; `times`: how many rows the first one stands for.

    `counted`: the number of a page's arguments → how many rows its list has, where that is known.
    """
    cost, printed, read, expectations = Cost(), list[float](), list[float](), dict[int, Expected]()
    for number, step in enumerate(steps):
        above, distinct = (times, times) if step.above == TOP else (printed[step.above], read[step.above])
        if step.page is None:
            per_row = getattr(expectations[step.found_at], step.expectation) if step.expectation else step.times
            shown, fresh = above * per_row, min(distinct * per_row, sizes.get(step.tag, MAX_ROWS))
        else:
            page = arguments[step.page]
            expected = (
                step.finder.expect(page, sizes, step.fields)
                if step.finder
                else page_cost(step, page, sizes, distinct, counted.get(step.page))
            )
            expectations[number] = expected
            shown, fresh = above * expected.rows, distinct * expected.rows
            cost.scanned += expected.scanned
        printed.append(shown)
        read.append(fresh)
        cost.printed += shown * step.shapes
        cost.rows += fresh
    return cost


def sum_up(plan: Plan, executor: Executor[Any], arguments: Sequence[Any], context: Context) -> Cost:
    """Returns the cost of all that a plan reads. Raises TooCostly."""
    cost = Cost(rows=len(plan.steps))
    if not (plan.pages or plan.several or plan.counts):
        return cost  # some records
    sizes = fresh_sizes(context.snapshot.engine) or read_sizes(context.reader)
    cost = Cost(scanned=sum(sizes.values()) * ROW_UNITS / UNITS_PER_ROW if plan.counts else 0)
    for path, steps_by_type in plan.steps.items():
        times = count_ids(executor, *plan.several[path]) if path in plan.several else 1
        counted = count_children(plan, path, executor, arguments, context)
        costs = [estimate(steps, arguments, sizes, times, counted) for steps in steps_by_type]
        cost.add(costs[0] if len(costs) == 1 else max(costs, key=Cost.weight))
    cost.check()
    return cost


def count_ids(executor: Executor[Any], definition: GraphQLField, node: FieldNode) -> int:
    return len(get_argument_values(definition, node, executor.variable_values, hide_suggestions=True)["ids"])


def page_cost(step: Step, arguments: Any, sizes: Sizes, parents: float, counted: int | None) -> Expected:
    """Returns how many rows each parent's page holds, and what must be scanned for all of them."""
    size, shape = sizes[step.tag], arguments.where.shape
    whole = counted if counted is not None else size / max(1, sizes[step.parent]) if step.parent else size
    rows = min(arguments.first, whole) if step.reads else 0
    if not shape and not step.counts:
        return Expected(rows)
    per_row, others, max_rows = cost = filter_cost(TYPES[step.tag], shape, arguments.where.values, sizes)
    check_levels(arguments.where.relation_levels, cost)
    statements = step.counts + bool(step.reads and shape)
    units = min(parents * whole, max_rows) * (ROW_UNITS + per_row) + others
    return Expected(min(rows, max_rows), statements * units / UNITS_PER_ROW)
