"""What an organization asks of its keys: every member sees it, admins change it and are told first which keys wouldn't comply."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.require import ConfirmationNeeded
from portal.api_keys.key import Key
from portal.api_keys.policy import CHOSEN_BY_ADMINS, KeyPolicy, check_policy, read_policy, set_policy
from portal.api_keys.queries.key_list import PAGE_SIZE, Show, keys_against, list_keys
from portal.db.session import snapshot
from portal.errors import Conflict, Invalid
from portal.extensions import db
from portal.pages.api_keys.policy_form import PolicyForm
from portal.pages.api_keys.routes import ACTS, ask_admin, place, refused, show_form
from portal.pages.forms import typed
from portal.pages.guards import only_signed_in, only_text
from portal.pages.identity import current_principal

blueprint = Blueprint("api_key_policy", __name__, url_prefix="/organizations/<int:organization_id>/policy")
blueprint.before_request(only_text)
blueprint.before_request(only_signed_in)
PAGE_OF_EDIT = "api_keys/policy_edit.html"


@blueprint.get("")
def show(organization_id: int) -> ResponseReturnValue:
    with snapshot(db.engine) as connection:
        found = list_keys(connection, current_principal(), organization_id, Show.BREACHING, size=PAGE_SIZE)
    return render_template("api_keys/policy.html", found=found, policy=found.policy, **place(organization_id))


@blueprint.route("/edit", methods=ACTS)
def edit(organization_id: int) -> ResponseReturnValue:
    if elsewhere := ask_admin(organization_id):
        return elsewhere
    with snapshot(db.engine) as connection:
        policy = read_policy(connection, organization_id)
    form = PolicyForm(data={**{name: getattr(policy, name) for name in CHOSEN_BY_ADMINS}, "seen": str(policy.changed)})
    values: dict[str, Any] = {"policy": policy, "breaching": []}
    if request.method != "POST":
        return show_form(organization_id, PAGE_OF_EDIT, form, **values)
    if not form.validate():
        return show_form(organization_id, PAGE_OF_EDIT, form, 400, **values)
    try:
        wanted = form.wanted(policy)
        if breaching := to_review(organization_id, form, wanted):
            return show_form(organization_id, PAGE_OF_EDIT, form, policy=policy, breaching=breaching)
        set_policy(db.session(), current_principal(), organization_id, wanted, seen=int(typed(form.seen)))
        db.session.commit()
    except (ConfirmationNeeded, Conflict, Invalid) as error:
        moved = form.seen.data != str(policy.changed)
        form.seen.data = str(policy.changed)
        return refused(organization_id, PAGE_OF_EDIT, form, error, moved=moved, **values)
    flash("The policy is changed. It holds for keys that are created or changed from now on.", "good")
    return redirect(url_for("api_key_policy.show", organization_id=organization_id))


def to_review(organization_id: int, form: PolicyForm, wanted: KeyPolicy) -> Sequence[Key]:
    """The live keys that wouldn't comply with what is wanted, unless the admin was shown them for just this policy. Raises Invalid."""
    check_policy(wanted)
    said = "-".join(str(getattr(wanted, name)) for name in CHOSEN_BY_ADMINS)
    if form.reviewed.data == said:
        return []
    form.reviewed.data = said
    with snapshot(db.engine) as connection:
        return keys_against(connection, current_principal(), organization_id, wanted)
