"""An organization's usage: which keys do what how often, on a page and as a file."""

from dataclasses import astuple
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal.access.token_refusals import REASON_LABELS
from portal.api_keys.policy import read_policy
from portal.api_keys.usage.by_key import Order, read_key_days
from portal.api_keys.usage.organization_usage import PAGE_SIZE, read_organization_use
from portal.api_keys.usage.periods import Period
from portal.api_keys.usage.points import read_hour
from portal.pages.guards import only_signed_in, only_text
from portal.pages.identity import current_principal
from portal.pages.lists import chosen, csv_answer
from portal.runtime import account_snapshot

blueprint = Blueprint("usage", __name__, url_prefix="/organizations/<int:organization_id>")
blueprint.before_request(only_text)
blueprint.before_request(only_signed_in)
NUMBERS = {
    Order.ANSWERED: "Answered",
    Order.DENIED: "Denied",
    Order.LIMITED: "Limited",
    Order.ERRORS: "Errors",
    Order.POINTS: "Points",
}
COLUMNS = {Order.NAME: "Name"} | NUMBERS | {Order.USED: "Last used"}
CSV_COLUMNS = ("key id", "name", "day", "answered", "denied", "limited", "errors", "points")


@blueprint.get("/usage")
def index(organization_id: int) -> ResponseReturnValue:
    period, order = chosen(Period, "days"), chosen(Order, "sort")
    with account_snapshot() as connection:
        page = request.args.get("page", 1, type=int)
        found = read_organization_use(connection, current_principal(), organization_id, period, order, page)
        hour, policy = read_hour(connection, current_principal(), organization_id), read_policy(connection, organization_id)
    values: dict[str, Any] = {"found": found, "period": period, "periods": sorted(Period, key=int), "order": order, "words": REASON_LABELS}
    values |= {"hour": hour, "policy": policy, "columns": COLUMNS, "numbers": list(NUMBERS.values())}
    return render_template("usage/index.html", organization_id=organization_id, page=found.first // PAGE_SIZE + 1, size=PAGE_SIZE, **values)


@blueprint.get("/usage.csv")
def index_csv(organization_id: int) -> ResponseReturnValue:
    """Each key on each day of the period on which it was used."""
    with account_snapshot() as connection:
        rows = read_key_days(connection, current_principal(), organization_id, chosen(Period, "days"))
    return csv_answer("usage.csv", CSV_COLUMNS, (astuple(row) for row in rows))
