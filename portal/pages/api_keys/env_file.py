"""The token that was just shown as an `.env` file. The page sends it back in a POST's body: an address would stay in histories and logs."""

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from portal.access.permissions import Permission
from portal.access.require import require
from portal.api_keys.authenticate.lookup import find_key
from portal.api_keys.token import Token, read_token
from portal.db.session import snapshot
from portal.errors import Invalid
from portal.extensions import db, settings
from portal.pages.api_keys.blueprint import blueprint
from portal.pages.identity import current_principal

HEADERS = {"Content-Disposition": 'attachment; filename="peering-portal.env"', "Cache-Control": "no-store"}


@blueprint.post("/env")
def env(organization_id: int) -> ResponseReturnValue:
    """Reads only the token's form and its id, and stores and logs nothing."""
    require(current_principal(), Permission.KEYS_MANAGE, organization_id)
    token = read_token(request.form.get("token", ""))
    if token is None:
        raise Invalid("This isn't a whole token.")
    return Response(env_text(organization_id, token), mimetype="text/plain", headers=HEADERS)


def env_text(organization_id: int, token: Token) -> str:
    """Raises NotFound for a token of no key of the organization."""
    with snapshot(db.engine) as connection:
        key_id = find_key(connection, current_principal(), organization_id, token.token_id)
    values = {"key_id": key_id, "token": token.reveal(), "public_url": settings().public_url}
    return render_template("api_keys/env.txt", **values)
