"""Stopping keys so that they can go on: each act has a page of its own that says what will happen."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from portal.access.principal import Principal
from portal.access.require import ConfirmationNeeded
from portal.api_keys.lifecycle.freeze import freeze as freeze_keys
from portal.api_keys.lifecycle.freeze import thaw as thaw_keys
from portal.api_keys.lifecycle.stop import disable as disable_key
from portal.api_keys.lifecycle.stop import enable as enable_key
from portal.api_keys.queries.key_list import KeyList, list_keys
from portal.db.session import snapshot
from portal.errors import Conflict
from portal.extensions import db
from portal.pages.api_keys.blueprint import blueprint, read_detail, show_form, show_refusal
from portal.pages.blueprint import FORM_METHODS, Needs
from portal.pages.identity import current_principal

Rule = Callable[[Session, Principal], object]


@blueprint.route("/<key_id>/disable", methods=FORM_METHODS, needs=Needs.KEYS_ADMIN)
def disable(organization_id: int, key_id: str) -> ResponseReturnValue:
    detail, key_page = read_detail(organization_id, key_id)
    if (detail.key.revoked_at or detail.key.disabled_at) and request.method != "POST":
        return redirect(key_page)
    message = f'"{detail.key.name}" is disabled. Its next request is refused.'
    rule = partial(disable_key, organization_id=organization_id, key_id=key_id)
    return ask_and_do(organization_id, "api_keys/disable.html", rule, key_page, message, detail=detail)


@blueprint.route("/<key_id>/enable", methods=FORM_METHODS, needs=Needs.KEYS_ADMIN)
def enable(organization_id: int, key_id: str) -> ResponseReturnValue:
    detail, key_page = read_detail(organization_id, key_id)
    if (detail.key.revoked_at or not detail.key.disabled_at) and request.method != "POST":
        return redirect(key_page)
    message = f'"{detail.key.name}" is enabled.'
    rule = partial(enable_key, organization_id=organization_id, key_id=key_id)
    return ask_and_do(organization_id, "api_keys/enable.html", rule, key_page, message, detail=detail)


@blueprint.route("/freeze", methods=FORM_METHODS, needs=Needs.KEYS_ADMIN)
def freeze(organization_id: int) -> ResponseReturnValue:
    key_list, list_page = read_list(organization_id)
    if key_list.frozen and request.method != "POST":
        return redirect(list_page)
    rule = partial(freeze_keys, organization_id=organization_id)
    return ask_and_do(organization_id, "api_keys/freeze.html", rule, list_page, "", key_list=key_list)  # the list says so itself


@blueprint.route("/thaw", methods=FORM_METHODS, needs=Needs.KEYS_ADMIN)
def thaw(organization_id: int) -> ResponseReturnValue:
    key_list, list_page = read_list(organization_id)
    if not key_list.frozen and request.method != "POST":
        return redirect(list_page)
    message = f"The API keys of {key_list.organization} are thawed."
    rule = partial(thaw_keys, organization_id=organization_id)
    return ask_and_do(organization_id, "api_keys/thaw.html", rule, list_page, message, key_list=key_list)


def read_list(organization_id: int) -> tuple[KeyList, str]:
    """The organization's keys, and the address of their list."""
    with snapshot(db.engine) as connection:
        key_list = list_keys(connection, current_principal(), organization_id, size=1)
    return key_list, url_for("api_keys.index", organization_id=organization_id)


def ask_and_do(organization_id: int, template: str, rule: Rule, next_page: str, message: str, **values: Any) -> ResponseReturnValue:
    """The page that asks, and what its button does. Another click was faster: no error, the page that follows says how things are."""
    form = FlaskForm()
    if request.method != "POST":
        return show_form(organization_id, template, form, **values)
    try:
        rule(db.session(), current_principal())
        db.session.commit()
    except Conflict:
        return redirect(next_page)
    except ConfirmationNeeded as error:
        return show_refusal(organization_id, template, form, error, **values)
    if message:
        flash(message, "good")
    return redirect(next_page)
