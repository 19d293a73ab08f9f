"""The form of a record of any type, made from what the registry lets be edited; it checks shape, the act checks the rest."""

import json
from collections.abc import Iterable, Mapping
from enum import Enum
from functools import lru_cache
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from portal.errors import Invalid
from portal.pages.forms import FORM_INCOMPLETE, typed
from portal.pages.records.form_values import as_typed, digest, from_typed, is_choice, normal
from portal.pages.records.labels import LABELS, columns_of, label_of
from portal.registry.choices import UNDISCLOSED
from portal.registry.description import RecordType
from portal.registry.editable import Editable
from portal.registry.rules.problem import Problem
from portal.whole_numbers import LARGEST_ID, read_number

NOT_STATED = "Not stated"


class Needed:
    """Marks a field that can't be left empty; the act says so where it is."""

    field_flags: Mapping[str, bool] = {"required": True}

    def __call__(self, form: Any, field: Field) -> None:
        """Checks nothing."""


class RecordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """`version`: the record's when the form was opened. `opened`: column → digest of what its field held then."""

    version = HiddenField()
    opened = HiddenField()
    kind: RecordType
    columns: tuple[str, ...]
    new: bool

    @property
    def seen_version(self) -> int | None:
        return read_number(typed(self.version), LARGEST_ID)

    def touched(self) -> list[str]:
        """Returns the columns whose fields were changed since the form was opened."""
        digests = read_digests(typed(self.opened))
        return [column for column in self.columns if digest(self[column].data) != digests.get(column)]

    def given(self) -> dict[str, Any]:
        """Returns column → value of what was changed, and for a new record of what it needs; what can't be read is told at its field."""
        values, touched = {}, self.touched()
        for column in self.columns:
            if column not in touched and not (self.new and self.kind.editable[column].required):
                continue
            try:
                values[column] = from_typed(self.kind.editable[column], self[column].data)
            except Invalid as error:
                self[column].errors = [error.message]
        return values

    def is_whole(self) -> bool:
        """Whether the form came with what it was opened with; if not, it says so."""
        self.validate()
        if not (self.version.raw_data and self.opened.raw_data) or self.seen_version is None or not read_digests(typed(self.opened)):
            self.form_errors.append(FORM_INCOMPLETE)
        return not self.errors

    def put_problems(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            if problem.path and problem.path[0] in self:
                field = self[problem.path[0]]
                field.errors = [*field.errors, self.say(problem, problem.path[0])]
            else:
                self.form_errors.append(problem.message)

    def say(self, problem: Problem, column: str) -> str:
        """Returns the message as the page names things: fields by their labels, choices by the list that offers them."""
        if is_choice(self.kind.editable[column]) and problem.message.startswith("Choose"):
            return "Choose one from the list."
        label = label_of(column)
        return problem.message.replace(f"this {column} ", f"this {label.lower() if label.istitle() else label} ")

    def open_anew(self, row: Any) -> None:
        """As if it had been opened now, with what was typed."""
        self.version.data, self.opened.data = str(row.version), write_digests(values_of(self.kind, self.columns, row))

    def offer(self, row: Any) -> None:
        """Fills in the choices: those of the registry, and what is stored."""
        for column in self.columns:
            editable, stored = self.kind.editable[column], getattr(row, column, None)
            if is_choice(editable):
                self[column].choices = options(editable, stored)


def record_form(kind: RecordType, row: Any = None) -> RecordForm:
    """Returns the form of a stored record, or an empty one for a new record; as it was sent, where it was."""
    cls = form_class(kind, new=row is None)
    values = values_of(kind, cls.columns, row if row is not None else kind.model)
    version = "1" if row is None else str(row.version)
    form = cls(data={**values, "version": version, "opened": write_digests(values)})
    form.offer(row)
    return form


def values_of(kind: RecordType, columns: Iterable[str], row: Any) -> dict[str, Any]:
    """Returns column → what its field holds for the row; for a new record what it has if nothing is stated."""
    return {column: as_typed(kind.editable[column], value_of(kind, row, column)) for column in columns}


def value_of(kind: RecordType, row: Any, column: str) -> Any:
    if row is kind.model:
        default: Any = kind.table.c[column].default
        return (default.arg or None) if default is not None and default.is_scalar else None
    value = getattr(row, column)
    return None if value == 0 and column in kind.shown_as else value


@lru_cache(maxsize=64)
def form_class(kind: RecordType, *, new: bool) -> type[RecordForm]:
    columns = columns_of(kind, new=new)
    fields = {column: field_for(LABELS[column], kind.editable[column]) for column in columns}
    return type(f"{kind.model.__name__}Form", (RecordForm,), {"kind": kind, "columns": tuple(columns), "new": new, **fields})


def field_for(label: str, editable: Editable) -> Any:
    validators = [Needed()] if editable.required else []
    if editable.type is dict or editable.multiline:
        return TextAreaField(label, validators)
    if editable.listed:
        return SelectMultipleField(label, validate_choice=False, option_widget=CheckboxInput(), widget=ListWidget())
    if is_choice(editable):
        return SelectField(label, validators, validate_choice=False)
    if editable.type is bool and editable.nullable:
        return SelectField(label, choices=[("", NOT_STATED), ("yes", "Yes"), ("no", "No")], validate_choice=False)
    return BooleanField(label) if editable.type is bool else StringField(label, validators)


def options(editable: Editable, stored: Any) -> list[tuple[str, str]]:
    """Returns value → words. What is stored is among them, though it can't be chosen anew or isn't of today's choices."""
    members: Iterable[Enum] = [member for member in editable.type if member not in editable.without]
    choices = {str(member.value): str(member.value) for member in members if member.value != UNDISCLOSED}
    stored_texts = stored if isinstance(stored, list) else [stored]
    choices |= {text: text for text in stored_texts if text and text != UNDISCLOSED}
    if editable.listed:
        return list(choices.items())
    can_be_unstated = any(member.value == UNDISCLOSED for member in editable.type)
    first = {"": NOT_STATED} if can_be_unstated else {} if stored else {"": "Choose one"}
    return list((first | choices).items())


def write_digests(values: Mapping[str, Any]) -> str:
    return json.dumps({column: digest(value) for column, value in values.items()})


def read_digests(text: str) -> dict[str, str]:
    try:
        digests = json.loads(text)
    except ValueError:
        return {}
    return digests if isinstance(digests, dict) else {}


def differs(one: Any, other: Any) -> bool:
    return bool(normal(one) != normal(other))
