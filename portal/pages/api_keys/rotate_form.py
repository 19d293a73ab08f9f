"""The form that rotates a key, and gives it another last day where the admin says so."""

from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import Regexp, ValidationError

from portal.api_keys.lifecycle.rotate import Overlap, Same
from portal.api_keys.policy import KeyPolicy
from portal.pages.api_keys.revoke_form import TOO_OLD, DayField

OVERLAPS = {
    Overlap.HOUR: "1 hour after the first use of the new one",
    Overlap.DAY: "24 hours after the first use of the new one",
    Overlap.WEEK: "7 days after the first use of the new one",
    Overlap.NOW: "no more: it ends at once",
}
SAME, A_DATE, NEVER = "same", "date", "never"


class RotateForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """`seen`: the key's newest token when the form was made; a form that is sent twice finds a newer one. `changed`: the key's own."""

    overlap = RadioField(
        "The old token works", choices=[SelectChoice(each.value, words) for each, words in OVERLAPS.items()], default=Overlap.DAY
    )
    expires = RadioField("The key's last day", default=SAME)
    expires_on = DayField("New last day")
    seen = HiddenField(validators=[Regexp(r"\A[0-9A-Za-z]{12}\Z", message=TOO_OLD)])
    changed = HiddenField(validators=[Regexp(r"\A[0-9]{1,18}\Z", message=TOO_OLD)])

    def offer(self, key: Any, policy: KeyPolicy) -> None:
        """What can be chosen for this key: never, where the organization allows it or the key has it."""
        stays = f"stays {key.expires_at:%Y-%m-%d}" if key.expires_at else "stays away: it never expires"
        never = [SelectChoice(NEVER, "never comes: the key works until it is revoked")] if policy.never_allowed and key.expires_at else []
        self.expires.choices = [SelectChoice(SAME, stays), SelectChoice(A_DATE, "changes to the date below"), *never]

    def validate_expires_on(self, field: DayField) -> None:
        if self.expires.data == A_DATE and field.data is None and not field.errors:
            raise ValidationError("Choose a date, or let the last day stay.")
        if self.expires.data == SAME and field.data is not None:
            raise ValidationError('A date is given: choose "changes to the date below" too, or clear it.')

    def last_day(self) -> date | Same | None:
        """As the rule wants it."""
        if self.expires.data == A_DATE:
            chosen: date | None = self.expires_on.data
            return chosen
        return None if self.expires.data == NEVER else Same.DAY
