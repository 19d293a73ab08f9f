"""The policy: every member sees it; admins change it, and see first which keys wouldn't comply."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.require import ConfirmationNeeded
from portal.api_keys.key import Key
from portal.api_keys.policy import CHOSEN_BY_ADMINS, KeyPolicy, check_policy, read_policy, set_policy
from portal.api_keys.queries.key_list import Show, keys_against, list_keys
from portal.db.session import snapshot
from portal.errors import Conflict, Invalid
from portal.extensions import db
from portal.pages.api_key_policy.forms import PolicyForm
from portal.pages.api_keys.blueprint import common_values, show_form, show_refusal
from portal.pages.blueprint import FORM_METHODS, Needs, PageBlueprint
from portal.pages.forms import typed
from portal.pages.identity import current_principal

blueprint = PageBlueprint("api_key_policy", __name__, needs=Needs.SIGN_IN, url_prefix="/organizations/<int:organization_id>/policy")
EDIT_TEMPLATE = "api_keys/policy_edit.html"


@blueprint.get("")
def show(organization_id: int) -> ResponseReturnValue:
    with snapshot(db.engine) as connection:
        key_list = list_keys(connection, current_principal(), organization_id, Show.BREACHING)
    return render_template("api_keys/policy.html", key_list=key_list, policy=key_list.policy, **common_values(organization_id))


@blueprint.route("/edit", methods=FORM_METHODS, needs=Needs.KEYS_ADMIN)
def edit(organization_id: int) -> ResponseReturnValue:
    with snapshot(db.engine) as connection:
        policy = read_policy(connection, organization_id)
    form = PolicyForm(data={**{name: getattr(policy, name) for name in CHOSEN_BY_ADMINS}, "seen": str(policy.changed)})
    values: dict[str, Any] = {"policy": policy, "breaching": []}
    if request.method != "POST":
        return show_form(organization_id, EDIT_TEMPLATE, form, **values)
    if not form.validate():
        return show_form(organization_id, EDIT_TEMPLATE, form, 400, **values)
    try:
        edited = form.edited(policy)
        if breaching := to_review(organization_id, form, edited):
            return show_form(organization_id, EDIT_TEMPLATE, form, policy=policy, breaching=breaching)
        set_policy(db.session(), current_principal(), organization_id, edited, seen=int(typed(form.seen)))
        db.session.commit()
    except (ConfirmationNeeded, Conflict, Invalid) as error:
        moved = form.seen.data != str(policy.changed)
        form.seen.data = str(policy.changed)
        return show_refusal(organization_id, EDIT_TEMPLATE, form, error, moved=moved, **values)
    flash("The policy is changed. It applies to keys that are created or edited from now on.", "good")
    return redirect(url_for("api_key_policy.show", organization_id=organization_id))


def to_review(organization_id: int, form: PolicyForm, policy: KeyPolicy) -> Sequence[Key]:
    """Returns the live keys that wouldn't comply, unless the admin was shown them for just this policy. Raises Invalid."""
    check_policy(policy)
    reviewed = "-".join(str(getattr(policy, name)) for name in CHOSEN_BY_ADMINS)
    if form.reviewed.data == reviewed:
        return []
    form.reviewed.data = reviewed
    with snapshot(db.engine) as connection:
        return keys_against(connection, current_principal(), organization_id, policy)
