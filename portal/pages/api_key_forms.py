"""The forms that issue, edit and revoke a key; they check shape, the rules check the rest."""

from datetime import date, timedelta
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, EmailField, HiddenField, RadioField, SelectChoice, StringField, TextAreaField  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import InputRequired, Regexp, ValidationError

from portal.api_keys.life import Draft
from portal.api_keys.token import random_text
from portal.database import now
from portal.pages.forms import typed
from portal.pages.grants_field import GrantsField

A_DATE = "date"
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


class DescribingForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What issuing and editing have in common."""

    name = StringField("Name", [InputRequired("Give the key a name.")])
    note = TextAreaField("Note")
    notify_email = EmailField("Notify e-mail", [InputRequired("Say whom to reach about the key.")])

    def draft(self) -> Draft:
        return Draft(typed(self.name), typed(self.notify_email), self.last_day(), typed(self.note), self.grants.data)

    def last_day(self) -> date:
        """The last UTC day on which the key works."""
        chosen: date = self.expires_on.data
        return chosen


class IssueForm(DescribingForm):
    """`form_id` is made with the form: sent twice, it issues one key."""

    expires = RadioField(
        "Expires",
        choices=[*(SelectChoice(days, f"After {days} days") for days in ("90", "180", "365")), SelectChoice(A_DATE, "On the date below")],
        default="90",
    )
    expires_on = DayField("Date")
    grants = GrantsField("Access")
    form_id = HiddenField(default=lambda: random_text(22), validators=[Regexp(r"\A[0-9A-Za-z]{22}\Z", message=TOO_OLD)])

    def validate_expires_on(self, field: DayField) -> None:
        if self.expires.data == A_DATE and field.data is None and not field.errors:
            raise ValidationError("Choose a date, or one of the periods above.")

    def last_day(self) -> date:
        return super().last_day() if self.expires.data == A_DATE else now().date() + timedelta(days=int(self.expires.data))


class EditForm(DescribingForm):
    """`seen`: the key's `changed` when the form was made, to notice what others do meanwhile."""

    expires_on = DayField("Expires", [InputRequired("Choose a date.")])
    grants = GrantsField("Access")
    seen = HiddenField(validators=[Regexp(r"\A[0-9]{1,18}\Z", message=TOO_OLD)])


class RevokeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """`sure` is asked of who revokes a key that was used lately."""

    reason = StringField("Reason")
    sure = BooleanField("Yes, stop it")

    def ask(self, needed: bool) -> None:
        """Whether the tick is needed."""
        if needed:
            self.sure.validators = [InputRequired("Tick this box: the key was used in the last 7 days.")]
