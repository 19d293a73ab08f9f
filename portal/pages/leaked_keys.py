"""The page on which whoever holds a whole token can end it, signed in or not."""

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import InputRequired

from portal.api_keys.lifecycle.leak import MAX_TOKENS, Way, find_tokens
from portal.api_keys.token import Token
from portal.errors import Limited
from portal.http.leak_reports import take
from portal.pages.forms import put_error, typed
from portal.pages.guards import only_text

blueprint = Blueprint("leaked_keys", __name__)
blueprint.before_request(only_text)
NONE = "There is no whole token in this. One begins with pport_ and has 57 characters; nothing of it may be missing."
TOO_MANY = f"Report at most {MAX_TOKENS} tokens at once."


class LeakForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A text that holds tokens."""

    text = TextAreaField("Tokens, or the text that they stand in", [InputRequired("Paste at least one token.")])


@blueprint.route("/leaked-keys", methods=["GET", "POST"])
def report() -> ResponseReturnValue:
    form, status, read = LeakForm(), 200, 0
    if form.validate_on_submit():
        tokens = find_tokens(typed(form.text))
        if not tokens or len(tokens) > MAX_TOKENS:
            form.text.errors = [TOO_MANY if tokens else NONE]
            status = 400
        else:
            status, read = take_form(form, tokens)
    elif form.is_submitted():
        status = 400
    form.text.data = ""  # no page shows a token again, not even to who typed it
    response = make_response(render_template("leaked_keys/report.html", form=form, read=read), status)
    response.headers["Cache-Control"] = "no-store"
    return response


def take_form(form: LeakForm, tokens: list[Token]) -> tuple[int, int]:
    """The status, and how many tokens were taken."""
    try:
        take(request, tokens, len(tokens), Way.PAGE)
    except Limited as error:
        put_error(form, error)
        return error.status, 0
    return 200, len(tokens)
