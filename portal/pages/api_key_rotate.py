"""Giving a key a new token, which is shown once, while the old one still works for a while."""

from flask import redirect, request
from flask.typing import ResponseReturnValue

from portal.access import ConfirmationNeeded
from portal.api_keys import rotation
from portal.api_keys.rotation import Overlap
from portal.errors import Conflict
from portal.extensions import db, settings
from portal.identity import current_principal
from portal.pages.api_key_forms import RotateForm
from portal.pages.api_keys import ACTS, ask_admin, blueprint, find, refused, reveal, show_form
from portal.pages.forms import typed


@blueprint.route("/<key_id>/rotate", methods=ACTS)
def rotate(organization_id: int, key_id: str) -> ResponseReturnValue:
    if elsewhere := ask_admin(organization_id):
        return elsewhere
    detail, there = find(organization_id, key_id)
    if detail.key.ended:
        return redirect(there)
    form = RotateForm()
    if request.method != "POST":
        form.seen.data = detail.key.token_id
        return show_form(organization_id, "api_keys/rotate.html", form, detail=detail)
    if not form.validate():
        return show_form(organization_id, "api_keys/rotate.html", form, 400, detail=detail)
    try:
        seen, overlap = typed(form.seen), Overlap(form.overlap.data)
        _, token = rotation.rotate(db.session(), current_principal(), organization_id, key_id, settings(), seen=seen, overlap=overlap)
        db.session.commit()
    except Conflict:
        db.session.rollback()
        detail, there = find(organization_id, key_id)  # as it is now: rotated by another click, or ended
        return redirect(there) if detail.key.ended else show_form(organization_id, "api_keys/rotated.html", form, 409, detail=detail)
    except ConfirmationNeeded as error:
        return refused(organization_id, "api_keys/rotate.html", form, error, detail=detail)
    return reveal(organization_id, key_id, detail.key.name, token, rotated=True)
