"""What the engine knows of the schema, gathered once: each record field's column or relation, each field's scope, each filter's columns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, cast

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)

from graphql_schema.engine.computed import Held, held
from graphql_schema.schema.scopes import RequiresScope, is_open
from portal.registry.choices import names
from portal.registry.description import RecordType, Relation


@dataclass(frozen=True)
class KnownField:
    """A field of a record type: a column with the kind of value it shows, or a relation."""

    definition: GraphQLField
    target: GraphQLNamedType
    column: str | None
    relation: Relation | None
    texts: Mapping[str, str] | None  # of an enum: PeeringDB's text → our name

    @property
    def required(self) -> bool:
        return isinstance(self.definition.type, GraphQLNonNull)


@dataclass(frozen=True)
class KnownFilter:
    """A column that can be filtered by, with the enum of its values; or a relation, with the name of its target's filter.

    `listed`: it holds several, which some, none and every ask. `identity`: it is asked by ids such as net:20.
    """

    column: str
    choices: type[Enum] | None = None
    target: str = ""
    listed: bool = False
    identity: bool = False


@dataclass
class KnownSchema:
    """`needed`: `Type.field` → the scopes of which one is needed. `records`: name → directory type; `objects`: tag → GraphQL type."""

    schema: GraphQLSchema
    needed: dict[str, frozenset[str]] = field(default_factory=dict)
    records: dict[str, RecordType] = field(default_factory=dict)
    objects: dict[str, GraphQLObjectType] = field(default_factory=dict)
    fields: dict[str, dict[str, KnownField]] = field(default_factory=dict)
    filters: dict[str, dict[str, KnownFilter]] = field(default_factory=dict)
    composed: dict[str, dict[str, Held]] = field(default_factory=dict)


def learn(schema: GraphQLSchema) -> KnownSchema:
    """Reads the schema, and gives the fields that mean rows their resolvers. Raises TypeError for a field without a scope rule."""
    known = KnownSchema(schema)
    for name, named in schema.type_map.items():
        if name.startswith("__"):
            continue
        if isinstance(named, GraphQLObjectType | GraphQLInterfaceType):
            learn_type(known, named)
        elif isinstance(named, GraphQLInputObjectType):
            known.filters[name] = {field_name: learn_filter(each) for field_name, each in named.fields.items() if can_be_asked(each)}
    return known


def learn_type(known: KnownSchema, named: GraphQLObjectType | GraphQLInterfaceType) -> None:
    definition = made_of(named)
    kind: RecordType | None = getattr(definition.origin, "__directory_type__", None)
    if kind and isinstance(named, GraphQLObjectType):
        known.records[named.name], known.objects[kind.tag] = kind, named
        known.fields[named.name] = {name: learn_field(each) for name, each in named.fields.items()}
    row = getattr(definition.origin, "__directory_row__", None)
    if row:
        known.composed[named.name] = {name: held(row, made_of(each).python_name, each) for name, each in named.fields.items()}
    for name, each in named.fields.items():
        known.needed[f"{named.name}.{name}"] = rule(named, name, each)
        if "rows" in made_of(each).metadata:
            each.resolve = made_of(each).metadata["rows"]


def learn_field(each: GraphQLField) -> KnownField:
    metadata = made_of(each).metadata
    target = get_named_type(each.type)
    texts = names(made_of(target).wrapped_cls) if isinstance(target, GraphQLEnumType) else None
    return KnownField(each, target, metadata.get("column"), metadata.get("relation"), texts)


def learn_filter(each: GraphQLInputField) -> KnownFilter:
    metadata, lookup = made_of(each).metadata, cast(Any, get_named_type(each.type))
    listed = "some" in lookup.fields
    if listed:
        lookup = get_named_type(lookup.fields["some"].type)
    if "relation" in metadata:
        return KnownFilter(metadata["relation"], None, lookup.name, listed)
    if "eq" not in lookup.fields:
        return KnownFilter(metadata["column"], listed=listed)  # of objects, whose parts are asked by name
    operand = get_named_type(lookup.fields["eq"].type)
    choices = made_of(operand).wrapped_cls if isinstance(operand, GraphQLEnumType) else None
    return KnownFilter(metadata["column"], choices, "", listed, identity=operand.name == "ID")


def rule(named: GraphQLNamedType, name: str, each: GraphQLField) -> frozenset[str]:
    """The field's own rule, or its type's; none where the list of what is open to everybody says so."""
    for definition in (made_of(each), made_of(named)):
        for directive in definition.directives:
            if isinstance(directive, RequiresScope):
                return frozenset(directive.any_of)
    if not is_open(named.name, name):
        raise TypeError(f"{named.name}.{name} has no scope rule: nobody could ask it")
    return frozenset()


def can_be_asked(each: Any) -> bool:
    """Whether the part of a filter is a column or a relation."""
    return not made_of(each).metadata.keys().isdisjoint({"column", "relation"})


def made_of(part: Any) -> Any:
    """Strawberry's definition of a part of the schema."""
    return part.extensions["strawberry-definition"]
