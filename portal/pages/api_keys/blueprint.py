"""The blueprint of API keys' pages, and what these pages share."""

from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.access.permissions import Permission
from portal.access.require import ConfirmationNeeded
from portal.api_keys.example_query import example_query
from portal.api_keys.grants import Grants
from portal.api_keys.key import Key
from portal.api_keys.queries.detail import Detail, read_key
from portal.api_keys.token import Token
from portal.db.session import snapshot
from portal.errors import Conflict, Invalid
from portal.extensions import db, settings
from portal.pages.blueprint import Needs, PageBlueprint
from portal.pages.forms import put_error
from portal.pages.identity import current_principal, organization_name
from portal.runtime import account

blueprint = PageBlueprint("api_keys", __name__, needs=Needs.SIGN_IN, url_prefix="/organizations/<int:organization_id>/keys")


def read_detail(organization_id: int, key_id: str) -> tuple[Detail, str]:
    """Returns the key, and the address of its page."""
    with snapshot(db.engine) as connection:
        detail = read_key(connection, current_principal(), organization_id, key_id)
    return detail, url_for("api_keys.show", organization_id=organization_id, key_id=key_id)


def show_form(organization_id: int, template: str, form: Any, status: int = 200, **values: Any) -> ResponseReturnValue:
    defaults = {"moved": False, "unconfirmed": False}
    return render_template(template, form=form, **defaults | values, **common_values(organization_id)), status


def show_refusal(
    organization_id: int, template: str, form: Any, error: ConfirmationNeeded | Conflict | Invalid, **values: Any
) -> ResponseReturnValue:
    """The form as it was typed, with what was wrong; a confirmation that has run out is renewed beside it."""
    db.session.rollback()
    unconfirmed = isinstance(error, ConfirmationNeeded)
    put_error(form, error)
    return show_form(organization_id, template, form, error.status, unconfirmed=unconfirmed, **values)


def show_token(
    organization_id: int, token: Token, key_id: str, name: str, grants: Grants, rotated: Key | None = None
) -> ResponseReturnValue:
    """The only page that ever holds a token; of a key that was rotated it also says how long its old one works."""
    values = {"token": token.reveal(), "key_id": key_id, "name": name, "rotated": rotated, **snippet_values(grants)}
    return render_template("api_keys/created.html", **values, **common_values(organization_id)), {"Cache-Control": "no-store"}


def snippet_values(grants: Grants) -> dict[str, Any]:
    """Returns what a first request with such a key asks, and where."""
    return {"public_url": settings().public_url, "query": example_query(grants)}


def common_values(organization_id: int) -> dict[str, Any]:
    """Returns what every page of the keys shows: the organization, and what the member may do in it."""
    return {
        "organization_id": organization_id,
        "organization": organization_name(organization_id),
        "manages": current_principal().may(Permission.KEYS_MANAGE, organization_id),
        "late": account().late,
    }
