"""Which scope a field needs: @requiresScope on types and fields, and how descriptions say it. A field without a rule isn't accepted."""

from collections.abc import Iterable

import strawberry
from graphql import GraphQLField, GraphQLNamedType
from strawberry.schema_directive import Location

from graphql_schema.engine.schema_index import definition_of
from portal.access.permissions import Permission

OPEN_FIELDS = {
    "Organization",  # public to every caller
    "Node",
    "PageInfo",
    "SocialMedia",
    "IrrAsSet",
    "Viewer",
    "ViewerOrganization",
    "ViewerKey",
    "DataStatus",
    "TypeCount",
    "RateLimit",
    "UserError",
    "UserWarning",
    "FieldChange",
    "PlannedChange",
    "HistoryPage",  # the field that leads to it was checked
    "RecordChange",
    "HistoryEntry",
    "Query.viewer",
    "Query.rateLimit",
    "Query.dataStatus",
    "Query.importDifferences",  # tells of fields that may be read
    "ImportDifference",
    "Query.node",
    "Query.nodes",
    "Query.search",  # finds what may be read
    "Query.organization",
    "Query.organizations",
}
OPEN_ENDINGS = ("Connection", "Edge", "Payload")  # the field that leads to them was checked


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION, Location.OBJECT],
    name="requiresScope",
    description="An API key needs one of these scopes. On a type it holds for all its fields that don't say otherwise.",
)
class RequiresScope:
    """The applied directive; `any_of` as `resource:action`."""

    any_of: list[str] = strawberry.directive_field(name="anyOf")


def describe_argument(schema: strawberry.Schema) -> None:
    """Strawberry has no description for a directive's argument, and keeps the directive twice: as served, and to be printed."""
    for directive in (*schema._schema.directives, *schema._schema_graphql_directives.values()):  # noqa: SLF001 - see above
        if directive.name == "requiresScope":
            directive.args["anyOf"].description = "The scopes, each as `networks:read`."


def requires(needed: Iterable[Permission]) -> list[object]:
    """Returns the directive for a rule; none where every caller may."""
    scopes = sorted(permission.value for permission in needed)
    return [RequiresScope(any_of=scopes)] if scopes else []


def needs(needed: Iterable[Permission]) -> str:
    """Returns the end of a description, as `Needs networks:read or exchanges:read.`"""
    scopes = sorted(permission.value for permission in needed)
    return f"Needs {' or '.join(scopes)}." if scopes else "Needs no scope."


def is_open(type_name: str, field_name: str) -> bool:
    """Whether every caller may read this, by the list above."""
    return type_name in OPEN_FIELDS or f"{type_name}.{field_name}" in OPEN_FIELDS or type_name.endswith(OPEN_ENDINGS)


def scopes_of(named: GraphQLNamedType, name: str, field: GraphQLField) -> frozenset[str]:
    """Returns the field's own rule, or its type's; none where it is open to every caller. Raises TypeError for a field without a rule."""
    for definition in (definition_of(field), definition_of(named)):
        for directive in definition.directives:
            if isinstance(directive, RequiresScope):
                return frozenset(directive.any_of)
    if not is_open(named.name, name):
        raise TypeError(f"{named.name}.{name} has no scope rule: no caller could read it")
    return frozenset()
