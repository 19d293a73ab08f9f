"""What someone else changed while a form was being filled in, beside what was typed; who sends the form chooses for each field."""

import json
from dataclasses import dataclass
from typing import Any

from flask import request

from portal.pages.records.form_values import digest, in_words
from portal.pages.records.labels import label_of
from portal.pages.records.record_form import RecordForm, differs, read_digests, values_of

THEIRS = "theirs"


@dataclass(frozen=True)
class Difference:
    """`keeps_mine`: the choice that is offered first, which is ours where we changed the field."""

    column: str
    label: str
    mine: str
    theirs: str
    keeps_mine: bool

    @property
    def field_name(self) -> str:
        return choice_name(self.column)


def choice_name(column: str) -> str:
    return f"keep-{column}"


def find_differences(form: RecordForm, row: Any) -> list[Difference]:
    """Returns the fields whose typed value isn't what is stored now."""
    touched, stored = form.touched(), values_of(form.kind, form.columns, row)
    return [
        Difference(column, label_of(column), in_words(form[column].data), in_words(stored[column]), column in touched)
        for column in form.columns
        if differs(form[column].data, stored[column])
    ]


def take_choices(form: RecordForm, row: Any) -> None:
    """Puts what is stored into the fields for which that was chosen, as if they hadn't been touched."""
    stored, digests = values_of(form.kind, form.columns, row), read_digests(form.opened.data or "")
    for column in form.columns:
        if request.form.get(choice_name(column)) == THEIRS:
            form[column].data, digests[column] = stored[column], digest(stored[column])
    form.opened.data = json.dumps(digests)
