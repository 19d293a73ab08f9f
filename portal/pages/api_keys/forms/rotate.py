"""The form that rotates a key, and changes its expiry where the admin says so."""

from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import Regexp, ValidationError

from portal.api_keys.lifecycle.rotate import Overlap, Same
from portal.api_keys.policy import KeyPolicy
from portal.pages.forms import FORM_INCOMPLETE, DayField

OVERLAP_LABELS = {
    Overlap.HOUR: "Keep it working for 1 hour after the new one is first used",
    Overlap.DAY: "Keep it working for 24 hours after the new one is first used",
    Overlap.WEEK: "Keep it working for 7 days after the new one is first used",
    Overlap.NOW: "Stop it now",
}
SAME, A_DATE, NEVER = "same", "date", "never"


class RotateForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """`seen`: the key's newest token when the form was opened; a form that is sent twice finds a newer one. `changed`: the key's own."""

    overlap = RadioField(
        "Old token", choices=[SelectChoice(overlap.value, label) for overlap, label in OVERLAP_LABELS.items()], default=Overlap.DAY
    )
    expires = RadioField("Expiry", default=SAME)
    expires_on = DayField("New date")
    seen = HiddenField(validators=[Regexp(r"\A[0-9A-Za-z]{12}\Z", message=FORM_INCOMPLETE)])
    changed = HiddenField(validators=[Regexp(r"\A[0-9]{1,18}\Z", message=FORM_INCOMPLETE)])

    def offer(self, key: Any, policy: KeyPolicy) -> None:
        """What can be chosen for this key: never, where the organization allows it or the key has it."""
        keep = f"Keep {key.expires_at:%Y-%m-%d}" if key.expires_at else "Keep it: the key never expires"
        never = [SelectChoice(NEVER, "Never: the key works until an admin revokes it")] if policy.never_allowed and key.expires_at else []
        self.expires.choices = [SelectChoice(SAME, keep), SelectChoice(A_DATE, "Choose the date below"), *never]

    def validate_expires_on(self, field: DayField) -> None:
        if self.expires.data == A_DATE and field.data is None and not field.errors:
            raise ValidationError("Choose a date, or keep the expiry as it is.")
        if self.expires.data == SAME and field.data is not None:
            raise ValidationError('A date is given: choose "Choose the date below" too, or clear it.')

    def last_day(self) -> date | Same | None:
        """Returns the choice as the rule takes it."""
        if self.expires.data == A_DATE:
            chosen: date | None = self.expires_on.data
            return chosen
        return None if self.expires.data == NEVER else Same.DAY
