"""The form of an organization's policy for its keys; it checks shape, the rule checks the rest."""

from dataclasses import replace

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField
from wtforms.validators import InputRequired, Regexp

from portal.api_keys.policy import CHOSEN_BY_ADMINS, KeyPolicy
from portal.pages.forms import FORM_INCOMPLETE, NumberField


class DaysField(NumberField):
    message = "Enter a number of days, such as 90."


class PolicyForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """`seen`: the policy's `changed` when the form was opened. `reviewed`: the policy whose consequences the admin was shown."""

    longest_days = DaysField("Maximum lifetime (days)", [InputRequired("Enter the maximum lifetime of a key in days.")])
    never_allowed = BooleanField("Keys that never expire are allowed")
    addresses_required = BooleanField("Every key must list the addresses it works from")
    self_rotation_allowed = BooleanField("Keys with keys:rotate_self can rotate themselves")
    unused_days = DaysField("Report keys unused for (days)")
    seen = HiddenField(validators=[Regexp(r"\A[0-9]{1,18}\Z", message=FORM_INCOMPLETE)])
    reviewed = HiddenField()

    def edited(self, before: KeyPolicy) -> KeyPolicy:
        """Returns the policy as it was typed."""
        return replace(before, **{name: self[name].data for name in CHOSEN_BY_ADMINS})
