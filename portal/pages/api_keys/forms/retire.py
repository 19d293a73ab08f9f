"""The form that ends the old token of a key that is being rotated."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField
from wtforms.validators import InputRequired, Regexp

from portal.pages.forms import FORM_INCOMPLETE


class RetireForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """`seen`: the old token when the form was opened. `sure` is asked where something may still need it."""

    seen = HiddenField(validators=[Regexp(r"\A[0-9A-Za-z]{12}\Z", message=FORM_INCOMPLETE)])
    sure = BooleanField("Yes, stop whatever still uses the old token")

    def ask(self, needed: bool) -> None:
        """Whether the tick is needed."""
        if needed:
            self.sure.validators = [InputRequired("Tick this box: something may still use the old token.")]
