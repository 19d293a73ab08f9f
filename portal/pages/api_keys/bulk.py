"""Several keys at once: ticked in the list, named on a page of their own with their last use, and stopped by one act."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired

from portal.access.require import ConfirmationNeeded
from portal.api_keys.lifecycle.bulk import MAX_KEYS_AT_ONCE, Act, Done, Several, read_several, stop_several
from portal.api_keys.queries.key_list import Show, list_keys
from portal.db.session import snapshot
from portal.errors import Invalid
from portal.extensions import db
from portal.pages.api_keys.blueprint import blueprint, common_values
from portal.pages.api_keys.key_list import searched
from portal.pages.blueprint import FORM_METHODS, Needs
from portal.pages.forms import put_error, typed
from portal.pages.identity import current_principal

PAST_TENSES = {Act.REVOKE: "revoked", Act.DISABLE: "disabled", Act.ENABLE: "enabled"}
MAX_NAMES = 10


class BulkForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """`sure` is asked of who stops keys of which one was used lately; `do` is in the form that does it, not in the list."""

    reason = StringField("Reason")
    sure = BooleanField("Yes, stop them")


@blueprint.route("/several", methods=FORM_METHODS, needs=Needs.KEYS_ADMIN)
def bulk(organization_id: int) -> ResponseReturnValue:
    """The list's form leads here with the ticked keys, and this page's own form once more."""
    list_page = url_for("api_keys.index", organization_id=organization_id)
    chosen = request.form.get("act", "")
    if request.method != "POST" or chosen not in set(Act):
        return redirect(list_page)
    act = Act(chosen)
    try:
        key_ids = ticked(organization_id)
        with snapshot(db.engine) as connection:
            several = read_several(connection, current_principal(), organization_id, key_ids, act)
    except Invalid as error:
        flash(error.message, "warn")
        return redirect(list_page)
    if not several.keys:
        flash(say(act, Done([], [key.name for key in several.left])), "info")
        return redirect(list_page)
    return ask_and_do(organization_id, act, several) if "do" in request.form else show(organization_id, act, several, empty_form())


def ticked(organization_id: int) -> Sequence[str]:
    """Returns the ids of the form's keys; where all of a filter were ticked, also those on other pages. Raises Invalid for too many."""
    show = request.form.get("all", "")
    if show not in set(Show):
        return request.form.getlist("key")
    with snapshot(db.engine) as connection:
        search = searched(request.form)
        key_list = list_keys(connection, current_principal(), organization_id, Show(show), size=MAX_KEYS_AT_ONCE, search=search)
    if key_list.total > MAX_KEYS_AT_ONCE:
        raise Invalid(f"This list has {key_list.total:,} API keys. At most {MAX_KEYS_AT_ONCE} can be ticked at once.")
    return [listed.key.id for listed in key_list.keys]


def empty_form() -> BulkForm:
    """As it is first shown, whatever the list's form held."""
    return BulkForm(formdata=None)


def ask_and_do(organization_id: int, act: Act, several: Several) -> ResponseReturnValue:
    form = BulkForm()
    if act is not Act.ENABLE and several.used_lately:
        form.sure.validators = [InputRequired("Tick this box: some of them were used in the last 7 days.")]
    if not form.validate():
        return show(organization_id, act, several, form, 400)
    key_ids = [key.id for key in (*several.keys, *several.left)]
    try:
        done = stop_several(db.session(), current_principal(), organization_id, key_ids, act, reason=typed(form.reason))
        db.session.commit()
    except ConfirmationNeeded as error:
        db.session.rollback()
        put_error(form, error)
        return show(organization_id, act, several, form, error.status)
    flash(say(act, done), "good" if done.changed else "info")
    return redirect(url_for("api_keys.index", organization_id=organization_id))


def show(organization_id: int, act: Act, several: Several, form: BulkForm, status: int = 200) -> ResponseReturnValue:
    """Who confirmed too long ago learns it before they read and tick."""
    unconfirmed = not current_principal().confirmed
    values = {"act": act, "several": several, "asks": act is not Act.ENABLE and several.used_lately, "unconfirmed": unconfirmed}
    return render_template("api_keys/several.html", form=form, **values, **common_values(organization_id)), status


def say(act: Act, done: Done) -> str:
    """Returns what was done, and what others had done before."""
    sentences = [f"{count(done.changed)} {PAST_TENSES[act]}."] if done.changed else ["Nothing was changed."]
    if act is not Act.ENABLE and done.changed:
        sentences.append("Their next requests are refused." if len(done.changed) > 1 else "Its next request is refused.")
    if done.left:
        sentences.append(f"Left as they were: {name_some(done.left)}.")
    return " ".join(sentences)


def count(names: Sequence[str]) -> str:
    return f"{len(names)} API keys are" if len(names) > 1 else f'"{names[0]}" is'


def name_some(names: Sequence[str]) -> str:
    quoted = ", ".join(f'"{name}"' for name in names[:MAX_NAMES])
    return f"{quoted} and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else quoted
