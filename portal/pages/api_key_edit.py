"""Editing a key in place: nobody overwrites what another admin changed meanwhile."""

from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from portal.access import ConfirmationNeeded
from portal.api_keys import life
from portal.api_keys.detail import Detail
from portal.api_keys.words import count_objects, say_access
from portal.errors import Conflict, Invalid
from portal.extensions import db
from portal.identity import current_principal
from portal.pages.api_key_forms import EditForm
from portal.pages.api_keys import ACTS, ask_admin, blueprint, find, refused, show_form
from portal.pages.forms import typed


@blueprint.route("/<key_id>/edit", methods=ACTS)
def edit(organization_id: int, key_id: str) -> ResponseReturnValue:
    if elsewhere := ask_admin(organization_id):
        return elsewhere
    detail, there = find(organization_id, key_id)
    if detail.key.revoked_at is not None:
        return redirect(there)
    form = EditForm(data=as_typed(detail))
    if request.method != "POST":
        return show_form(organization_id, "api_keys/edit.html", form, detail=detail)
    if not form.validate():
        return show_form(organization_id, "api_keys/edit.html", form, 400, detail=detail)
    try:
        draft = form.draft()
        key = life.edit(db.session(), current_principal(), organization_id, key_id, draft, seen=int(typed(form.seen)))
        name = key.name
        db.session.commit()
    except (ConfirmationNeeded, Conflict, Invalid) as error:
        moved = {"moved": form.seen.data != str(detail.key.changed), "access": say_access(count_objects(detail.grants))}
        form.seen.data = str(detail.key.changed)
        return refused(organization_id, "api_keys/edit.html", form, error, detail=detail, **moved)
    flash(f'"{name}" is changed. It works like this from its next request on.', "good")
    return redirect(there)


def as_typed(detail: Detail) -> dict[str, Any]:
    """The key as its form would have been filled in."""
    key = detail.key
    return {
        "name": key.name,
        "note": key.note,
        "notify_email": detail.notify_email,
        "expires_on": key.expires_at.date() if key.expires_at else None,
        "grants": detail.grants,
        "seen": str(key.changed),
    }
