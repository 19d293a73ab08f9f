"""Stopping keys so that they can go on: each act has a page of its own that says what will happen."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from portal.access.principal import Principal
from portal.access.require import ConfirmationNeeded
from portal.api_keys.lifecycle import freeze as freezing
from portal.api_keys.lifecycle import stop
from portal.api_keys.queries.key_list import KeyList, list_keys
from portal.db.session import snapshot
from portal.errors import Conflict
from portal.extensions import db
from portal.pages.api_keys.routes import ACTS, ask_admin, find, refused, show_form
from portal.pages.guards import only_signed_in, only_text
from portal.pages.identity import current_principal

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
    rule = partial(stop.disable, organization_id=organization_id, key_id=key_id)
    return ask_and_do(organization_id, "api_keys/disable.html", rule, there, said, detail=detail)


@blueprint.route("/<key_id>/enable", methods=ACTS)
def enable(organization_id: int, key_id: str) -> ResponseReturnValue:
    if elsewhere := ask_admin(organization_id):
        return elsewhere
    detail, there = find(organization_id, key_id)
    if (detail.key.revoked_at or not detail.key.disabled_at) and request.method != "POST":
        return redirect(there)
    said = f'"{detail.key.name}" is enabled.'
    rule = partial(stop.enable, organization_id=organization_id, key_id=key_id)
    return ask_and_do(organization_id, "api_keys/enable.html", rule, there, said, detail=detail)


@blueprint.route("/freeze", methods=ACTS)
def freeze(organization_id: int) -> ResponseReturnValue:
    if elsewhere := ask_admin(organization_id):
        return elsewhere
    found, there = find_all(organization_id)
    if found.frozen and request.method != "POST":
        return redirect(there)
    rule = partial(freezing.freeze, organization_id=organization_id)
    return ask_and_do(organization_id, "api_keys/freeze.html", rule, there, "", found=found)  # the list says so itself


@blueprint.route("/thaw", methods=ACTS)
def thaw(organization_id: int) -> ResponseReturnValue:
    if elsewhere := ask_admin(organization_id):
        return elsewhere
    found, there = find_all(organization_id)
    if not found.frozen and request.method != "POST":
        return redirect(there)
    said = f"The API keys of {found.organization} are thawed."
    rule = partial(freezing.thaw, organization_id=organization_id)
    return ask_and_do(organization_id, "api_keys/thaw.html", rule, there, said, found=found)


def find_all(organization_id: int) -> tuple[KeyList, str]:
    """The organization's keys, and the address of their list."""
    with snapshot(db.engine) as connection:
        found = list_keys(connection, current_principal(), organization_id, size=1)
    return found, url_for("api_keys.index", organization_id=organization_id)


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
    if said:
        flash(said, "good")
    return redirect(there)
