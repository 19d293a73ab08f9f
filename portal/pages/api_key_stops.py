"""Stopping keys so that they can go on: each act has a page of its own that says what will happen."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from portal.access import ConfirmationNeeded, Principal
from portal.api_keys import life
from portal.errors import Conflict
from portal.extensions import db
from portal.identity import current_principal
from portal.pages.api_keys import ACTS, ask_admin, find, refused, show_form
from portal.pages.guards import only_signed_in, only_text

blueprint = Blueprint("api_key_stops", __name__, url_prefix="/organizations/<int:organization_id>/keys")
blueprint.before_request(only_text)
blueprint.before_request(only_signed_in)
Rule = Callable[[Session, Principal], object]


@blueprint.route("/<key_id>/disable", methods=ACTS)
def disable(organization_id: int, key_id: str) -> ResponseReturnValue:
    if elsewhere := ask_admin(organization_id):
        return elsewhere
    detail, there = find(organization_id, key_id)
    if (detail.key.revoked_at or detail.key.disabled_at) and request.method != "POST":
        return redirect(there)
    said = f'"{detail.key.name}" is disabled. Its next request is refused.'
    rule = partial(life.disable, organization_id=organization_id, key_id=key_id)
    return ask_and_do(organization_id, "api_keys/disable.html", rule, there, said, detail=detail)


@blueprint.route("/<key_id>/enable", methods=ACTS)
def enable(organization_id: int, key_id: str) -> ResponseReturnValue:
    if elsewhere := ask_admin(organization_id):
        return elsewhere
    detail, there = find(organization_id, key_id)
    if (detail.key.revoked_at or not detail.key.disabled_at) and request.method != "POST":
        return redirect(there)
    said = f'"{detail.key.name}" is enabled.'
    rule = partial(life.enable, organization_id=organization_id, key_id=key_id)
    return ask_and_do(organization_id, "api_keys/enable.html", rule, there, said, detail=detail)


def ask_and_do(organization_id: int, template: str, rule: Rule, there: str, said: str, **values: Any) -> ResponseReturnValue:
    """The page that asks, and what its button does. Another click was faster: no error, the page that follows says how things are."""
    form = FlaskForm()
    if request.method != "POST":
        return show_form(organization_id, template, form, **values)
    try:
        rule(db.session(), current_principal())
        db.session.commit()
    except Conflict:
        return redirect(there)
    except ConfirmationNeeded as error:
        return refused(organization_id, template, form, error, **values)
    flash(said, "good")
    return redirect(there)
