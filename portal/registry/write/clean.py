"""The values of an edit in the form they are stored in, and those of them that change something."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.errors import Invalid
from portal.registry.description import RecordType
from portal.registry.editable import Editable
from portal.registry.rules.problem import Problem

MAX_SHOWN_CHARACTERS = 60


@dataclass
class Cleaned:
    """`values`: column → what is to be stored. `problems` keep it from being done, `warnings` don't."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def clean_values(kind: RecordType, given: Mapping[str, Any], row: Any = None) -> Cleaned:
    """Cleans what is given for a row that is stored, or for a new one. What is stored already isn't asked again."""
    cleaned = Cleaned()
    for column, value in given.items():
        if row is None or value != getattr(row, column):
            clean_value(cleaned, column, kind.editable[column], value, row)
    if row is None:
        missing = [column for column, editable in kind.editable.items() if editable.required and column not in given]
        cleaned.problems += [Problem("This is required.", (column,)) for column in missing]
    return cleaned


def with_value(message: str, value: Any) -> str:
    """Returns the message with the value itself where it says "This", if that is short."""
    shown = f'"{value}"' if isinstance(value, str) else str(value)
    if type(value) not in (str, int, float) or not value or len(shown) > MAX_SHOWN_CHARACTERS:
        return message
    return message.replace("This must be", f"{shown} can't be used: it must be", 1).replace("This isn't", f"{shown} isn't", 1)


def clean_value(cleaned: Cleaned, column: str, editable: Editable, value: Any, row: Any) -> None:
    """Adds the value, or what is wrong with it; nothing where the stored value is the same in another form."""
    warnings: list[str] = []
    try:
        stored = editable.clean(value, warnings.append)
        if stored is None and not editable.nullable:
            raise Invalid("This can't be null. Leave it out to keep it as it is.")
        if row is not None and editable.once and stored != getattr(row, column):
            raise Invalid("This can't be changed. Delete the record and create another one.")
    except Invalid as error:
        cleaned.problems.append(Problem(with_value(error.message, value), (column, *([error.field] if error.field else []))))
        return
    if row is None or stored != getattr(row, column):
        cleaned.values[column] = stored
        cleaned.warnings += [Problem(text, (column,)) for text in warnings]
