"""How many rows a large page of one record's list will hold. That is counted, because the longest lists are a hundred times the mean."""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import FieldNode, GraphQLField
from graphql.execution import Executor, get_argument_values

from graphql_schema.engine.context import Context
from graphql_schema.engine.page_size import DEFAULT_PAGE_SIZE
from graphql_schema.engine.plan.plan import Path, Plan
from graphql_schema.engine.plan.steps import Step
from graphql_schema.engine.rows import Rows
from portal.errors import PortalError
from portal.registry.read.sizes import children_of


def count_children(plan: Plan, path: Path, executor: Executor[Any], arguments: Sequence[Any], context: Context) -> Mapping[int, int]:
    """Returns the number of a page's arguments → how many rows the record at the path has for it."""
    if path not in plan.singles:
        return {}
    large = [step for steps in plan.steps[path] for step in steps[1:] if is_large(step, arguments)]
    record = record_of(executor, *plan.singles[path]) if large else None
    if record is None:
        return {}
    return {
        step.page: context.reader.rows(children_of, record.tag, record.column, step.tag, step.via, value=record.value)[0][0]
        for step in large
        if step.parent == record.tag and step.page is not None
    }


def is_large(step: Step, arguments: Sequence[Any]) -> bool:
    """Whether it is a page of the record's own list, larger than by default, and without a filter."""
    if step.above or step.page is None or step.finder or not step.reads:
        return False
    page = arguments[step.page]
    return page.first > DEFAULT_PAGE_SIZE and not page.where.shape


def record_of(executor: Executor[Any], definition: GraphQLField, node: FieldNode) -> Rows | None:
    """Returns which record a field means; None where that is refused when it runs."""
    try:
        found: Any = definition.resolve and definition.resolve(
            None, None, **get_argument_values(definition, node, executor.variable_values, hide_suggestions=True)
        )
    except PortalError:
        return None
    return found if isinstance(found, Rows) else None
