"""The forms of signing in and of one's own account; they check shape, the rules check the rest."""

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired

NOT_THE_SAME = "This isn't the same as the new password above."


class SignInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """E-mail address and password."""

    email = StringField("E-mail address", [InputRequired("Type your e-mail address.")])
    password = PasswordField("Password", [InputRequired("Type your password.")])


class ConfirmForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The password once more."""

    password = PasswordField("Password", [InputRequired("Type your password.")])


class PasswordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A new password, typed twice."""

    current = PasswordField("Current password", [InputRequired("Type the password that you have now.")])
    new = PasswordField("New password", [InputRequired("Choose a new password.")])
    again = PasswordField("New password again", [InputRequired("Type the new password once more."), EqualTo("new", NOT_THE_SAME)])
