"""The page on which anyone who holds a whole token can revoke it, signed in or not."""

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from portal.api_keys.lifecycle.leak import MAX_TOKENS, Way, find_tokens
from portal.api_keys.token import Token
from portal.errors import Limited
from portal.http.leak_reports import take
from portal.pages.blueprint import FORM_METHODS, Needs, PageBlueprint
from portal.pages.forms import put_error, typed
from portal.pages.leaked_keys.forms import LeakForm

blueprint = PageBlueprint("leaked_keys", __name__, needs=Needs.NOTHING)
NOTHING_TO_REPORT = "There is no whole token in this. One begins with pport_ and has 57 characters; nothing of it may be missing."
TOO_MANY_REPORTED = f"Report at most {MAX_TOKENS} tokens at once."


@blueprint.route("/leaked-keys", methods=FORM_METHODS)
def report() -> ResponseReturnValue:
    form, status, read = LeakForm(), 200, 0
    if form.validate_on_submit():
        tokens = find_tokens(typed(form.text))
        if not tokens or len(tokens) > MAX_TOKENS:
            form.text.errors = [TOO_MANY_REPORTED if tokens else NOTHING_TO_REPORT]
            status = 400
        else:
            status, read = take_form(form, tokens)
    elif form.is_submitted():
        status = 400
    form.text.data = ""  # no page shows a token again, not even to the one who typed it
    response = make_response(render_template("leaked_keys/report.html", form=form, read=read), status)
    response.headers["Cache-Control"] = "no-store"
    return response


def take_form(form: LeakForm, tokens: list[Token]) -> tuple[int, int]:
    """Returns the status, and how many tokens were taken."""
    try:
        take(request, tokens, len(tokens), Way.PAGE)
    except Limited as error:
        put_error(form, error)
        return error.status, 0
    return 200, len(tokens)
