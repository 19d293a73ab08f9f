"""Ending the old token of a key that is being rotated; one that may still be needed asks for an explicit tick."""

from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from portal.access.require import ConfirmationNeeded
from portal.api_keys.key import Key
from portal.api_keys.lifecycle.retire import retire as retire_token
from portal.errors import Conflict, NotFound
from portal.extensions import db
from portal.pages.api_keys.blueprint import blueprint, read_detail, show_form, show_refusal
from portal.pages.api_keys.forms.retire import RetireForm
from portal.pages.blueprint import FORM_METHODS, Needs
from portal.pages.forms import typed
from portal.pages.identity import current_principal

TEMPLATE = "api_keys/retire.html"


@blueprint.route("/<key_id>/end-old-token", methods=FORM_METHODS, needs=Needs.KEYS_ADMIN)
def retire(organization_id: int, key_id: str) -> ResponseReturnValue:
    detail, key_page = read_detail(organization_id, key_id)
    if not detail.key.older:
        return redirect(key_page)  # it has ended, or another click was faster
    form = RetireForm()
    values: dict[str, Any] = {"detail": detail, "old": detail.key.older[-1], "needed": may_be_needed(detail.key)}
    form.ask(values["needed"])
    if request.method != "POST":
        form.seen.data = values["old"].token_id
        return show_form(organization_id, TEMPLATE, form, **values)
    if not form.validate():
        return show_form(organization_id, TEMPLATE, form, 400, **values)
    try:
        retire_token(db.session(), current_principal(), organization_id, key_id, token_id=typed(form.seen))
        db.session.commit()
    except (Conflict, NotFound):
        return redirect(key_page)  # the key was rotated again, or its old token has ended
    except ConfirmationNeeded as error:
        return show_refusal(organization_id, TEMPLATE, form, error, **values)
    flash(f'The old token of "{detail.key.name}" has ended. Its next request is refused.', "good")
    return redirect(key_page)


def may_be_needed(key: Key) -> bool:
    """Whether the old token was used after the newest one was created, or the newest one doesn't work or was never used."""
    newest, old = key.tokens[-1], key.older[-1]
    if newest.retires_at is not None or newest.last_used_at is None:
        return True
    return old.last_used_at is not None and old.last_used_at > newest.created
