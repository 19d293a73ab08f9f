"""The forms that create and edit a key; they check shape, the rules check the rest."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (  # type: ignore[attr-defined]  # newer than its types
    EmailField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Regexp, ValidationError

from portal.api_keys.address_list import read_blocks
from portal.api_keys.lifecycle.draft import Draft
from portal.api_keys.policy import KeyPolicy
from portal.api_keys.token import random_text
from portal.db.session import now
from portal.pages.api_keys.forms.grants import GrantsField, options
from portal.pages.forms import FORM_INCOMPLETE, DayField, NumberField, typed
from portal.whole_numbers import read_number

A_DATE, NEVER = "date", "never"
PERIODS_IN_DAYS = (90, 180, 365)
MAX_PERIOD_DAYS = 9_999  # from any day on it leads to one that has a date


class PointsField(NumberField):
    message = "Enter a number of points, such as 500, or leave this empty."


class KeyForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """`asns` and `asns_may`: networks pasted, and what to grant on them. `reviewed`: the fingerprint of the draft that was reviewed."""

    name = StringField("Name", [InputRequired("Give the key a name.")])
    note = TextAreaField("Note")
    notify_email = EmailField("Notify e-mail", [InputRequired("Enter an e-mail address for this key.")])
    expires = RadioField("Expires", validate_choice=False)
    expires_on = DayField("Date")
    grants = GrantsField("Permissions")
    asns = TextAreaField("Networks to choose")
    asns_may = SelectField("Permission", choices={}, default="networks update", validate_choice=False)
    addresses = TextAreaField("Addresses")
    points = PointsField("Points a minute")
    reviewed = HiddenField()

    def offer(self, policy: KeyPolicy, *, never: bool = False) -> None:
        """What the policy allows; `never` too where the key has it already."""
        periods = sorted({policy.default_days, *(days for days in PERIODS_IN_DAYS if days <= policy.longest_days)})
        choices = [SelectChoice(str(days), f"After {days} day{'' if days == 1 else 's'}") for days in periods]
        choices.append(SelectChoice(A_DATE, "On the date below"))
        if policy.never_allowed or never:
            choices.append(SelectChoice(NEVER, "Never: it works until an admin revokes it"))
        self.expires.choices = choices
        self.addresses.flags.required = policy.addresses_required
        if self.expires.data is None:
            self.expires.data = str(policy.default_days)
        self.asns_may.choices = {
            title: [(f"{resource} {value}", words) for value, words in options(resource)]
            for resource, title in (("networks", "The networks"), ("contacts", "Their contacts"))
        }

    def validate_expires(self, field: RadioField) -> None:
        if field.data not in {A_DATE, NEVER} and read_number(typed(field), MAX_PERIOD_DAYS) is None:
            raise ValidationError("Choose when the key expires.")

    def validate_expires_on(self, field: DayField) -> None:
        if self.expires.data == A_DATE and field.data is None and not field.errors:
            raise ValidationError("Choose a date, or one of the periods above.")
        if self.expires.data != A_DATE and field.data not in {None, field.object_data}:
            raise ValidationError('You entered a date: choose "On the date below" too, or clear it.')

    def last_day(self) -> date | None:
        """Returns the last UTC day on which the key works, or None for a key that never expires."""
        if self.expires.data == NEVER:
            return None
        chosen: date | None = self.expires_on.data
        return chosen if self.expires.data == A_DATE else now().date() + timedelta(days=int(self.expires.data))

    def draft(self) -> Draft:
        """Raises Invalid for addresses that are none."""
        blocks = read_blocks(typed(self.addresses))
        return Draft(
            typed(self.name), typed(self.notify_email), self.last_day(), typed(self.note), self.grants.data, blocks, self.points.data
        )

    def carried(self) -> list[tuple[str, str]]:
        """Returns (name, value) of all that a review takes along, to create from it or to go back with."""
        not_carried = {"csrf_token", "grants", "asns", "asns_may", "copy"}
        values = [(field.name, written(field.data)) for field in self if field.name not in not_carried]
        return values + [(self.grants.name, text) for text in self.grants.values()]

    def fill(self, values: Mapping[str, Any]) -> None:
        """Sets fields as if they had been typed so."""
        for name, value in values.items():
            self[name].data, self[name].raw_data = value, None


class CreateForm(KeyForm):
    """`form_id` comes with the form, so that one sent twice creates one key. `copy`: the id of a key whose settings are copied."""

    copy = SelectField("Key to copy", choices=[], validate_choice=False)
    form_id = HiddenField(default=lambda: random_text(22), validators=[Regexp(r"\A[0-9A-Za-z]{22}\Z", message=FORM_INCOMPLETE)])


class EditForm(KeyForm):
    """`seen`: the key's `changed` when the form was opened, to notice what others do meanwhile."""

    seen = HiddenField(validators=[Regexp(r"\A[0-9]{1,18}\Z", message=FORM_INCOMPLETE)])


def written(value: object) -> str:
    return "" if value is None else str(value)
