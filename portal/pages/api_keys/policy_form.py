"""The form of an organization's policy for its keys; it checks shape, the rule checks the rest."""

from dataclasses import replace
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, IntegerField
from wtforms.validators import InputRequired, Regexp

from portal.api_keys.policy import KeyPolicy
from portal.pages.api_keys.revoke_form import TOO_OLD


class DaysField(IntegerField):
    """A number of days; None for nothing typed."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = "".join(valuelist).strip()
        self.data = None
        if text:
            try:
                self.data = int(text)
            except ValueError:
                raise ValueError("Write a number of days, for example 90.") from None


class PolicyForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """`seen`: the policy's `changed` when the form was made. `reviewed`: the policy whose consequences the admin was shown."""

    longest_days = DaysField("Longest life in days", [InputRequired("Say how many days a key may live.")])
    never_allowed = BooleanField("Keys that never expire are allowed")
    addresses_required = BooleanField("Every key must say from which addresses it is used")
    unused_days = DaysField("Report a key that was not used for so many days")
    seen = HiddenField(validators=[Regexp(r"\A[0-9]{1,18}\Z", message=TOO_OLD)])
    reviewed = HiddenField()

    def wanted(self, before: KeyPolicy) -> KeyPolicy:
        """The policy as it was typed."""
        chosen = ("longest_days", "never_allowed", "addresses_required", "unused_days")
        return replace(before, **{name: self[name].data for name in chosen})
