"""The filter of the activity page. It is sent by GET, so it takes no text that one types: no pasted token can get into an address."""

from collections.abc import Mapping
from typing import Any, Self

from flask import request
from flask_wtf import FlaskForm
from wtforms import SelectField

from portal.audit.activity import ActivityFilter, Choices
from portal.pages.forms import DayField


class ActivityForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A choice that isn't offered finds nothing, and is shown as it is."""

    actor = SelectField("Who", validate_choice=False)
    key = SelectField("API key", validate_choice=False)
    event = SelectField("Action", validate_choice=False)
    object = SelectField("Target", validate_choice=False)
    first = DayField("From")
    last = DayField("To")

    @classmethod
    def of_address(cls) -> Self:
        """Returns the filter that the address says."""
        form = cls(formdata=request.args, meta={"csrf": False})
        form.validate()
        return form

    def chosen(self) -> ActivityFilter:
        """Returns what is chosen. What is wrong with a day is shown; the rest of the filter works."""
        texts = {name: self[name].data or "" for name in ("actor", "key", "event", "object")}
        return ActivityFilter(**texts, first=self.first.data, last=self.last.data)

    def as_query(self) -> dict[str, Any]:
        """Returns the filter for links, without what isn't set."""
        return {name: value for name, value in vars(self.chosen()).items() if value}

    def offer(self, choices: Choices, events: Mapping[str, str]) -> None:
        options = {
            "actor": ("Anyone", choices.actors),
            "key": ("Any key", choices.keys),
            "event": ("Any action", events),
            "object": ("Any target", choices.objects),
        }
        for name, (any_label, labels) in options.items():
            chosen = self[name].data or ""
            unknown = {} if chosen in labels else {chosen: chosen or any_label}
            self[name].choices = [*({"": any_label} | unknown | dict(labels)).items()]
