"""The form that reports leaked tokens."""

from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import InputRequired


class LeakForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A text that holds tokens."""

    text = TextAreaField("Tokens, or text that contains them", [InputRequired("Paste at least one token.")])
