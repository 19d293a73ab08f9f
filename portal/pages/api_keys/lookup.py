"""The page that leads from a token found somewhere to its key. It is sent by POST, so that no whole token gets into an address."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired

from portal.access.permissions import Permission
from portal.access.require import require
from portal.api_keys.authenticate.lookup import cut, find_key
from portal.db.session import snapshot
from portal.errors import Invalid, NotFound
from portal.extensions import db
from portal.pages.api_keys.blueprint import blueprint, common_values
from portal.pages.blueprint import FORM_METHODS
from portal.pages.forms import put_error, typed
from portal.pages.identity import current_principal


class FindForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What is typed is cut to a token's id at once; what holds none isn't shown again."""

    token = StringField("Token, or its beginning", [InputRequired("Type the beginning of the token.")])


@blueprint.route("/find", methods=FORM_METHODS)
def find(organization_id: int) -> ResponseReturnValue:
    require(current_principal(), Permission.KEYS_SEE, organization_id)
    form = FindForm()
    status = 200
    if form.is_submitted():
        text, form.token.data = typed(form.token), ""
        status = 400
        if form.validate():
            try:
                return redirect(url_for("api_keys.show", organization_id=organization_id, key_id=look_up(organization_id, form, text)))
            except (Invalid, NotFound) as error:
                put_error(form, error)
                status = error.status
    return render_template("api_keys/find.html", form=form, **common_values(organization_id)), status


def look_up(organization_id: int, form: FindForm, text: str) -> str:
    """Returns the key's id; from here on only the token's id is kept."""
    token_id = cut(text)
    form.token.data = f"pport_{token_id}"
    with snapshot(db.engine) as connection:
        return find_key(connection, current_principal(), organization_id, token_id)
