"""Revoking a key for good; one that was used lately asks for an explicit tick."""

from datetime import timedelta

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from portal.access.require import ConfirmationNeeded
from portal.api_keys.lifecycle import stop
from portal.db.session import now
from portal.errors import Conflict
from portal.extensions import db
from portal.pages.api_keys.blueprint import blueprint, read_detail, show_form, show_refusal
from portal.pages.api_keys.forms.revoke import RevokeForm
from portal.pages.blueprint import FORM_METHODS, Needs
from portal.pages.forms import typed
from portal.pages.identity import current_principal

LATELY_USED_WITHIN = timedelta(days=7)


@blueprint.route("/<key_id>/revoke", methods=FORM_METHODS, needs=Needs.KEYS_ADMIN)
def revoke(organization_id: int, key_id: str) -> ResponseReturnValue:
    detail, key_page = read_detail(organization_id, key_id)
    if detail.key.revoked_at is not None and request.method != "POST":
        return redirect(key_page)
    form = RevokeForm()
    used_at = detail.key.last_use.at if detail.key.last_use else None
    lately = used_at is not None and now() - used_at < LATELY_USED_WITHIN
    form.ask(lately)
    if request.method != "POST":
        return show_form(organization_id, "api_keys/revoke.html", form, detail=detail, lately=lately)
    if not form.validate():
        return show_form(organization_id, "api_keys/revoke.html", form, 400, detail=detail, lately=lately)
    try:
        stop.revoke(db.session(), current_principal(), organization_id, key_id, reason=typed(form.reason))
        db.session.commit()
    except Conflict:
        return redirect(key_page)  # another click was faster
    except ConfirmationNeeded as error:
        return show_refusal(organization_id, "api_keys/revoke.html", form, error, detail=detail, lately=lately)
    flash(f'"{detail.key.name}" is revoked. Its next request is refused.', "good")
    return redirect(key_page)
