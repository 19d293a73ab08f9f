"""Which scope a field needs: @requiresScope on types and fields, and the words for descriptions. A field without a rule is no field."""

from collections.abc import Iterable

import strawberry
from strawberry.schema_directive import Location

from portal.access.permissions import Permission

OPEN = {
    "Organization",  # public to every caller
    "Node",
    "PageInfo",
    "SocialMedia",
    "Viewer",
    "ViewerOrganization",
    "ViewerKey",
    "DataStatus",
    "TypeCount",
    "RateLimit",
    "Query.viewer",
    "Query.rateLimit",
    "Query.dataStatus",
    "Query.node",
    "Query.nodes",
    "Query.search",  # finds what may be read
    "Query.organization",
    "Query.organizations",
}
OPEN_ENDINGS = ("Connection", "Edge")  # they hold what the field that leads to them was asked about


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
    """The directive for a rule; none where everybody may."""
    scopes = sorted(permission.value for permission in needed)
    return [RequiresScope(any_of=scopes)] if scopes else []


def needs(needed: Iterable[Permission]) -> str:
    """`Needs networks:read or exchanges:read.`, the end of a description."""
    scopes = sorted(permission.value for permission in needed)
    return f"Needs {' or '.join(scopes)}." if scopes else "Needs no scope."


def is_open(type_name: str, field_name: str) -> bool:
    """Whether everybody may ask this, by the list above."""
    return type_name in OPEN or f"{type_name}.{field_name}" in OPEN or type_name.endswith(OPEN_ENDINGS)
