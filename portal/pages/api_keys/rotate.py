"""Giving a key a new token, which is shown once, while the old one still works for a while."""

from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue

from portal.access.require import ConfirmationNeeded
from portal.api_keys.lifecycle import rotate as rotation
from portal.api_keys.lifecycle.rotate import Overlap
from portal.errors import Conflict, Invalid
from portal.extensions import db
from portal.pages.api_keys.prefill import load_policy
from portal.pages.api_keys.rotate_form import RotateForm
from portal.pages.api_keys.routes import ACTS, ask_admin, blueprint, find, refused, reveal, show_form
from portal.pages.forms import typed
from portal.pages.identity import current_principal

TEMPLATE = "api_keys/rotate.html"


@blueprint.route("/<key_id>/rotate", methods=ACTS)
def rotate(organization_id: int, key_id: str) -> ResponseReturnValue:
    if elsewhere := ask_admin(organization_id):
        return elsewhere
    detail, there = find(organization_id, key_id)
    if detail.key.ended:
        return redirect(there)
    form, policy = RotateForm(), load_policy(organization_id)
    form.offer(detail.key, policy)
    if request.method != "POST":
        form.seen.data, form.changed.data = detail.key.token_id, str(detail.key.changed)
        return show_form(organization_id, TEMPLATE, form, detail=detail, policy=policy)
    if not form.validate():
        return show_form(organization_id, TEMPLATE, form, 400, detail=detail, policy=policy)
    try:
        token = rotation.rotate(db.session(), current_principal(), organization_id, key_id, **wanted(form))[1]
        db.session.commit()
    except Conflict as error:
        return explain(organization_id, key_id, form, error)
    except (ConfirmationNeeded, Invalid) as error:
        return refused(organization_id, TEMPLATE, form, error, detail=detail, policy=policy)
    return reveal(organization_id, key_id, detail.key.name, token, rotated=True)


def wanted(form: RotateForm) -> dict[str, Any]:
    """The choices as the rule takes them."""
    return {
        "seen": typed(form.seen),
        "overlap": Overlap(form.overlap.data),
        "expires_on": form.last_day(),
        "changed": int(typed(form.changed)),
    }


def explain(organization_id: int, key_id: str, form: RotateForm, error: Conflict) -> ResponseReturnValue:
    """As the key is now: ended, rotated by another click, or with another last day than the admin saw."""
    db.session.rollback()
    detail, there = find(organization_id, key_id)
    if detail.key.ended:
        return redirect(there)
    if detail.key.token_id != form.seen.data:
        return show_form(organization_id, "api_keys/rotated.html", form, 409, detail=detail)
    policy = load_policy(organization_id)
    form.offer(detail.key, policy)
    form.changed.data = str(detail.key.changed)
    return refused(organization_id, TEMPLATE, form, error, detail=detail, policy=policy)
