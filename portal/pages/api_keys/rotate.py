"""Giving a key a new token, which is shown once, while the old one still works for some time."""

from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue

from portal.access.require import ConfirmationNeeded
from portal.api_keys.lifecycle.rotate import Overlap
from portal.api_keys.lifecycle.rotate import rotate as rotate_key
from portal.api_keys.queries.detail import read_key
from portal.errors import Conflict, Invalid
from portal.extensions import db
from portal.pages.api_keys.blueprint import blueprint, read_detail, show_form, show_refusal, show_token
from portal.pages.api_keys.form_page import load_policy
from portal.pages.api_keys.forms.rotate import RotateForm
from portal.pages.blueprint import FORM_METHODS, Needs
from portal.pages.forms import typed
from portal.pages.identity import current_principal

TEMPLATE = "api_keys/rotate.html"


@blueprint.route("/<key_id>/rotate", methods=FORM_METHODS, needs=Needs.KEYS_ADMIN)
def rotate(organization_id: int, key_id: str) -> ResponseReturnValue:
    detail, key_page = read_detail(organization_id, key_id)
    if detail.key.ended:
        return redirect(key_page)
    form, policy = RotateForm(), load_policy(organization_id)
    form.offer(detail.key, policy)
    if request.method != "POST":
        form.seen.data, form.changed.data = detail.key.token_id, str(detail.key.changed)
        return show_form(organization_id, TEMPLATE, form, detail=detail, policy=policy)
    if not form.validate():
        return show_form(organization_id, TEMPLATE, form, 400, detail=detail, policy=policy)
    try:
        token = rotate_key(db.session(), current_principal(), organization_id, key_id, **arguments_of(form))[1]
        # Before the commit: should this fail, no token is lost that no one has seen.
        rotated = read_key(db.session.connection(), current_principal(), organization_id, key_id)
        db.session.commit()
    except Conflict as error:
        return show_conflict(organization_id, key_id, form, error)
    except (ConfirmationNeeded, Invalid) as error:
        return show_refusal(organization_id, TEMPLATE, form, error, detail=detail, policy=policy)
    return show_token(organization_id, token, key_id, rotated.key.name, rotated.grants, rotated.key)


def arguments_of(form: RotateForm) -> dict[str, Any]:
    """Returns the choices as the rule takes them."""
    return {
        "seen": typed(form.seen),
        "overlap": Overlap(form.overlap.data),
        "expires_on": form.last_day(),
        "changed": int(typed(form.changed)),
    }


def show_conflict(organization_id: int, key_id: str, form: RotateForm, error: Conflict) -> ResponseReturnValue:
    """As the key is now: ended, rotated by another click, or with another last day than the admin saw."""
    db.session.rollback()
    detail, key_page = read_detail(organization_id, key_id)
    if detail.key.ended:
        return redirect(key_page)
    if detail.key.token_id != form.seen.data:
        return show_form(organization_id, "api_keys/rotated.html", form, 409, detail=detail)
    policy = load_policy(organization_id)
    form.offer(detail.key, policy)
    form.changed.data = str(detail.key.changed)
    return show_refusal(organization_id, TEMPLATE, form, error, detail=detail, policy=policy)
