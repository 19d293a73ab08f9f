"""Editing a key in place: less holds at once, more is reviewed first, and no one overwrites what another admin changed meanwhile."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.access.require import ConfirmationNeeded
from portal.api_keys.difference import Change
from portal.api_keys.lifecycle.draft import Draft
from portal.api_keys.lifecycle.edit import edit as edit_key
from portal.api_keys.queries.detail import Detail
from portal.api_keys.review.review import fingerprint, review, review_edit
from portal.api_keys.wording import count_objects, say_access
from portal.db.session import snapshot
from portal.errors import Conflict, Invalid
from portal.extensions import db
from portal.pages.api_keys.blueprint import blueprint, common_values, read_detail
from portal.pages.api_keys.form_page import (
    Refusal,
    show_key_form,
    show_key_refusal,
    show_summary,
    step,
    take_pasted,
)
from portal.pages.api_keys.forms.key import A_DATE, NEVER, EditForm
from portal.pages.api_keys.link import linked_grants, say_contradiction
from portal.pages.blueprint import FORM_METHODS, Needs
from portal.pages.forms import typed
from portal.pages.identity import current_principal

TEMPLATE = "api_keys/edit.html"


@blueprint.route("/<key_id>/edit", methods=FORM_METHODS, needs=Needs.KEYS_ADMIN)
def edit(organization_id: int, key_id: str) -> ResponseReturnValue:
    detail, key_page = read_detail(organization_id, key_id)
    if detail.key.revoked_at is not None:
        return redirect(key_page)
    form = EditForm(data=as_typed(detail))
    form.offer(detail.key.policy, never=detail.key.expires_at is None)
    if request.method != "POST":
        warning = tick_linked(form)
        return show_key_form(organization_id, TEMPLATE, form, detail.key.policy, detail=detail, warning=warning)
    if step() == "summary":
        return show_summary(form, detail.key.policy)
    if step() == "change":
        return show_key_form(organization_id, TEMPLATE, form, detail.key.policy, detail=detail)
    message, policy = take_pasted(organization_id, form), detail.key.policy
    if form.asns.errors or form.asns_may.errors or step() == "paste":
        return show_key_form(organization_id, TEMPLATE, form, policy, 400 if form.errors else 200, detail=detail, message=message)
    if not form.validate():
        return show_key_form(organization_id, TEMPLATE, form, policy, 400, detail=detail, message=message)
    return save(organization_id, form, detail, key_page)


def save(organization_id: int, form: EditForm, detail: Detail, key_page: str) -> ResponseReturnValue:
    """Before the key can do more, the same edit is rehearsed, taken back and shown."""
    draft, changes = None, []
    try:
        draft = form.draft()
        with snapshot(db.engine) as connection:
            changes = review_edit(connection, current_principal(), organization_id, detail, draft)
        key = edit_key(db.session(), current_principal(), organization_id, detail.key.id, draft, seen=int(typed(form.seen)))
        name = key.name
        if any(change.widens for change in changes) and (step() != "apply" or form.reviewed.data != fingerprint(draft)):
            db.session.rollback()
            return show_review(organization_id, form, detail, draft, changes)
        db.session.commit()
    except (ConfirmationNeeded, Conflict, Invalid) as error:
        if isinstance(error, ConfirmationNeeded) and draft and current_principal().confirmed:
            return show_review(organization_id, form, detail, draft, changes, unconfirmed=True)
        return show_refused_edit(organization_id, form, detail, error)
    flash(f'"{name}" is changed. The changes apply from its next request.', "good")
    return redirect(key_page)


def show_review(
    organization_id: int, form: EditForm, detail: Detail, draft: Draft, changes: Sequence[Change], unconfirmed: bool = False
) -> ResponseReturnValue:
    db.session.rollback()
    with snapshot(db.engine) as connection:
        reviewed = review(connection, current_principal(), organization_id, draft.grants)
    form.reviewed.data = fingerprint(draft)
    values = {"form": form, "detail": detail, "changes": changes, "review": reviewed, "unconfirmed": unconfirmed}
    return render_template("api_keys/edit_review.html", **values, **common_values(organization_id)), 403 if unconfirmed else 200


def show_refused_edit(organization_id: int, form: EditForm, detail: Detail, error: Refusal) -> ResponseReturnValue:
    """The form as it was typed, beside what another admin changed meanwhile."""
    moved = form.seen.data != str(detail.key.changed)
    form.seen.data = str(detail.key.changed)
    values = {"detail": detail, "moved": moved, "access": say_access(count_objects(detail.grants))}
    return show_key_refusal(organization_id, TEMPLATE, form, detail.key.policy, error, **values)


def tick_linked(form: EditForm) -> str:
    """Ticks what a link asks for, `?add=contacts:read`, and marks it: nothing is granted before the form is sent. Returns a warning."""
    grants, twice = linked_grants("add")
    form.grants.linked = grants.keys() - form.grants.data.keys()
    form.grants.data |= {permission: grants[permission] for permission in form.grants.linked}
    return say_contradiction(twice)


def as_typed(detail: Detail) -> dict[str, Any]:
    """Returns the key as its form would have been filled in."""
    key = detail.key
    return {
        "name": key.name,
        "note": key.note,
        "notify_email": detail.notify_email,
        "expires": A_DATE if key.expires_at else NEVER,
        "expires_on": key.expires_at.date() if key.expires_at else None,
        "grants": detail.grants,
        "addresses": "\n".join(key.addresses or ()),
        "points": key.points,
        "seen": str(key.changed),
    }
