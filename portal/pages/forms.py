"""What all forms share: fields that read what people type, and a rule's error shown on the field it speaks of."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, Field, IntegerField

from portal.errors import PortalError
from portal.whole_numbers import read_number

FORM_INCOMPLETE = "This form is incomplete. Reload the page and fill it in again."


class DayField(DateField):
    """A date, however the browser lets one type it."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        if not any(valuelist):
            self.data = None
            return
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Enter the date as year-month-day, such as 2027-01-31.") from None


class NumberField(IntegerField):
    """A number, with separators of thousands or without; None for nothing typed. Subclasses say in `message` what a wrong one is told."""

    message = ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = str(next(iter(valuelist), "")).strip()
        self.data = read_number(text.replace(",", ""))
        self.raw_data = [text] if text else []  # so that blanks alone are nothing typed to InputRequired, too
        if text and self.data is None:
            raise ValueError(self.message)


def put_error(form: FlaskForm, error: PortalError) -> None:
    """On the field that the error names, or above the form."""
    if error.field in form:
        form[error.field].errors = [*form[error.field].errors, error.message]
    else:
        form.form_errors.append(error.message)


def typed(field: Field) -> str:
    """Returns what was typed, or an empty text."""
    return field.data or ""
