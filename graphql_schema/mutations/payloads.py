"""What a mutation answers: the record, and what kept it from being done (`userErrors`) or is worth a look (`userWarnings`)."""

from collections.abc import Iterable
from typing import Any

import strawberry
from strawberry.utils.str_converters import to_camel_case

from graphql_schema.engine.rows import Rows
from graphql_schema.schema.fields import rows
from graphql_schema.schema.lazy_types import reference
from graphql_schema.types.field_change import RecordChange, described
from graphql_schema.types.records import Node
from portal.access.visibility import Visibility
from portal.registry.description import RecordType
from portal.registry.rules.problem import Problem
from portal.registry.write.idempotency import acts_done as idempotency
from portal.registry.write.record_history import RowChange, is_hidden

RecordId = strawberry.Private[int | None]
Tag = strawberry.Private[str]


@strawberry.type(description="Why nothing was done: a rule that the input breaks, or a record that changed meanwhile. Needs no scope.")
class UserError:
    """A problem that the caller can mend."""

    code: str = strawberry.field(
        description="INVALID, TAKEN, NOT_FOUND, IN_USE, CONFLICT (someone changed the record: it comes back as it is) or FOLLOWS_IMPORT. "
        "Needs no scope."
    )
    message: str = strawberry.field(description="What is wrong and what to do. Needs no scope.")
    path: list[str] = strawberry.field(description="The part of the input, as [input, infoPrefixes4]. Needs no scope.")


@strawberry.type(name="UserWarning", description="What to look at, though it was done. Needs no scope.")
class Hint:
    """A problem that kept nothing from being done."""

    message: str = strawberry.field(description="What to look at and what would be better. Needs no scope.")
    path: list[str] = strawberry.field(description="The part of the input, as [input, irrAsSet]. Needs no scope.")


def written_record(source: Any, *_: Any) -> Rows | None:
    """Which record the payload shows; None where there is none, and where it is only asked what the field would mean."""
    return None if source is None or source.record_id is None else Rows(source.tag, "id", source.record_id)


def payload_for(name: str, kind: RecordType | None, noun: str) -> Any:
    """Returns the payload type of a mutation. `kind`: of the record that it shows under `noun`; None: of any type."""
    record: Any = reference(kind.tag) if kind else Node
    annotations: dict[str, Any] = {
        "record_id": RecordId,
        "tag": Tag,
        "changes": list[RecordChange],
        "user_errors": list[UserError],
        "user_warnings": list[Hint],
        noun: record | None,
    }
    text = "The record as it is now; null where nothing was done, and for a new one that a dry run didn't keep."
    fields: dict[str, Any] = {
        "changes": strawberry.field(
            description="What was changed, field by field, in what you may read; in a dry run what would be. Needs no scope."
        ),
        "user_errors": strawberry.field(description="Why nothing was done; empty where it was. Needs no scope."),
        "user_warnings": strawberry.field(description="What to look at. Needs no scope."),
        noun: rows(written_record, text, tag=kind.tag if kind else None) if kind else rows(written_record, f"{text} Needs no scope."),
    }
    fields[noun].default = None  # what it shows follows from the record's id
    cls = type(name, (), {"__annotations__": annotations, "__module__": __name__, **fields})
    return strawberry.type(cls, description="What came of it. Needs no scope.")


def record_changes(changes: Iterable[RowChange], visibility: Visibility) -> list[RecordChange]:
    """Returns the changes of types that the caller may read, without personal values."""
    return [
        RecordChange(
            record=strawberry.ID(f"{change.kind.tag}:{change.row.id}"),
            **described(column, *((None, None) if is_hidden(change.kind, column) else values)),
        )
        for change in changes
        if visibility.covers(change.kind.reads)
        for column, values in change.fields.items()
    ]


def user_errors(problems: Iterable[Problem]) -> list[UserError]:
    return [UserError(code=problem.code, message=problem.message, path=input_path(problem)) for problem in problems]


def user_warnings(problems: Iterable[Problem]) -> list[Hint]:
    return [Hint(message=problem.message, path=input_path(problem)) for problem in problems]


def input_path(problem: Problem) -> list[str]:
    names = {"version": "ifVersion"}
    if problem.path == idempotency.PATH:
        return ["idempotencyKey"]
    return ["input", *(names.get(part) or to_camel_case(part) for part in problem.path)]
