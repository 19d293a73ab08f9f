"""From a selection on a computed field to its levels, beside what `record_plan.py` does for records."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, GraphQLUnionType, get_named_type

from graphql_schema.engine.computed import Finder
from graphql_schema.engine.plan.computed_levels import Computed, ComputedShape, MixedShape
from graphql_schema.engine.plan.levels import Child, Edges
from graphql_schema.engine.plan.plan import Path
from graphql_schema.engine.plan.record_plan import Details, Planner, Refused
from portal.registry.description import one


def plan_computed(
    planner: Planner, finder: Finder, definition: GraphQLField, details: list[Details], path: Path, refused: Refused
) -> Computed:
    """Plans a field that has a finder."""
    target: Any = get_named_type(definition.type)
    is_page = target.name.endswith("Connection")
    computed = Computed(finder, definition, details[0].node, len(planner.plan.pages), path, is_page=is_page)
    planner.plan.pages.append(computed)
    if computed.is_page:
        plan_page(planner, computed, target, details, refused)
    else:
        plan_shape(planner, computed, target, details, path, refused)
    return computed


def plan_page(planner: Planner, computed: Computed, connection: Any, details: list[Details], refused: Refused) -> None:
    node: Any = get_named_type(connection.fields["nodes"].type)
    for key, sub in planner.fields(connection, details):
        name = sub[0].node.name.value
        below: Any = connection.name
        if name == "nodes":
            below = plan_shape(planner, computed, node, sub, (*computed.path, key), refused)
        elif name == "edges":
            below = plan_edges(planner, computed, connection, sub, (*computed.path, key), refused)
        elif name == "pageInfo":
            info = get_named_type(connection.fields["pageInfo"].type)
            below = [(info_key, parts[0].node.name.value) for info_key, parts in planner.fields(info, sub)]
        computed.parts.append((key, name, below))
        computed.fields.add(name)


def plan_edges(planner: Planner, computed: Computed, connection: Any, details: list[Details], path: Path, refused: Refused) -> Edges:
    edges, edge = Edges(), get_named_type(connection.fields["edges"].type)
    node: Any = get_named_type(connection.fields["nodes"].type)
    for key, sub in planner.fields(edge, details):
        name = sub[0].node.name.value
        if name == "cursor":
            edges.cursors.append(key)
        elif name == "node":
            edges.nodes.append((key, plan_shape(planner, computed, node, sub, (*path, key), refused)))
        else:
            edges.names.append((key, edge.name))
    return edges


def plan_shape(
    planner: Planner,
    computed: Computed,
    named: GraphQLObjectType | GraphQLUnionType,
    details: list[Details],
    path: Path,
    refused: Refused,
) -> ComputedShape | MixedShape:
    shape: ComputedShape | MixedShape
    if isinstance(named, GraphQLUnionType):
        shape = mixed_shape(planner, named, details, path, refused)
    else:
        shape = computed_shape(planner, computed, named, details, path, refused)
    computed.shapes.append(shape)
    return shape


def mixed_shape(planner: Planner, union: GraphQLUnionType, details: list[Details], path: Path, refused: Refused) -> MixedShape:
    kinds = [(planner.index.records[named.name], named) for named in union.types]
    return MixedShape({kind.tag: planner.one(kind, named, details, path, refused) for kind, named in kinds})


def computed_shape(
    planner: Planner, computed: Computed, named: GraphQLObjectType, details: list[Details], path: Path, refused: Refused
) -> ComputedShape:
    shape = ComputedShape()
    for key, sub in planner.fields(named, details):
        name = sub[0].node.name.value
        computed.fields.add(name)
        if name == "__typename":
            shape.constant(key, named.name)
            continue
        field, below = planner.index.computed[named.name][name], planner.check(named.name, sub[0].node, refused)
        target: Any = field.target
        shape.place(key, field.place)
        if target.name in planner.index.records:
            kind = planner.index.records[target.name]
            level = planner.one(kind, target, sub, (*path, key), below, nullable=not field.required)
            if field.many:
                shape.listed.append((key, level))
            else:
                shape.children.append(Child(key, one(kind.tag, name), level))
        elif target.name in planner.index.computed:
            shape.inside.append((key, computed_shape(planner, computed, target, sub, (*path, key), below)))
        elif field.texts is not None:
            shape.convert(key, field.place, names_of(field.texts))
    shape.finish()
    return shape


def names_of(texts: Mapping[str, str]) -> Callable[[Sequence[str]], list[str]]:
    """Turns PeeringDB's texts into the enum's names."""
    return lambda values: [texts[text] for text in values]
