"""The form that revokes a key, and what the forms of keys share; they check shape, the rules check the rest."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, StringField
from wtforms.validators import InputRequired

TOO_OLD = "This form is incomplete. Reload the page and fill it in again."


class DayField(DateField):
    """A date, however the browser lets one type it."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        if not any(valuelist):
            self.data = None
            return
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Write the date as year-month-day, for example 2027-01-31.") from None


class RevokeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """`sure` is asked of who revokes a key that was used lately."""

    reason = StringField("Reason")
    sure = BooleanField("Yes, stop it")

    def ask(self, needed: bool) -> None:
        """Whether the tick is needed."""
        if needed:
            self.sure.validators = [InputRequired("Tick this box: the key was used in the last 7 days.")]
