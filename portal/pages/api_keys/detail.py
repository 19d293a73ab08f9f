"""The page of one API key: what it is, what it may do, how it was used and what was done to it."""

from contextlib import suppress
from functools import partial
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.access.permissions import GRANTABLE, RULES, Permission
from portal.access.token_refusals import REASON_LABELS
from portal.api_keys.queries.detail import read_key
from portal.api_keys.queries.object_names import read_object_names
from portal.api_keys.review.dry_run import names_of
from portal.api_keys.usage.key_usage import read_key_use
from portal.api_keys.usage.periods import Period
from portal.api_keys.usage.points import read_hour
from portal.audit.sentences import say_details
from portal.db.session import snapshot
from portal.errors import Unavailable
from portal.extensions import db
from portal.pages.api_keys.blueprint import blueprint, common_values, snippet_values
from portal.pages.identity import current_principal
from portal.pages.lists import chosen
from portal.runtime import account_snapshot


@blueprint.get("/<key_id>")
def show(organization_id: int, key_id: str) -> ResponseReturnValue:
    with snapshot(db.engine) as connection:
        detail = read_key(connection, current_principal(), organization_id, key_id)
        names = names_of(connection, current_principal(), organization_id, detail.grants)
        object_names = read_object_names(connection, current_principal(), [row.details for row in detail.timeline or ()])
    cannot = [RULES[permission].says for permission in GRANTABLE if permission not in detail.grants]
    values = {"detail": detail, "key": detail.key, "names": names, "cannot": cannot, "rules": RULES}
    values |= {
        "say_details": partial(say_details, names=object_names),
        **usage_values(organization_id, key_id),
        **snippet_values(detail.grants),
        **common_values(organization_id),
    }
    return render_template("api_keys/show.html", **values)


def usage_values(organization_id: int, key_id: str) -> dict[str, Any]:
    """Returns how the key was used, for who may see it. `use` is None while that can't be read, and the page shows the rest."""
    principal, period = current_principal(), chosen(Period, "days")
    sees_usage = principal.may(Permission.USAGE_READ, organization_id)
    values: dict[str, Any] = {"sees_usage": sees_usage, "period": period, "use": None, "hour": [], "words": REASON_LABELS}
    if sees_usage:
        with suppress(Unavailable), account_snapshot() as connection:
            values["hour"] = read_hour(connection, principal, organization_id, key_id)
            values["use"] = read_key_use(connection, principal, organization_id, key_id, period)
    return values
