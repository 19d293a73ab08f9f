"""The steps of a plan: a flat list of its levels, parents before children, which the cost of a request is counted by."""

from collections.abc import Sequence
from dataclasses import dataclass

from graphql_schema.engine.computed import Finder
from graphql_schema.engine.plan.computed_levels import Computed, ComputedShape
from graphql_schema.engine.plan.levels import One, Page
from graphql_schema.engine.plan.shapes import Shape

TOP = -1


@dataclass(frozen=True)
class Step:
    """A level. `above`: the place of its parent's step; `tag`: what its rows are, "" where they are computed.

    `page`: the number of its arguments; `parent`: of which type's rows they are children, `via`: by which column; `shapes`: how often its
    rows are printed;
    `times`: how many of them each row above holds, without a page; `fields`: what is selected of a finder's rows.
    `expectation`: which of the numbers that the finder at the step `found_at` expects says that instead.
    """

    above: int
    tag: str = ""
    page: int | None = None
    parent: str = ""
    via: str = ""
    shapes: int = 1
    reads: bool = True
    counts: bool = False
    times: float = 1
    finder: Finder | None = None
    fields: frozenset[str] = frozenset()
    found_at: int = TOP
    expectation: str = ""


Steps = tuple[Step, ...]


def outline(level: One | Page | Computed) -> Steps:
    """Returns the steps of what stands at one place of a plan."""
    steps: list[Step] = []
    add_steps(steps, TOP, level)
    return tuple(steps)


def add_steps(steps: list[Step], above: int, level: One | Page | Computed, parent: str = "", via: str = "") -> None:
    number = len(steps)
    if isinstance(level, One):
        steps.append(Step(above, level.level.kind.tag))
        add_children(steps, number, level.level.kind.tag, level.shape)
    elif isinstance(level, Page):
        tag = level.level.kind.tag
        steps.append(Step(above, tag, level.number, parent, via, len(level.shapes) or 1, level.has_rows, level.has_total))
        for shape in level.shapes:
            add_children(steps, number, tag, shape)
    else:
        fields = frozenset(level.fields)
        steps.append(Step(above, page=level.number, shapes=len(level.shapes) or 1, finder=level.finder, fields=fields))
        for computed in level.shapes:
            if isinstance(computed, ComputedShape):
                add_computed(steps, number, computed, number)
            else:
                add_mixed(steps, number, list(computed.ones.values()))


def add_mixed(steps: list[Step], above: int, ones: Sequence[One]) -> None:
    """A row is of one of the types."""
    for one in ones:
        steps.append(Step(above, one.level.kind.tag, times=1 / len(ones)))
        add_children(steps, len(steps) - 1, one.level.kind.tag, one.shape)


def add_children(steps: list[Step], above: int, tag: str, shape: Shape) -> None:
    for child in shape.children:
        add_steps(steps, above, child.below, tag, child.relation.remote)


def add_computed(steps: list[Step], above: int, shape: ComputedShape, found_at: int) -> None:
    add_children(steps, above, "", shape)
    for _, one in shape.listed:
        steps.append(Step(above, one.level.kind.tag, found_at=found_at, expectation="listed"))
        add_children(steps, len(steps) - 1, one.level.kind.tag, one.shape)
    for _, inside in shape.inside:
        steps.append(Step(above, found_at=found_at, expectation="inside"))
        add_computed(steps, len(steps) - 1, inside, found_at)
