"""The filter of the activity page. It is sent by GET, so it takes no text that one types: no pasted token can get into an address."""

from collections.abc import Mapping
from typing import Any, Self

from flask import request
from flask_wtf import FlaskForm
from wtforms import SelectField

from portal.audit.activity import ActivityFilter, Choices
from portal.pages.api_keys.revoke_form import DayField


class ActivityForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A choice that nobody offers finds nothing, and is shown as it is."""

    actor = SelectField("Who", validate_choice=False)
    key = SelectField("API key", validate_choice=False)
    event = SelectField("Act", validate_choice=False)
    object = SelectField("Object", validate_choice=False)
    first = DayField("From")
    last = DayField("To")

    @classmethod
    def asked(cls) -> Self:
        """As the address says."""
        form = cls(formdata=request.args, meta={"csrf": False})
        form.validate()
        return form

    def wanted(self) -> ActivityFilter:
        """What is wrong with a day is shown; the rest of the filter works."""
        texts = {name: self[name].data or "" for name in ("actor", "key", "event", "object")}
        return ActivityFilter(**texts, first=self.first.data, last=self.last.data)

    def as_query(self) -> dict[str, Any]:
        """The filter for links; nothing that isn't set."""
        return {name: value for name, value in vars(self.wanted()).items() if value}

    def offer(self, choices: Choices, events: Mapping[str, str]) -> None:
        offered = {
            "actor": ("Anybody", choices.actors),
            "key": ("Any key", choices.keys),
            "event": ("Anything", events),
            "object": ("Any object", choices.objects),
        }
        for name, (nothing, found) in offered.items():
            chosen = self[name].data or ""
            more = {} if chosen in found else {chosen: chosen or nothing}
            self[name].choices = [*({"": nothing} | more | dict(found)).items()]
