"""The schema's index: each record field's column or relation, each field's scopes, each filter's columns, gathered once at start."""

from collections.abc import Callable, Mapping
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

from graphql_schema.engine.computed import ComputedField, computed_field
from portal.access.visibility import DIRECTORY, PRIVATE
from portal.registry.choices import names
from portal.registry.description import RecordType, Relation

VISIBLE_SCOPES = frozenset(permission.value for permission in (*DIRECTORY, *PRIVATE))

ScopesOf = Callable[[GraphQLNamedType, str, GraphQLField], frozenset[str]]  # of a type, and of its field with this name


@dataclass(frozen=True)
class RecordField:
    """A field of a record type: a column with the kind of value it shows, or a relation."""

    definition: GraphQLField
    target: GraphQLNamedType
    column: str | None
    relation: Relation | None
    texts: Mapping[str, str] | None  # of an enum: PeeringDB's text → our name
    entries: Callable[[str], list[Any]] | None = None  # reads a list of objects from the column's text, where that isn't JSON

    @property
    def required(self) -> bool:
        return isinstance(self.definition.type, GraphQLNonNull)


@dataclass(frozen=True)
class FilterField:
    """A column to filter by, with the enum of its values; or a relation, with the name of its target's filter.

    `listed`: it has several values, which some, none and every speak of. `identity`: its values are ids such as net:20.
    """

    column: str
    choices: type[Enum] | None = None
    target: str = ""
    listed: bool = False
    identity: bool = False


@dataclass
class SchemaIndex:
    """`needed`: `Type.field` → scopes, of which the caller needs one. `records`: name → record type; `objects`: tag → GraphQL type.

    `granted`: root field → scopes of which a key has to be granted one, though they let it see no other rows: of mutations, of history.
    """

    schema: GraphQLSchema
    needed: dict[str, frozenset[str]] = field(default_factory=dict)
    records: dict[str, RecordType] = field(default_factory=dict)
    objects: dict[str, GraphQLObjectType] = field(default_factory=dict)
    fields: dict[str, dict[str, RecordField]] = field(default_factory=dict)
    filters: dict[str, dict[str, FilterField]] = field(default_factory=dict)
    computed: dict[str, dict[str, ComputedField]] = field(default_factory=dict)
    granted: dict[str, frozenset[str]] = field(default_factory=dict)


def build_index(schema: GraphQLSchema, scopes_of: ScopesOf) -> SchemaIndex:
    """Reads the schema, and gives the fields that stand for rows their resolvers."""
    index = SchemaIndex(schema)
    for name, named in schema.type_map.items():
        if name.startswith("__"):
            continue
        if isinstance(named, GraphQLObjectType | GraphQLInterfaceType):
            add_type(index, named, scopes_of)
        elif isinstance(named, GraphQLInputObjectType):
            index.filters[name] = {part: filter_field(definition) for part, definition in named.fields.items() if is_filter(definition)}
    return index


def add_type(index: SchemaIndex, named: GraphQLObjectType | GraphQLInterfaceType, scopes_of: ScopesOf) -> None:
    origin = definition_of(named).origin
    kind: RecordType | None = getattr(origin, "__record_type__", None)
    if kind and isinstance(named, GraphQLObjectType):
        index.records[named.name], index.objects[kind.tag] = kind, named
        index.fields[named.name] = {name: record_field(definition) for name, definition in named.fields.items()}
    row_type = getattr(origin, "__row_type__", None)
    if row_type:
        index.computed[named.name] = {
            name: computed_field(row_type, definition_of(definition).python_name, definition) for name, definition in named.fields.items()
        }
    for name, definition in named.fields.items():
        scopes = scopes_of(named, name, definition)
        needed = index.needed if scopes <= VISIBLE_SCOPES else index.granted
        needed[f"{named.name}.{name}"] = scopes
        if "rows" in definition_of(definition).metadata:
            definition.resolve = definition_of(definition).metadata["rows"]


def record_field(definition: GraphQLField) -> RecordField:
    metadata = definition_of(definition).metadata
    target = get_named_type(definition.type)
    texts = names(definition_of(target).wrapped_cls) if isinstance(target, GraphQLEnumType) else None
    return RecordField(definition, target, metadata.get("column"), metadata.get("relation"), texts, metadata.get("entries"))


def filter_field(definition: GraphQLInputField) -> FilterField:
    metadata, lookup = definition_of(definition).metadata, cast(Any, get_named_type(definition.type))
    listed = "some" in lookup.fields
    if listed:
        lookup = get_named_type(lookup.fields["some"].type)
    if "relation" in metadata:
        return FilterField(metadata["relation"], None, lookup.name, listed)
    if "eq" not in lookup.fields:
        return FilterField(metadata["column"], listed=listed)  # of objects, whose parts have names of their own
    operand = get_named_type(lookup.fields["eq"].type)
    choices = definition_of(operand).wrapped_cls if isinstance(operand, GraphQLEnumType) else None
    return FilterField(metadata["column"], choices, "", listed, identity=operand.name == "ID")


def is_filter(definition: Any) -> bool:
    """Whether the part of an input type is a column or a relation."""
    return not definition_of(definition).metadata.keys().isdisjoint({"column", "relation"})


def definition_of(part: Any) -> Any:
    """Strawberry's definition of a part of the schema."""
    return part.extensions["strawberry-definition"]
