"""Creating a key. Its token stands in the answer to the POST that made it, never again."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.access import ConfirmationNeeded
from portal.api_keys import life
from portal.api_keys.life import AlreadyIssued
from portal.api_keys.templates import TEMPLATES
from portal.errors import Conflict, Invalid
from portal.extensions import db, settings
from portal.identity import current_principal
from portal.pages.api_key_forms import IssueForm
from portal.pages.api_keys import ACTS, ask_admin, blueprint, place, refused, reveal, show_form


@blueprint.route("/new", methods=ACTS)
def new(organization_id: int) -> ResponseReturnValue:
    if elsewhere := ask_admin(organization_id):
        return elsewhere
    form = IssueForm(data=prefilled())
    if request.method != "POST":
        return show_form(organization_id, "api_keys/new.html", form)
    if not form.validate():
        return show_form(organization_id, "api_keys/new.html", form, 400)
    try:
        draft = form.draft()
        key, token = life.issue(db.session(), current_principal(), organization_id, draft, settings(), form_id=form.form_id.data)
        key_id, name = key.id, key.name
        db.session.commit()
    except AlreadyIssued as again:
        db.session.rollback()
        return render_template("api_keys/already.html", again=again, **place(organization_id))
    except (ConfirmationNeeded, Conflict, Invalid) as error:
        return refused(organization_id, "api_keys/new.html", form, error)
    return reveal(organization_id, key_id, name, token)


def prefilled() -> dict[str, Any]:
    """What a link to the form may choose: `?template=find-peers`."""
    template = TEMPLATES.get(request.args.get("template", ""))
    return {"grants": dict.fromkeys(template.permissions)} if template else {}
