"""The form that revokes a key; it checks shape, the rules check the rest."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired


class RevokeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """`sure` is asked of who revokes a key that was used lately."""

    reason = StringField("Reason")
    sure = BooleanField("Yes, stop whatever uses this key")

    def ask(self, needed: bool) -> None:
        """Whether the tick is needed."""
        if needed:
            self.sure.validators = [InputRequired("Tick this box: the key was used in the last 7 days.")]
