"""A field that was changed, or that a plan would change: in plans, in what a mutation answers, and in a record's history."""

from typing import Any

import strawberry
from strawberry.utils.str_converters import to_camel_case

from graphql_schema.schema.value_text import value_text


@strawberry.type(description="A field that changes. Needs no scope.")
class FieldChange:
    """Values as texts, because fields are of many types."""

    field: str = strawberry.field(description="The field's name, as infoPrefixes4. Needs no scope.")
    before: str | None = strawberry.field(
        description="Its value before, as text; null where there was none, and where it is personal. Needs no scope."
    )
    after: str | None = strawberry.field(
        description="Its value after, as text; null where there is none, and where it is personal. Needs no scope."
    )


@strawberry.type(description="A field of a record that was changed. Needs no scope.")
class RecordChange(FieldChange):
    """A created record has the field status from null, a deleted one to deleted."""

    record: strawberry.ID = strawberry.field(description="The record's id, as netixlan:7. Needs no scope.")


def described(column: str, before: Any, after: Any) -> dict[str, Any]:
    """Returns what a change says of a column, None standing for what isn't told."""
    return {"field": to_camel_case(column), "before": value_text(before), "after": value_text(after)}
