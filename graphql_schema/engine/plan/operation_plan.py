"""The plan of an operation. The walk covers all of it, so that a missing scope is noticed before anything runs."""

from dataclasses import dataclass
from typing import Any

from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type
from graphql.execution import Executor

from graphql_schema.engine.computed import finder_of
from graphql_schema.engine.plan.computed_plan import plan_computed
from graphql_schema.engine.plan.plan import COMPUTED, Path, Plan
from graphql_schema.engine.plan.record_plan import REFUSED_NOTHING, Details, Planner, Refused
from graphql_schema.engine.plan.steps import outline
from graphql_schema.engine.rows import COUNTS_ALL
from graphql_schema.engine.schema_index import SchemaIndex
from portal.access.visibility import Visibility


@dataclass(frozen=True)
class Operation:
    """The operation's own selection in the form of a field's details."""

    node: Any
    defer_usage: None = None
    fragment_variable_values: None = None


def make_plan(index: SchemaIndex, executor: Executor[Any], visibility: Visibility) -> Plan:
    """Raises TooCostly for a selection with too many levels."""
    planner = Planner(index, executor, visibility)
    operation = executor.operation
    root = index.schema.get_root_type(operation.operation)
    if root:
        plan_object(planner, root, [Operation(operation)], (), REFUSED_NOTHING)
    for (path, _), level in planner.plan.at.items():
        planner.plan.steps.setdefault(path, []).append(outline(level))
    return planner.plan


def plan_object(planner: Planner, named: GraphQLObjectType, details: list[Details], path: Path, refused: Refused) -> None:
    """Plans what is below a type that isn't a record: graphql-core runs it, and calls us where its fields return rows."""
    index, plan = planner.index, planner.plan
    for key, sub in planner.fields(named, details):
        definition = index.schema.get_field(named, sub[0].node.name.value)
        if definition is None or sub[0].node.name.value.startswith("__"):
            continue
        if f"{named.name}.{sub[0].node.name.value}" in index.granted:
            plan.granted.append((f"{named.name}.{sub[0].node.name.value}", sub[0].node))
        below, place = planner.check(named.name, sub[0].node, refused), (*path, key)
        target = get_named_type(definition.type)
        plan.counts |= COUNTS_ALL in definition.extensions["strawberry-definition"].metadata
        finder = finder_of(definition)
        if finder:
            plan.at[place, COMPUTED] = plan_computed(planner, finder, definition, sub, place, below)
        elif isinstance(target, GraphQLInterfaceType):
            (plan.several if "ids" in definition.args else plan.singles)[place] = definition, sub[0].node
            for tag, record in index.objects.items():
                plan.at[place, tag] = planner.one(index.records[record.name], record, sub, place, below)
        elif target.name in index.records:
            kind = index.records[target.name]
            plan.singles[place] = definition, sub[0].node
            plan.at[place, kind.tag] = planner.one(kind, index.objects[kind.tag], sub, place, below)
        elif isinstance(target, GraphQLObjectType) and target.name.endswith("Connection"):
            page = planner.page(target, definition, sub, place, below)
            plan.at[place, page.level.kind.tag] = page
        elif isinstance(target, GraphQLObjectType):
            plan_object(planner, target, sub, place, below)
