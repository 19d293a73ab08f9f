"""The page on which the reader of a notify address agrees to get mails, signed in or not; and the button that asks once more."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from portal.access.principal import Principal
from portal.access.require import ConfirmationNeeded
from portal.api_keys.notices import notify_addresses
from portal.errors import Conflict, Limited
from portal.extensions import db
from portal.pages.blueprint import Needs, PageBlueprint
from portal.pages.identity import current_principal

blueprint = PageBlueprint("notify_addresses", __name__, needs=Needs.NOTHING)
ACTOR_NAME = "Notify address"  # not the person's who is signed in: the link says who may confirm, not the session


@blueprint.route("/notify-addresses/<value>", methods=["GET", "POST"])
def confirm(value: str) -> ResponseReturnValue:
    """Scanners follow a mail's links too, so opening this one confirms nothing. A bad link leads to a page that says so."""
    session, address = db.session(), request.remote_addr or ""
    if request.method == "POST":
        stranger = Principal(name=ACTOR_NAME, address=address, user_agent=request.user_agent.string)
        notify_address, organization = notify_addresses.confirm(session, stranger, value)
        session.commit()
    else:
        notify_address, organization = notify_addresses.read_link(session, value)
    values = {"email": notify_address.email, "organization": organization.name, "confirmed": notify_address.confirmed_at is not None}
    return render_template("notify_addresses/confirm.html", form=FlaskForm(), **values), {"Cache-Control": "no-store"}


@blueprint.post("/organizations/<int:organization_id>/keys/<key_id>/notify-address", needs=Needs.KEYS_ADMIN)
def ask_again(organization_id: int, key_id: str) -> ResponseReturnValue:
    """From the key's page, for its admins."""
    key_page = url_for("api_keys.show", organization_id=organization_id, key_id=key_id)
    try:
        email = notify_addresses.ask_again(db.session(), current_principal(), organization_id, key_id)
        db.session.commit()
        flash(f"We asked {email} to confirm within 7 days.", "good")
    except ConfirmationNeeded:
        return redirect(url_for("accounts.confirm", next=key_page))
    except (Conflict, Limited) as error:
        flash(error.message, "info")
    return redirect(key_page)
